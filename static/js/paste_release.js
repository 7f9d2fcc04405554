"use strict";
// “Paste a release”: send headings, lists and links of the clipboard along, and accept a file that is dropped on the text.
{
  const form = document.querySelector(".paste-box");
  const { text, markup, file } = form.elements;
  let pasted = "";

  text.addEventListener("paste", (event) => {
    const html = event.clipboardData?.getData("text/html") ?? "";
    const isWhole = text.selectionStart === 0 && text.selectionEnd === text.value.length;
    if (!html || !isWhole) return; // a text that is put together from several sources is sent as plain text
    setTimeout(() => {
      pasted = text.value;
      markup.value = html;
    });
  });
  text.addEventListener("input", () => {
    if (pasted && text.value !== pasted) markup.value = pasted = "";
    else if (!pasted && text.value) markup.value = "";
  });

  for (const name of ["dragover", "drop"]) {
    form.addEventListener(name, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      if (name === "drop") file.files = event.dataTransfer.files;
    });
  }
}
