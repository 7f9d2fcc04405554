// Buttons more where the browser can: its own way of sharing, copying the link, copying the text. Without this the links beside them do.
for (const button of document.querySelectorAll("[data-share]")) {
  if (!navigator.share) continue;
  button.parentElement.hidden = false;
  button.addEventListener("click", () => {
    navigator.share({ title: button.dataset.title, url: button.dataset.share }).catch(() => {});
  });
}
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.parentElement.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.done;
  });
}
for (const button of document.querySelectorAll("[data-copy-from]")) {
  if (!navigator.clipboard) continue;
  button.parentElement.hidden = false;
  button.addEventListener("click", async () => {
    const answer = await fetch(button.dataset.copyFrom);
    if (!answer.ok) return location.assign(button.dataset.copyFrom);
    await navigator.clipboard.writeText(await answer.text());
    button.textContent = button.dataset.done;
  });
}
