"use strict";
// The writing form: the editor under the desk's policy, with its name and its words. What is typed is kept by keeping.js.

// The editor looks for this element before it writes styles of its own into the page, which the desk's policy forbids;
// writing.css has what they would say. In a namespace of its own the element styles nothing.
const styles = document.createElementNS("urn:carecen:nothing", "style");
styles.setAttribute("data-tiptap-style", "");
document.head.append(styles);

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

  // A photo stands where a paragraph names it; its button puts that paragraph where the cursor is.
  for (const button of document.querySelectorAll("[data-place]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      editor.chain().focus().insertContent(`<p>[photo ${button.dataset.place}]</p>`).run();
    });
  }

  // Where the original stands beside the form, the paragraph that is being written has its own beside it.
  editor.on("selectionUpdate", () => {
    const index = editor.state.selection.$from.index(0);
    lineUp(document.querySelector(`[data-part="body"] > :nth-child(${index + 1})`), editor.view.dom.children[index]);
  });

  // Coming back to the page, the browser fills the hidden field with what was typed; the editor shows it.
  window.addEventListener("pageshow", () => {
    if (textarea.value && textarea.value !== editor.getHTML()) editor.commands.setContent(textarea.value);
  });

  const data = document.getElementById("editor-words");
  if (!data) return;
  const words = JSON.parse(data.textContent);
  const say = (root) => {
    for (const button of root.querySelectorAll("button")) {
      if (!words[button.title] || words[button.title] === button.title) continue;
      button.title = words[button.title];
      button.setAttribute("aria-label", button.title);
    }
    for (const element of root.querySelectorAll("h2, h3, label, p, option, button:not(.material-icons)")) {
      const ours = element.children.length ? undefined : words[element.textContent];
      if (ours && ours !== element.textContent) element.textContent = ours; // the same word again would be heard as a change
    }
  };
  // Its menu comes after this event, changes with every move of the cursor, and its dialogs come and go.
  const sayAll = () => document.querySelectorAll(".prose-menubar, .prose-editor-dialog").forEach(say);
  new MutationObserver(sayAll).observe(document.body, { childList: true, subtree: true });
  sayAll();
});

// The part of the original that is being translated: marked, and level with the field.
const lineUp = (part, field) => {
  document.querySelector(".beside-form .here")?.classList.remove("here");
  if (!part || !field) return;
  part.classList.add("here");
  const panel = part.closest("[role=region]");
  panel.style.paddingBlockStart = "0";
  const below = part.getBoundingClientRect().top - Math.max(field.getBoundingClientRect().top, panel.getBoundingClientRect().top);
  panel.scrollTop += below;
  const still = part.getBoundingClientRect().top - field.getBoundingClientRect().top;
  if (still < 0 && matchMedia("(min-width: 1500px)").matches) panel.style.paddingBlockStart = `${-still}px`;
};
document.addEventListener("focusin", ({ target }) => {
  const name = /^id_(headline|subhead|summary)$/.exec(target.id)?.[1];
  if (name) lineUp(document.querySelector(`.beside-form [data-part="${name}"]`), target);
});

// The spelling that the browser checks is that of the release's language.
document.addEventListener("change", ({ target }) => {
  if (target.id !== "id_language") return;
  for (const field of document.querySelectorAll("#release_form [lang]")) field.lang = target.value;
});

// A refused form names its faults at the top, and that is where one goes on.
document.addEventListener("DOMContentLoaded", () => document.querySelector(".what-is-wrong")?.focus());

// Who writes a time means that time.
document.addEventListener("input", ({ target }) => {
  const later = document.querySelector('input[name="when"][value="later"]');
  if (later && target.name === "at" && target.value) later.checked = true;
});

// The seconds in which publishing can be undone, counted down; then the page says how it stands.
document.addEventListener("DOMContentLoaded", () => {
  const shown = document.querySelector("[data-countdown]");
  if (!shown) return;
  const end = Date.now() + 1000 * Number(shown.textContent);
  const tick = setInterval(() => {
    const left = Math.ceil((end - Date.now()) / 1000);
    if (left >= 0) shown.textContent = String(left);
    if (left > 0) return;
    clearInterval(tick);
    const status = shown.closest("[data-done]");
    status.closest("form").querySelector("button").remove();
    status.textContent = status.dataset.done;
  }, 250);
});
