"use strict";
// The live preview of the release form: the autosaved text in the templates of the public pages. It opens next to the
// form on wide screens and over the page on others, and loads again after each autosave.

document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("release_form");
  const pane = document.getElementById("live-preview");
  const toggle = document.querySelector("[aria-controls=live-preview]");
  if (!form || !pane || !toggle) return;

  const isWide = matchMedia("(min-width: 1100px)"); // as in admin_live_preview.css
  const stage = pane.querySelector(".live-preview-stage");
  const updating = pane.querySelector(".live-preview-updating");
  const failure = pane.querySelector(".live-preview-failure");
  const header = document.getElementById("header");
  let frame = null; // the page that is shown
  let nextFrame = null; // the page that is loading behind it
  let isStale = false; // something was typed since the last autosave
  let hasFailed = false; // the last autosave or the last page failed

  // Without the storage, which browsers may refuse, the preview begins closed.
  const remember = (name, value) => { try { sessionStorage.setItem(`live-preview-${name}`, value); } catch { /* see above */ } };
  const recall = (name) => { try { return sessionStorage.getItem(`live-preview-${name}`); } catch { return null; } };

  const getLook = () => pane.querySelector("input:checked");
  const getUrl = () => {
    const url = new URL(pane.dataset.url, location.href);
    if (pane.dataset.releaseId) url.searchParams.set("release", pane.dataset.releaseId);
    else url.searchParams.set("client_id", form.elements.client_id.value);
    url.searchParams.set("look", getLook().dataset.look);
    return url;
  };
  const showState = () => {
    updating.hidden = hasFailed || !(isStale || nextFrame);
    const text = hasFailed ? pane.dataset.failedMessage : "";
    if (failure.textContent !== text) failure.textContent = text; // an equal text would be read again
  };
  // Frames have the width of the screen that they imitate and are scaled down to the pane.
  const fit = (element) => {
    const width = Number(element.dataset.width) || stage.clientWidth;
    element.style.setProperty("--frame-width", `${width}px`);
    element.style.setProperty("--frame-scale", String(Math.min(1, stage.clientWidth / width)));
  };
  const closeOnEscape = (event) => { if (event.key === "Escape") pane.close(); };

  function load() {
    if (!pane.open) return;
    nextFrame?.remove();
    const look = getLook();
    nextFrame = pane.querySelector("template").content.querySelector("iframe").cloneNode();
    nextFrame.className = "is-loading";
    Object.assign(nextFrame.dataset, { look: look.value, width: look.dataset.width ?? "" });
    nextFrame.addEventListener("load", show, { once: true });
    nextFrame.src = getUrl();
    fit(nextFrame);
    stage.append(nextFrame);
    showState();
  }

  // Put the loaded page in the place of the old one, at the same scroll position.
  function show() {
    const loaded = nextFrame;
    const page = loaded.contentDocument;
    nextFrame = null;
    if (page?.querySelector("base[target]")) {
      hasFailed &&= isStale;
      for (const link of page.querySelectorAll("a[href^='#']")) link.target = "_self";
      loaded.contentWindow.addEventListener("keydown", closeOnEscape);
      if (frame?.dataset.look === loaded.dataset.look) loaded.contentWindow.scrollTo(frame.contentWindow.scrollX, frame.contentWindow.scrollY);
      loaded.className = "";
      if (document.activeElement === frame) loaded.focus();
      frame?.remove();
      frame = loaded;
    } else { // the sign-in page, an error page, or no connection: none of them can be in a frame
      hasFailed = true;
      loaded.remove();
    }
    showState();
  }

  const place = () => pane.style.setProperty("--live-preview-top", `${Math.max(0, header.getBoundingClientRect().bottom)}px`);
  function showOpen() {
    document.body.classList.toggle("has-live-preview", pane.open);
    toggle.setAttribute("aria-expanded", String(pane.open));
  }
  function open() {
    if (isWide.matches) pane.open = true; // `show()` would move the focus out of the text
    else pane.showModal();
    remember("open", isWide.matches ? "1" : ""); // a sheet would cover the form when the page loads again
    place();
    showOpen();
    load();
  }
  pane.addEventListener("keydown", closeOnEscape); // a modal dialog does it itself
  pane.addEventListener("close", () => {
    if (pane.open) return; // opened again in the meantime
    remember("open", "");
    showOpen();
    stage.replaceChildren();
    frame = nextFrame = null;
    if (document.activeElement === document.body) toggle.focus();
  });

  toggle.addEventListener("click", () => { if (pane.open) pane.close(); else open(); });
  pane.querySelector(".live-preview-close").addEventListener("click", () => pane.close());
  pane.querySelector("fieldset").addEventListener("change", () => {
    remember("look", getLook().value);
    load();
  });
  isWide.addEventListener("change", () => {
    if (!pane.open) return;
    pane.close();
    if (isWide.matches) open();
  });
  form.addEventListener("input", () => {
    isStale = true;
    showState();
  });
  document.addEventListener("autosave:saved", () => {
    isStale = hasFailed = false;
    load();
  });
  document.addEventListener("autosave:failed", () => {
    hasFailed = true;
    showState();
  });
  window.addEventListener("online", load);
  window.addEventListener("scroll", place, { passive: true });
  new ResizeObserver(() => [...stage.children].forEach(fit)).observe(stage);

  const look = pane.querySelector(`input[value="${CSS.escape(recall("look") ?? "")}"]`);
  if (look) look.checked = true;
  toggle.hidden = false;
  if (recall("open") && isWide.matches) open();
});
