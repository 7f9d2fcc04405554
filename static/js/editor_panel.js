"use strict";
// The panel of the release form: say what is in its closed sections, and open the one that a link or an error names.

document.addEventListener("DOMContentLoaded", () => {
  const panel = document.getElementById("editor-panel");
  if (!panel) return;
  // Browsers without popovers show the panel below the text.
  const isSheet = () => CSS.supports("selector(:popover-open)") && panel.matches(":popover-open");
  const open = (element) => {
    if (!panel.contains(element)) return;
    if (!(panel.checkVisibility?.() ?? true)) panel.showPopover();
    for (let section = element.closest("details"); section; section = section.parentElement.closest("details")) section.open = true;
    (element.matches("details") ? element.querySelector("summary") : element).focus();
  };
  const openTarget = (hash) => {
    const target = hash.length > 1 && document.getElementById(hash.slice(1));
    if (target) open(target);
    // Else the browser would keep it after the form is sent, and scroll past the message that follows.
    if (hash) history.replaceState(history.state, "", location.pathname + location.search);
  };
  document.addEventListener("click", ({ target }) => {
    const link = target.closest?.("a[href^='#']");
    if (link) setTimeout(() => openTarget(link.hash));
  });
  openTarget(location.hash);
  // On a phone, show where the photo now is in the text.
  panel.addEventListener("click", ({ target }) => { if (target.closest("button[data-photo-id]") && isSheet()) panel.hidePopover(); });
  // A wider window has the panel next to the text.
  window.addEventListener("resize", () => { if (isSheet() && getComputedStyle(panel).position !== "fixed") panel.hidePopover(); });
  // Notes have a form of their own: typing one doesn't change the release.
  document.getElementById("section-notes")?.addEventListener("input", (event) => event.stopPropagation());
  document.addEventListener("autosave:saved", ({ detail }) => {
    for (const [name, text] of Object.entries(detail.sections ?? {})) {
      const element = document.querySelector(`[data-section-state="${name}"]`);
      if (element && element.textContent !== text) element.textContent = text;
    }
  });
  // A media advisory is about an event, so show its fields.
  document.getElementById("id_kind")?.addEventListener("change", ({ target }) => {
    if (target.value === "media_advisory") document.getElementById("section-event").open = true;
  });
  // Browsers that don't size a field by its text.
  if (CSS.supports("field-sizing", "content")) return;
  const grow = (field) => { field.style.height = "auto"; field.style.height = `${field.scrollHeight + 2}px`; };
  document.querySelectorAll("#release_form textarea").forEach(grow);
  document.addEventListener("input", ({ target }) => { if (target.matches("#release_form textarea")) grow(target); });
});
