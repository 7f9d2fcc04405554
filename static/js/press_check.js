"use strict";
// Check the text of the release form while it is being written, show the findings, and apply corrections.

(() => {
  let editor = null;
  document.addEventListener("prose-editor:ready", ({ detail }) => { editor = detail.editor; });

  document.addEventListener("DOMContentLoaded", () => {
    const form = document.getElementById("release_form");
    const panel = document.querySelector("[data-press-check-url]");
    if (!form || !panel) return;

    for (const element of document.querySelectorAll(".press-check")) element.hidden = false;
    const TYPING_PAUSE_MS = 1500;
    const resultElement = panel.querySelector(".press-check-result");
    const countElements = document.querySelectorAll(".press-check-count");
    let checkTimer = 0;
    let lastRequest = 0;

    const check = async () => {
      const request = (lastRequest += 1);
      const data = new FormData(form);
      data.set("release", panel.dataset.releaseId ?? "");
      try {
        const response = await fetch(panel.dataset.pressCheckUrl, { method: "POST", body: data, headers: { Accept: "application/json" } });
        if (response.redirected || !response.headers.get("Content-Type")?.includes("json")) return;
        const { html, count } = await response.json();
        if (request !== lastRequest) return; // a later one is under way
        const wasOpen = resultElement.querySelector("details")?.open;
        resultElement.innerHTML = html;
        if (wasOpen && resultElement.querySelector("details")) resultElement.querySelector("details").open = true;
        for (const element of countElements) element.textContent = String(count);
      } catch {
        // Without a connection, the last findings stay; autosave says that the connection is lost.
      }
    };
    const scheduleCheck = (delay = TYPING_PAUSE_MS) => {
      clearTimeout(checkTimer);
      checkTimer = setTimeout(check, delay);
    };

    const escapePattern = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    // With `isWord`, the text must not continue as a word on either side.
    const buildPattern = (text, isWord) => new RegExp(isWord ? `(?<![\\p{L}\\p{N}_])${escapePattern(text)}(?![\\p{L}\\p{N}_])` : escapePattern(text), isWord ? "gu" : "u");

    // Return the ranges of `pattern` in the editor's document, each within one paragraph.
    const findInEditor = (pattern) => {
      const ranges = [];
      editor.state.doc.descendants((node, position) => {
        if (!node.isTextblock) return true;
        const text = node.textBetween(0, node.content.size, null, "\ufffc");
        for (const match of pattern.global ? text.matchAll(pattern) : [text.match(pattern)].filter(Boolean)) {
          ranges.push({ from: position + 1 + match.index, to: position + 1 + match.index + match[0].length });
        }
        return false;
      });
      return pattern.global ? ranges : ranges.slice(0, 1);
    };
    const getTextFields = (name) => (name === "event" ? ["event_place", "event_who", "event_languages", "event_visuals"] : [name])
      .map((each) => form.elements[each])
      .filter((field) => field && field.name !== "body" && "value" in field);

    const replaceText = (fieldName, oldText, newText, isEverywhere) => {
      const pattern = buildPattern(oldText, isEverywhere);
      let count = 0;
      const names = isEverywhere ? ["headline", "subhead", "summary", "body", "event"] : [fieldName];
      for (const name of names) {
        for (const field of getTextFields(name)) {
          const matches = pattern.global ? [...field.value.matchAll(pattern)] : [field.value.match(pattern)].filter(Boolean);
          for (const match of matches.reverse()) {
            field.closest("details")?.setAttribute("open", "");
            field.focus();
            field.setSelectionRange(match.index, match.index + match[0].length);
            document.execCommand("insertText", false, newText); // keeps the browser's Undo
            count += 1;
          }
        }
        if (name !== "body" || !editor) continue;
        for (const { from, to } of findInEditor(pattern).reverse()) {
          const paragraph = editor.state.doc.resolve(from);
          const isWhole = !newText && paragraph.parent.textContent.trim() === oldText.trim();
          editor.chain().command(({ tr }) => {
            if (isWhole) tr.delete(paragraph.before(), paragraph.after());
            else tr.insertText(newText, from, to);
            return true;
          }).run();
          count += 1;
        }
      }
      return count;
    };

    const showExcerpt = (name, text) => {
      if (name === "body" && editor) {
        const [range] = findInEditor(buildPattern(text, false));
        if (range) editor.chain().focus().setTextSelection(range).scrollIntoView().run();
        else editor.commands.focus();
        return;
      }
      for (const field of getTextFields(name)) {
        const start = field.value.indexOf(text);
        if (start < 0 && name === "event") continue;
        field.closest("details")?.setAttribute("open", "");
        field.focus();
        if (start >= 0) field.setSelectionRange?.(start, start + text.length);
        return;
      }
    };

    panel.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-fix-old]");
      if (button) {
        const { fixField, fixOld, fixNew } = button.dataset;
        const isDone = replaceText(fixField, fixOld, fixNew, "fixEverywhere" in button.dataset);
        if (isDone) scheduleCheck(0);
        else button.replaceWith(Object.assign(document.createElement("span"), { textContent: panel.dataset.notFoundMessage }));
        return;
      }
      const excerpt = target.closest("button[data-field]");
      if (excerpt) showExcerpt(excerpt.dataset.field, excerpt.textContent);
    });
    form.addEventListener("input", () => scheduleCheck());
    form.addEventListener("change", () => scheduleCheck());
    scheduleCheck(300);
  });
})();
