"use strict";
// Upload photos and PDFs that are chosen, dropped or pasted in the release form: one after the other, with progress, and again
// when the connection is back. Files from the library are added without an upload.

document.addEventListener("DOMContentLoaded", () => {
  const panel = document.getElementById("media");
  const form = document.getElementById("release_form");
  if (!panel || !form?.elements.photos) return;
  const { dataset } = panel;
  const uploadList = document.getElementById("uploads");
  const section = panel.closest("details");
  const RETRY_DELAY_MS = 5000;
  const queue = [];
  let isUploading = false;
  let retryTimer = 0;

  const openSection = () => {
    section.open = true;
    const sheet = document.getElementById("editor-panel");
    if (!(sheet.checkVisibility?.() ?? true)) sheet.showPopover();
  };
  const getLanguage = () => form.elements.language?.value || document.querySelector("#id_body, #id_headline")?.lang || "en";
  const enqueue = (files, replaces = null) => {
    if (!files.length) return;
    openSection();
    for (const file of files) {
      const item = document.createElement("li");
      const progress = Object.assign(document.createElement("progress"), { max: 100, value: 0 });
      progress.setAttribute("aria-label", file.name);
      const message = document.createElement("span");
      item.append(Object.assign(document.createElement("b"), { textContent: file.name }), progress, message);
      uploadList.append(item);
      queue.push({ file, item, progress, message, replaces });
    }
    uploadNext();
  };

  const uploadNext = () => {
    clearTimeout(retryTimer);
    if (isUploading || !queue.length) return;
    isUploading = true;
    const upload = queue[0];
    const request = new XMLHttpRequest(); // fetch reports no progress
    const data = new FormData();
    data.set("file", upload.file);
    data.set("language", getLanguage());
    data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    upload.message.textContent = "";
    request.open("POST", dataset.uploadUrl);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", ({ loaded, total }) => { upload.progress.value = 100 * loaded / total; });
    request.upload.addEventListener("load", () => { upload.message.textContent = dataset.processingMessage; });
    request.addEventListener("loadend", () => {
      isUploading = false;
      finish(upload, request);
    });
    request.send(data);
  };
  const wait = (upload, text) => {
    upload.message.textContent = text;
    upload.progress.value = 0;
    retryTimer = setTimeout(uploadNext, RETRY_DELAY_MS);
  };
  const finish = (upload, request) => {
    let result = null;
    try {
      if (request.getResponseHeader("Content-Type")?.includes("json")) result = JSON.parse(request.responseText);
    } catch {
      // A page of a proxy, or a connection that broke.
    }
    if (!result && !request.status) return wait(upload, dataset.waitingMessage);
    if (!result && (request.status >= 500 || request.status === 429)) return wait(upload, dataset.failedMessage);
    if (!result && request.status !== 413) return wait(upload, dataset.signedOutMessage); // the sign-in page
    queue.shift();
    if (result?.html) {
      upload.item.remove();
      const isFocused = ["media-files", "media-camera"].includes(document.activeElement.id); // not while the user types
      document.dispatchEvent(new CustomEvent("media:add", { detail: { html: result.html, replaces: upload.replaces, isFocused } }));
      if (result.message) uploadList.append(Object.assign(document.createElement("li"), { textContent: result.message }));
    } else {
      upload.progress.remove();
      upload.item.classList.add("is-error");
      upload.item.replaceChildren(result?.error ?? `${upload.file.name}: ${dataset.tooLargeMessage}`);
    }
    uploadNext();
  };
  window.addEventListener("online", uploadNext);
  window.addEventListener("beforeunload", (event) => { if (queue.length) event.preventDefault(); });

  const chooseFrom = (input) => {
    enqueue([...input.files], input.closest("li"));
    input.value = "";
  };
  panel.addEventListener("change", ({ target }) => { if (target.type === "file") chooseFrom(target); });

  const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  document.documentElement.dataset.dropMessage = dataset.dropMessage;
  let dragDepth = 0;
  const setDragging = (depth) => {
    dragDepth = Math.max(0, depth);
    document.documentElement.classList.toggle("is-dropping", dragDepth > 0);
  };
  document.addEventListener("dragenter", (event) => { if (hasFiles(event)) setDragging(dragDepth + 1); });
  document.addEventListener("dragleave", (event) => { if (hasFiles(event)) setDragging(dragDepth - 1); });
  document.addEventListener("dragover", (event) => { if (hasFiles(event)) event.preventDefault(); });
  document.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    event.stopPropagation();
    setDragging(0);
    enqueue([...event.dataTransfer.files]);
  }, true); // before the editor
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length || event.clipboardData.types.includes("text/html") || event.clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    event.stopPropagation();
    enqueue(files);
  }, true);

  // The library.
  const library = document.getElementById("photo-library");
  const query = document.getElementById("library-query");
  const results = document.getElementById("library-results");
  let searchTimer = 0;
  let lastSearch = 0;
  const search = async () => {
    const number = (lastSearch += 1);
    try {
      const parameters = new URLSearchParams({ q: query.value, language: getLanguage() });
      const response = await fetch(`${dataset.libraryUrl}?${parameters}`, { headers: { Accept: "application/json" } });
      if (number !== lastSearch) return;
      if (response.redirected || !response.ok) results.textContent = dataset.signedOutMessage;
      else results.innerHTML = (await response.json()).html;
    } catch {
      results.textContent = dataset.waitingMessage;
    }
  };
  document.getElementById("open-library").addEventListener("click", () => {
    library.showModal();
    query.focus();
    search();
  });
  document.getElementById("close-library").addEventListener("click", () => library.close());
  query.addEventListener("input", () => {
    clearTimeout(searchTimer);
    searchTimer = setTimeout(search, 250);
  });
  results.addEventListener("click", ({ target }) => {
    const button = target.closest("button[data-photo]");
    if (!button) return;
    library.close();
    document.dispatchEvent(new CustomEvent("media:add", { detail: { html: button.nextElementSibling.innerHTML, isFocused: true } }));
  });
});
