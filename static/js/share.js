// Buttons more where the browser can: its own way of sharing, copying a link, a quote, the text. Without this the links beside them do.
for (const button of document.querySelectorAll("[data-share]")) {
  if (!navigator.share) continue;
  button.parentElement.hidden = false;
  button.addEventListener("click", () => {
    navigator.share({ title: button.dataset.title, url: button.dataset.share }).catch(() => {});
  });
}
const text = async (address) => {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(answer.status);
  return answer.text();
};
for (const button of document.querySelectorAll("[data-copy], [data-copy-from]")) {
  if (!navigator.clipboard) continue;
  const { copy, copyFrom, done } = button.dataset;
  const words = button.textContent;
  button.parentElement.hidden = false;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(copyFrom ? await text(copyFrom) : copy);
      button.textContent = done;
      setTimeout(() => { button.textContent = words; }, 4000);
    } catch {
      if (copyFrom) location.assign(copyFrom);
    }
  });
}
