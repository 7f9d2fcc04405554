"use strict";
// The writing form: the editor under the desk's policy, with its name and its words; leaving with unsaved text is asked about.

// The editor looks for this element before it writes styles of its own into the page, which the desk's policy forbids;
// writing.css has what they would say. In a namespace of its own the element styles nothing.
const styles = document.createElementNS("urn:carecen:nothing", "style");
styles.setAttribute("data-tiptap-style", "");
document.head.append(styles);

document.addEventListener("prose-editor:ready", ({ detail: { editor, textarea } }) => {
  const label = document.querySelector(`label[for="${textarea.id}"]`);
  if (label) {
    label.id ||= `${textarea.id}_label`;
    editor.view.dom.setAttribute("aria-labelledby", label.id);
    label.addEventListener("click", () => editor.commands.focus());
  }
  editor.view.dom.setAttribute("aria-multiline", "true");
  if (textarea.getAttribute("aria-describedby")) {
    editor.view.dom.setAttribute("aria-describedby", textarea.getAttribute("aria-describedby"));
  }

  const data = document.getElementById("editor-words");
  if (!data) return;
  const words = JSON.parse(data.textContent);
  Object.assign(window.django?.catalog ?? {}, words); // what its dialogs ask gettext for
  const translate = () => {
    for (const button of textarea.parentElement.querySelectorAll(".prose-menubar button")) {
      if (words[button.title]) {
        button.title = words[button.title];
        button.setAttribute("aria-label", button.title);
      }
    }
    for (const option of textarea.parentElement.querySelectorAll(".prose-menubar__option > *")) {
      if (words[option.textContent]) option.textContent = words[option.textContent];
    }
  };
  translate();
  editor.on("transaction", translate);
});

document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("release_form");
  if (!form) return;
  let typed = false;
  form.addEventListener("input", () => { typed = true; });
  form.addEventListener("submit", () => { typed = false; });
  window.addEventListener("beforeunload", (event) => { if (typed) event.preventDefault(); });
});
