"use strict";
// Blocks in the editor: "/" on an empty line opens a menu of blocks, and Alt+Up and Alt+Down move a block.

// Tell screen readers what happened in the editor.
const announce = (text) => { document.getElementById("editor-status").textContent = text; };

// Move the selected blocks past their neighbor: list items in their list, other blocks in the text. At the end
// of a list, the whole list moves. `direction` is -1 or 1.
const moveBlocks = (view, direction) => {
  const { selection: { $from, $to }, tr } = view.state;
  const findRange = (...parents) => $from.blockRange($to, ({ type }) => parents.includes(type.name));
  const findNeighbor = ({ parent, startIndex, endIndex }) => (
    parent.maybeChild(direction < 0 ? startIndex - 1 : endIndex)
  );
  let range = findRange("doc", "bulletList", "orderedList");
  if (!findNeighbor(range)) range = findRange("doc");
  const neighbor = findNeighbor(range);
  if (!neighbor) return;
  // The neighbor moves, so that the cursor stays where it is in the blocks.
  if (direction < 0) tr.insert(range.end, neighbor).delete(range.start - neighbor.nodeSize, range.start);
  else tr.delete(range.end, range.end + neighbor.nodeSize).insert(range.start, neighbor);
  view.dispatch(tr.scrollIntoView());
  const { movedMessage } = document.getElementById("editor-status").dataset;
  const position = range.startIndex + direction + 1;
  announce(movedMessage.replace("{}", position).replace("{}", range.parent.childCount));
};

