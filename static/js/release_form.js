"use strict";
// The release form: set up the editor for the CSP of the admin, label and translate it. autosave.js saves the text.

// The editor skips adding its own styles, which the CSP forbids, if it finds this element. admin_forms.css contains them.
// The namespace is not HTML, so the element styles nothing.
const styleElement = document.createElementNS("urn:carecen:nothing", "style");
styleElement.setAttribute("data-tiptap-style", "");
document.head.append(styleElement);

document.addEventListener("prose-editor:ready", ({ detail: { editor, textarea } }) => {
  const label = document.querySelector(`label[for="${textarea.id}"]`);
  if (label) {
    label.id ||= `${textarea.id}_label`;
    editor.view.dom.setAttribute("aria-labelledby", label.id);
    label.addEventListener("click", () => editor.commands.focus());
  }
  editor.view.dom.setAttribute("aria-multiline", "true");
  if (textarea.lang) editor.view.dom.lang = textarea.lang;
  if (textarea.getAttribute("aria-describedby")) {
    editor.view.dom.setAttribute("aria-describedby", textarea.getAttribute("aria-describedby"));
  }

  // In a translation, mark the paragraph of the original at the same position as the cursor.
  editor.on("selectionUpdate", () => {
    const index = editor.state.selection.$from.index(0);
    alignSourceField(document.querySelector(`[data-field="body"] > :nth-child(${index + 1})`), editor.view.dom.children[index]);
  });

  // After the Back button, the browser restores the hidden field, but not the editor.
  window.addEventListener("pageshow", () => {
    if (textarea.value && textarea.value !== editor.getHTML()) editor.commands.setContent(textarea.value);
  });

  const labelsElement = document.getElementById("editor-labels");
  if (!labelsElement) return;
  const labels = JSON.parse(labelsElement.textContent);
  const translateLabels = (root) => {
    for (const button of root.querySelectorAll("button")) {
      if (!labels[button.title] || labels[button.title] === button.title) continue;
      button.title = labels[button.title];
      button.setAttribute("aria-label", button.title);
    }
    for (const element of root.querySelectorAll("h2, h3, label, p, option, button:not(.material-icons)")) {
      const translated = element.children.length ? undefined : labels[element.textContent];
      if (translated && translated !== element.textContent) element.textContent = translated; // an equal text would trigger the observer again
    }
  };
  // The menu is added after this event and changes with the cursor. Dialogs are added and removed.
  const translateAllLabels = () => document.querySelectorAll(".prose-menubar, .prose-editor-dialog").forEach(translateLabels);
  new MutationObserver(translateAllLabels).observe(document.body, { childList: true, subtree: true });
  translateAllLabels();
});

// Mark the part of the original that is being translated, and scroll it level with the field.
const alignSourceField = (sourceField, field) => {
  document.querySelector(".translation-panel .is-current")?.classList.remove("is-current");
  if (!sourceField || !field) return;
  sourceField.classList.add("is-current");
  const panel = sourceField.closest("[role=region]");
  panel.style.paddingBlockStart = "0";
  const offset = sourceField.getBoundingClientRect().top - Math.max(field.getBoundingClientRect().top, panel.getBoundingClientRect().top);
  panel.scrollTop += offset;
  const remainingOffset = sourceField.getBoundingClientRect().top - field.getBoundingClientRect().top;
  if (remainingOffset < 0 && matchMedia("(min-width: 1100px)").matches) panel.style.paddingBlockStart = `${-remainingOffset}px`;
};
document.addEventListener("focusin", ({ target }) => {
  const name = /^id_(headline|subhead|summary)$/.exec(target.id)?.[1];
  if (name) alignSourceField(document.querySelector(`.translation-panel [data-field="${name}"]`), target);
});

// A term of the glossary inserts the agreed word where the cursor was last.
let lastField = null;
document.addEventListener("focusout", ({ target }) => {
  if (target.matches("#release_form :is(textarea, input[type=text], .tiptap)")) lastField = target;
});
document.addEventListener("click", ({ target }) => {
  const word = target.closest(".translation-panel .glossary-term")?.dataset.agreed;
  if (!word || !lastField) return;
  lastField.focus();
  document.execCommand("insertText", false, word); // the only way that the browser's Undo and the editor both understand
});

// Browsers choose the spell checker by the lang attribute.
document.addEventListener("change", ({ target }) => {
  if (target.id !== "id_language") return;
  for (const field of target.form.querySelectorAll("[lang]")) field.lang = target.value;
});

// Move the focus to the error summary of an invalid form. Before the style sheets are loaded, nothing takes the focus.
window.addEventListener("load", () => document.querySelector(".error-summary")?.focus());

// Entering a time selects “At a set time”, and the button says whether it publishes or schedules.
document.addEventListener("DOMContentLoaded", () => {
  const laterOption = document.querySelector('input[name="when"][value="later"]');
  const timeField = document.querySelector('input[name="at"]');
  const publishButton = document.querySelector("[data-later-label]");
  if (!laterOption || !timeField || !publishButton) return;
  const publishLabel = publishButton.value;
  const update = () => { publishButton.value = laterOption.checked ? publishButton.dataset.laterLabel : publishLabel; };
  const selectLater = () => {
    if (timeField.value) laterOption.checked = true;
    update();
  };
  timeField.addEventListener("input", selectLater);
  for (const option of document.querySelectorAll('input[name="when"]')) option.addEventListener("change", update);
  const shortcut = document.querySelector("[data-at]");
  timeField.after(shortcut);
  shortcut.hidden = false;
  shortcut.addEventListener("click", () => {
    timeField.value = shortcut.dataset.at;
    selectLater();
  });
  update();
});

let wasEdited = false;
document.addEventListener("input", () => { wasEdited = true; });

// Count down the seconds in which publishing can be undone, then show that the release is public.
document.addEventListener("DOMContentLoaded", () => {
  const secondsElement = document.querySelector("[data-countdown]");
  if (!secondsElement) return;
  const endTime = Date.now() + 1000 * Number(secondsElement.textContent);
  const interval = setInterval(() => {
    const secondsLeft = Math.ceil((endTime - Date.now()) / 1000);
    if (secondsLeft >= 0) secondsElement.textContent = String(secondsLeft);
    if (secondsLeft > 0) return;
    clearInterval(interval);
    const status = secondsElement.closest("[data-done-message]");
    status.closest("form").querySelector("button").remove();
    status.textContent = status.dataset.doneMessage;
    // Show the state and the actions of a public release, unless the page has text that is not saved.
    if (!wasEdited && "reload" in status.dataset) location.replace(location.pathname);
  }, 250);
});
