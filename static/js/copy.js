// Show the buttons that copy the text of another element, if the browser has a clipboard. If it refuses, select the text.
const select = (source) => {
  source.focus();
  if (source.select) source.select();
  else getSelection().selectAllChildren(source);
};
for (const button of document.querySelectorAll("[data-copy-from]")) {
  const source = document.querySelector(button.dataset.copyFrom);
  if (!navigator.clipboard || !source) continue;
  const status = button.nextElementSibling;
  button.parentElement.hidden = false;
  button.addEventListener("click", async () => {
    const { doneMessage, selectedMessage } = button.dataset;
    for (const other of document.querySelectorAll(".copy [role=status]")) other.textContent = "";
    try {
      await navigator.clipboard.writeText((source.value ?? source.innerText).trim());
      status.textContent = doneMessage;
    } catch {
      select(source);
      status.textContent = selectedMessage;
    }
  });
}
