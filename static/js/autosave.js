"use strict";
// Autosave the form every few seconds and when the page is hidden, and show who else has the release open.

document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("release_form");
  const container = document.getElementById("autosave");
  if (!form || !container) return;

  // After Back, the browser restores what was typed, but the server sends a new id. Restore the id too, so that saving again
  // does not create a second release.
  const clientId = form.elements.client_id;
  if (clientId && !container.dataset.releaseId) {
    const isBack = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
    if (isBack && history.state?.clientId) clientId.value = history.state.clientId;
    else history.replaceState({ ...history.state, clientId: clientId.value }, "");
  }

  const TYPING_PAUSE_MS = 2000; // after the last keystroke
  const MAX_WAIT_MS = 8000; // while typing does not pause
  const RETRY_DELAY_MS = 5000; // after an error
  const UNAVAILABLE = "unavailable"; // the server or its database fails; the user may still be signed in
  const statusElement = document.querySelector(".autosave-status");
  const editorList = container.querySelector(".active-editors");
  let unsavedSince = 0; // time of the first input that is not autosaved, 0 if there is none
  let saveTimer = 0;
  let isSaving = false;
  let isStopped = false; // another user has claimed the autosave: this form no longer saves, and says so

  const showStatus = (text, isError = false) => {
    if (isError) document.dispatchEvent(new CustomEvent("autosave:failed"));
    if (statusElement.textContent === text) return;
    statusElement.textContent = text;
    statusElement.classList.toggle("is-error", isError);
  };
  const getFormData = () => {
    const data = new FormData(form);
    data.set("release", container.dataset.releaseId ?? "");
    data.set("sequence", String(Date.now()));
    return data;
  };
  const refreshToken = async () => {
    const response = await fetch(container.dataset.pingUrl || container.dataset.autosaveUrl, { headers: { Accept: "application/json" } });
    if (response.status >= 500) throw new Error(UNAVAILABLE);
    if (response.redirected || !response.headers.get("Content-Type")?.includes("json")) return null;
    const { csrf_token: csrfToken, messages = [] } = await response.json();
    for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) input.value = csrfToken;
    if (editorList && [...editorList.children].map((item) => item.textContent).join() !== messages.join()) {
      editorList.replaceChildren(...messages.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
    }
    return csrfToken;
  };
  const scheduleSave = (delay) => { clearTimeout(saveTimer); saveTimer = setTimeout(save, delay); };

  async function save() {
    if (!unsavedSince || isSaving || isStopped) return;
    isSaving = true;
    const startedAt = Date.now();
    try {
      const response = await fetch(container.dataset.autosaveUrl, { method: "POST", body: getFormData(), headers: { Accept: "application/json" } });
      const result = response.headers.get("Content-Type")?.includes("json") && !response.redirected ? await response.json() : null;
      if (result?.message) {
        showStatus(result.message);
        if (unsavedSince <= startedAt) unsavedSince = 0;
        document.dispatchEvent(new CustomEvent("autosave:saved", { detail: result }));
      } else if (result?.error) {
        isStopped = response.status === 409;
        showStatus(result.error, true);
      } else if (response.status >= 500) {
        throw new Error(UNAVAILABLE);
      } else if (await refreshToken()) { // signed in again in another window: the CSRF token is new
        scheduleSave(0);
      } else {
        showStatus(container.dataset.signedOutMessage, true);
        scheduleSave(RETRY_DELAY_MS);
      }
    } catch (error) {
      showStatus(error.message === UNAVAILABLE ? container.dataset.unavailableMessage : container.dataset.offlineMessage, true);
      scheduleSave(RETRY_DELAY_MS);
    } finally {
      isSaving = false;
    }
    if (unsavedSince && !isStopped) scheduleSave(RETRY_DELAY_MS);
  }

  form.addEventListener("input", () => {
    const now = Date.now();
    if (!unsavedSince) unsavedSince = now;
    if (now - unsavedSince < MAX_WAIT_MS) scheduleSave(TYPING_PAUSE_MS);
  });
  let isSubmitted = false;
  form.addEventListener("submit", (event) => {
    if (isSubmitted) event.preventDefault(); // a double click
    isSubmitted = true;
    unsavedSince = 0;
    isStopped = true;
  });
  window.addEventListener("pageshow", () => { isSubmitted = false; isStopped = false; }); // after the Back button
  window.addEventListener("online", () => scheduleSave(0));
  window.addEventListener("beforeunload", (event) => { if (unsavedSince && !isStopped) event.preventDefault(); });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && unsavedSince && !isStopped) navigator.sendBeacon(container.dataset.autosaveUrl, getFormData());
  });
  if (container.dataset.pingUrl) setInterval(() => { if (document.visibilityState === "visible") refreshToken().catch(() => {}); }, 30_000);
});
