"use strict";
// Keyboard shortcuts of the release form, and the dialog that lists them.

let shortcutsEditor = null;
document.addEventListener("prose-editor:ready", ({ detail: { editor } }) => {
  shortcutsEditor = editor;
  const button = document.querySelector(".shortcuts-button");
  if (button) document.querySelector(".paste-tools")?.append(button);
});

document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("release_form");
  const dialog = document.getElementById("shortcuts");
  if (!form || !dialog) return;
  const isApple = /Mac|iPhone|iPad/.test(navigator.platform);
  const find = (selector) => document.querySelector(`#actions ${selector}`);
  const saveButton = find("input[name=_continue]");
  const nextButton = find("input.default:is([name=_publish], [name=_review])");
  const previewLink = find(".preview-button");
  const control = isApple ? "Meta" : "Control";
  saveButton?.setAttribute("aria-keyshortcuts", `${control}+S`);
  nextButton?.setAttribute("aria-keyshortcuts", `${control}+Enter`);
  previewLink?.setAttribute("aria-keyshortcuts", `${control}+Alt+P`);

  // Storage may be full or turned off.
  const read = (storage, name) => { try { return window[storage].getItem(name); } catch { return null; } };
  const write = (storage, name, value) => { try { window[storage].setItem(name, value); } catch { return; } };

  // After a save with the keyboard, the cursor returns to its place.
  const save = () => {
    const { id, selectionStart } = document.activeElement;
    const isInEditor = shortcutsEditor?.view.hasFocus();
    const start = isInEditor ? shortcutsEditor.state.selection.anchor : selectionStart;
    const place = { id, isInEditor, start, time: Date.now() };
    write("sessionStorage", "place-after-save", JSON.stringify(place));
    saveButton.click();
  };
  window.addEventListener("load", () => {
    const place = JSON.parse(read("sessionStorage", "place-after-save"));
    if (!place) return;
    write("sessionStorage", "place-after-save", "null");
    if (Date.now() - place.time > 30_000 || document.querySelector(".error-summary")) return;
    const field = document.getElementById(place.id);
    if (place.isInEditor) shortcutsEditor?.commands.focus(place.start);
    else field?.focus();
    try { field?.setSelectionRange(place.start, place.start); } catch { /* a checkbox or a date */ }
    announce(document.querySelector(".messagelist")?.innerText ?? ""); // the focus moved before it was read
  });

  const shortcuts = [
    { key: "s", button: saveButton, run: save },
    { key: "enter", button: nextButton, run: () => nextButton.click() },
    { code: "KeyP", button: previewLink, run: () => previewLink.click() }, // with Alt; the key is "π" on a Mac
  ];
  // Before the editor, in which Ctrl+Enter breaks the line.
  document.addEventListener("keydown", (event) => {
    const hasControl = isApple ? event.metaKey : event.ctrlKey;
    if (!hasControl || event.shiftKey || event.getModifierState("AltGraph")) return;
    const pressed = shortcuts.find(({ key, code }) => (
      event.altKey ? event.code === code : !code && event.key.toLowerCase() === key
    ));
    if (!pressed || (pressed.key === "enter" && !nextButton)) return;
    event.preventDefault();
    event.stopPropagation();
    // The text of another form, such as a note, would be lost.
    const isElsewhere = event.target.closest?.("form:not(#release_form)") || document.querySelector("dialog:modal");
    if (pressed.button && !event.repeat && !isElsewhere) pressed.run();
  }, { capture: true });

  // The dialog. Its checkbox turns off "?", because speech input may send single keys (WCAG 2.1.4).
  if (isApple) {
    const symbols = { control: "⌘", alt: "⌥", shift: "⇧" };
    for (const key of dialog.querySelectorAll("[data-key]")) key.textContent = symbols[key.dataset.key];
  }
  const keySetting = dialog.querySelector("input[type=checkbox]");
  keySetting.checked = read("localStorage", "shortcuts-key") !== "off";
  keySetting.addEventListener("change", () => {
    write("localStorage", "shortcuts-key", keySetting.checked ? "on" : "off");
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "?" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (!keySetting.checked || document.querySelector("dialog:modal")) return;
    if (event.target.closest?.("input, textarea, select, [contenteditable=true]")) return;
    event.preventDefault();
    dialog.showModal();
  });
  const openButton = document.querySelector(".shortcuts-button");
  openButton.hidden = false;
  openButton.addEventListener("click", () => dialog.showModal());
  dialog.querySelector("button").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", ({ target }) => { if (target === dialog) dialog.close(); }); // the backdrop
});
