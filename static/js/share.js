// Show the buttons to share and to copy a link, quotation or text, if the browser supports them, and let the links of a
// release do the same. Without this script, the links lead to the text and to other ways to share.
for (const button of document.querySelectorAll("[data-share-url]")) {
  if (!navigator.share) continue;
  button.parentElement.hidden = false;
  button.addEventListener("click", (event) => {
    event.preventDefault();
    navigator.share({ title: button.dataset.shareTitle, url: button.dataset.shareUrl }).catch(() => {});
  });
}
const fetchText = async (url) => {
  const response = await fetch(url);
  if (!response.ok) throw new Error(response.status);
  return response.text();
};
for (const button of document.querySelectorAll("[data-copy-text], [data-copy-url]")) {
  if (!navigator.clipboard) continue;
  const { copyText, copyUrl, doneMessage } = button.dataset;
  const label = button.textContent;
  button.parentElement.hidden = false;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async (event) => {
    event.preventDefault();
    try {
      await navigator.clipboard.writeText(copyUrl ? await fetchText(copyUrl) : copyText);
      button.textContent = doneMessage;
      setTimeout(() => { button.textContent = label; }, 4000);
    } catch {
      if (copyUrl) location.assign(copyUrl);
    }
  });
}