// Ctrl+K without a selection makes a link of the word at the cursor.
const selectWord = (editor) => {
  const { empty, $from: { parent, parentOffset, pos } } = editor.state.selection;
  if (!empty || editor.isActive("link")) return;
  const text = parent.textBetween(0, parent.content.size, null, "\ufffc");
  const before = /[\p{L}\p{N}\p{M}'’-]*$/u.exec(text.slice(0, parentOffset))[0].length;
  const after = /^[\p{L}\p{N}\p{M}'’-]*/u.exec(text.slice(parentOffset))[0].length;
  if (before + after) editor.commands.setTextSelection({ from: pos - before, to: pos + after });
  else announce(document.getElementById("editor-status").dataset.noWordMessage);
};

const BLOCKS = {
  heading: (chain) => chain.setHeading({ level: 2 }),
  smallerHeading: (chain) => chain.setHeading({ level: 3 }),
  bulletList: (chain) => chain.toggleBulletList(),
  orderedList: (chain) => chain.toggleOrderedList(),
  quotation: (chain) => chain.setBlockquote(),
  table: (chain) => chain.insertTableWithOptions(),
  photo: (chain, option) => chain.insertContent(`[photo ${option.dataset.photo}]`),
};

// Return the object that shows the menu, filtered by what follows "/". editor_photos.js adds the photos to it.
const createBlockMenu = (editor, menu) => {
  const { dom } = editor.view;
  let active = null; // the option that Enter inserts; null while the menu is closed
  let lastQuery = null;

  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const getShownOptions = () => [...menu.children].filter((option) => !option.hidden);
  const setActive = (option) => {
    active?.removeAttribute("aria-selected");
    active = option;
    active.setAttribute("aria-selected", "true");
    active.scrollIntoView({ block: "nearest" });
    dom.setAttribute("aria-activedescendant", active.id);
  };
  const place = () => {
    const caret = editor.view.coordsAtPos(editor.state.selection.from);
    const { offsetHeight: height, offsetWidth: width } = menu;
    const isAbove = caret.bottom + height + 8 > (visualViewport?.height ?? innerHeight) && caret.top > height;
    const left = Math.min(caret.left, document.documentElement.clientWidth - width - 8);
    const top = isAbove ? caret.top - height - 4 : caret.bottom + 4;
    menu.style.setProperty("left", `${left + scrollX}px`);
    menu.style.setProperty("top", `${top + scrollY}px`);
  };
  const close = () => {
    lastQuery = null;
    if (!active) return;
    active.removeAttribute("aria-selected");
    active = null;
    menu.hidePopover();
    dom.removeAttribute("aria-activedescendant");
    dom.removeAttribute("aria-controls");
  };
  const show = (query) => {
    if (query === lastQuery) return;
    const text = fold(query);
    for (const option of menu.children) {
      const label = fold(option.textContent.trim());
      option.hidden = !label.startsWith(text) && !label.includes(` ${text}`);
    }
    const options = getShownOptions();
    if (!options.length) { close(); return; }
    lastQuery = query;
    if (!active) {
      menu.showPopover();
      dom.setAttribute("aria-controls", menu.id);
      announce(menu.dataset.openMessage.replace("{}", options.length));
    }
    setActive(options[0]);
    place();
  };
  const insert = (option) => {
    const { $from } = editor.state.selection;
    close();
    const chain = editor.chain().focus().deleteRange({ from: $from.start(), to: $from.end() });
    BLOCKS[option.dataset.block](chain, option).run();
  };
  const handleKey = (key) => {
    if (!active) return false;
    const options = getShownOptions();
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (step) setActive(options.at((options.indexOf(active) + step) % options.length));
    else if (key === "Enter" || key === "Tab") insert(active);
    else return false;
    return true;
  };

  menu.hidden = false; // it is a popover, so it stays closed
  menu.addEventListener("mousedown", (event) => event.preventDefault()); // the editor keeps the focus
  menu.addEventListener("click", ({ target }) => {
    const option = target.closest("[role=option]");
    if (option) insert(option);
  });
  return { show, close, handleKey, isOpen: () => Boolean(active) };
};

document.addEventListener("prose-editor:ready", async ({ detail: { editor } }) => {
  const menuElement = document.getElementById("block-menu");
  if (!menuElement) return;
  const { Plugin, pm: { view: { Decoration, DecorationSet } } } = await import("django-prose-editor/editor");
  const menu = createBlockMenu(editor, menuElement);
  let isOffered = false; // since a "/" was typed, until Escape is pressed or the cursor leaves

  // Return the text after the "/" that begins a paragraph of the text, if the cursor is at its end, else null.
  const findQuery = ({ selection: { empty, $from: { parent, parentOffset, depth } } }) => {
    const isAtEnd = empty && parentOffset === parent.content.size;
    if (!isAtEnd || depth !== 1 || parent.type.name !== "paragraph") return null;
    return /^\s*\/(.*)$/.exec(parent.textContent)?.[1] ?? null;
  };
  const dismiss = () => {
    isOffered = false;
    menu.close();
  };
  const handleKeyDown = (view, event) => {
    const hasControl = event.ctrlKey || event.metaKey;
    if (hasControl && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") selectWord(editor);
    if (hasControl || event.shiftKey || event.isComposing) return false;
    if (event.altKey) {
      if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return false;
      moveBlocks(view, event.key === "ArrowUp" ? -1 : 1);
      return true;
    }
    if (event.key === "Escape" && menu.isOpen()) {
      dismiss();
      return true;
    }
    return menu.handleKey(event.key);
  };
  editor.registerPlugin(new Plugin({
    view: () => ({
      update: ({ state }, { doc }) => {
        const query = findQuery(state);
        if (query === null) dismiss();
        else if (query === "" && state.doc !== doc) isOffered = true;
        if (isOffered) menu.show(query);
      },
    }),
    props: {
      handleKeyDown,
      handleDOMEvents: { blur: () => { dismiss(); return false; } },
      decorations: ({ doc }) => {
        const { childCount, content, firstChild } = doc;
        if (childCount > 1 || firstChild.type.name !== "paragraph" || firstChild.content.size) return null;
        const attributes = { class: "is-editor-empty", "data-placeholder": menuElement.dataset.hint };
        return DecorationSet.create(doc, [Decoration.node(0, content.size, attributes)]);
      },
    },
  }), (plugin, plugins) => [plugin, ...plugins]);
});
