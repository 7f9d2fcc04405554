"use strict";
// Photos in the editor: a paragraph like "[photo 12]" is shown as the photo. The saved text stays the same.
// Uses announce() and moveBlocks() of editor_blocks.js.

// Return the photos of the release by id: the images next to data-photo-id, and the details in the form.
const readPhotos = () => {
  const entries = JSON.parse(document.getElementById("id_photos")?.value || "[]");
  const photos = new Map();
  for (const element of document.querySelectorAll("[data-photo-id]")) {
    const image = element.closest("li")?.querySelector("img");
    if (!image) continue;
    const id = Number(element.dataset.photoId);
    const { alt, is_decorative: isDecorative, is_lead: isLead } = entries.find(({ photo }) => photo === id) ?? image;
    photos.set(id, { source: image.src, alt: isDecorative ? "" : alt, isDecorative, isLead });
  }
  return photos;
};

document.addEventListener("prose-editor:ready", async ({ detail: { editor } }) => {
  const template = document.getElementById("photo-in-text");
  if (!template) return;
  const { Plugin, pm } = await import("django-prose-editor/editor");
  const { NodeSelection, PluginKey, Selection, TextSelection } = pm.state;
  const { Decoration, DecorationSet } = pm.view;
  const labels = template.dataset;
  const key = new PluginKey("photos");
  let photos = readPhotos();

  // The paragraphs for which get_photo_placeholder_id() in releases/text/richtext.py returns an id.
  const getPhotoId = (node) => {
    if (node?.type.name !== "paragraph" || node.childCount !== 1 || node.firstChild.marks.length) return null;
    const match = /^\s*\[(?:photo|foto) ([0-9]{1,9})\]\s*$/i.exec(node.textContent);
    return match && Number(match[1]);
  };
  const describe = (id) => {
    if (!photos.has(id)) return labels.missing.replace("{}", id);
    const { alt, isDecorative, isLead } = photos.get(id);
    if (isLead) return labels.lead.replace("{}", id);
    return `${labels.name.replace("{}", id)}: ${alt || (isDecorative ? labels.decorative : labels.noAlt)}`;
  };
  const selectNode = (view, position) => {
    const selection = NodeSelection.create(view.state.doc, position);
    view.dispatch(view.state.tr.setSelection(selection).scrollIntoView());
    view.focus();
  };
  const isPhotoSelected = ({ selection }) => (
    selection instanceof NodeSelection && getPhotoId(selection.node) !== null
  );

  const renderPhoto = (photo, text) => (view, getPosition) => {
    const element = template.content.firstElementChild.cloneNode(true);
    if (photo) element.querySelector("img").src = photo.source;
    else element.querySelector("img").remove();
    element.querySelector(".photo-description").textContent = text;
    element.addEventListener("mousedown", (event) => event.preventDefault());
    element.addEventListener("click", ({ target }) => {
      selectNode(view, getPosition() - 1);
      const { action } = target.closest("button")?.dataset ?? {};
      if (action === "remove") {
        view.dispatch(view.state.tr.deleteSelection());
        announce(labels.removedMessage);
      } else if (action) {
        moveBlocks(view, action === "up" ? -1 : 1);
      }
    });
    return element;
  };
  const decorate = (doc) => {
    const decorations = [];
    const shown = new Set();
    doc.descendants((node, position) => {
      const id = getPhotoId(node);
      if (id === null) return;
      const photo = shown.has(id) ? null : photos.get(id); // the page for readers shows a photo once, too
      const text = shown.has(id) && photos.has(id) ? labels.repeated.replace("{}", id) : describe(id);
      shown.add(id);
      decorations.push(
        Decoration.node(position, position + node.nodeSize, { class: "photo-paragraph" }),
        Decoration.inline(position + 1, position + node.nodeSize - 1, { class: "photo-placeholder" }),
        Decoration.widget(position + 1, renderPhoto(photo, text), {
          key: `${photo?.source} ${text}`, side: -1, stopEvent: () => true, ignoreSelection: true,
        }),
      );
    });
    return DecorationSet.create(doc, decorations);
  };

  // A photo is selected as a whole: the arrow keys, Backspace and Delete select it before they go on.
  const BACKWARD = { ArrowUp: "up", ArrowLeft: "left", Backspace: "left" };
  const FORWARD = { ArrowDown: "down", ArrowRight: "right", Delete: "right" };
  const handleKeyDown = (view, event) => {
    const { state: { doc, selection: { $head, empty }, tr } } = view;
    const isForward = event.key in FORWARD;
    const direction = FORWARD[event.key] ?? BACKWARD[event.key];
    const hasModifier = event.ctrlKey || event.metaKey || event.altKey || event.shiftKey;
    if (!direction || hasModifier || !empty || !$head.parent.isTextblock) return false;
    if (!view.endOfTextblock(direction)) return false;
    const $edge = doc.resolve(isForward ? $head.after() : $head.before());
    if (event.key === "Backspace" || event.key === "Delete") {
      const neighbor = isForward ? $edge.nodeAfter : $edge.nodeBefore;
      if (getPhotoId(neighbor) === null) return false;
      if (!$head.parent.content.size) tr.delete($head.before(), $head.after());
      const position = tr.mapping.map(isForward ? $edge.pos : $edge.pos - neighbor.nodeSize);
      view.dispatch(tr.setSelection(NodeSelection.create(tr.doc, position)).scrollIntoView());
      return true;
    }
    const next = Selection.findFrom($edge, isForward ? 1 : -1, true);
    if (!next || getPhotoId(next.$from.parent) === null) return false;
    selectNode(view, next.$from.before());
    return true;
  };
  // Text that is typed or pasted while a photo is selected goes into a new paragraph, and replaces nothing.
  const addParagraphBelow = (view, text) => {
    const { state: { selection: { to }, schema, tr } } = view;
    tr.insert(to, schema.nodes.paragraph.create(null, text && schema.text(text)));
    view.dispatch(tr.setSelection(TextSelection.create(tr.doc, to + 1 + text.length)).scrollIntoView());
  };

  editor.registerPlugin(new Plugin({
    key,
    state: {
      init: (_config, { doc }) => decorate(doc),
      apply: (tr, decorations) => (tr.docChanged || tr.getMeta(key) ? decorate(tr.doc) : decorations),
    },
    appendTransaction: (_transactions, _oldState, { doc, selection: { $from, $to }, tr }) => {
      const isInPhoto = $from.sameParent($to) && getPhotoId($from.parent) !== null;
      return isInPhoto ? tr.setSelection(NodeSelection.create(doc, $from.before())) : null;
    },
    view: () => ({
      update: ({ state, dom }, { selection }) => {
        if (!isPhotoSelected(state) || state.selection.eq(selection)) return;
        if (document.activeElement !== dom) return;
        announce(`${describe(getPhotoId(state.selection.node))} ${labels.selectedMessage}`);
      },
    }),
    props: {
      decorations: (state) => key.getState(state),
      handleKeyDown,
      handleTextInput: (view, _from, _to, text) => {
        if (!isPhotoSelected(view.state)) return false;
        addParagraphBelow(view, text);
        return true;
      },
      handlePaste: (view) => {
        if (isPhotoSelected(view.state)) addParagraphBelow(view, "");
        return false;
      },
    },
  }), (plugin, plugins) => [plugin, ...plugins]);

  // Show the photos of the release in the menu of blocks, and again when they change.
  const refresh = () => {
    photos = readPhotos();
    const menu = document.getElementById("block-menu");
    for (const option of menu.querySelectorAll("[data-photo]")) option.remove();
    for (const [id, { source }] of photos) {
      const option = document.createElement("li");
      Object.assign(option.dataset, { block: "photo", photo: id });
      option.id = `block-photo-${id}`;
      option.setAttribute("role", "option");
      option.append(Object.assign(new Image(), { src: source, alt: "" }), describe(id));
      menu.append(option);
    }
    editor.view.dispatch(editor.state.tr.setMeta(key, true));
  };
  refresh();
  document.addEventListener("input", ({ target }) => { if (target.id === "id_photos") refresh(); });
  const cards = document.getElementById("photo-cards");
  if (cards) new MutationObserver(refresh).observe(cards, { childList: true });

  // A button with data-photo-id inserts the photo after the block at the cursor.
  for (const button of document.querySelectorAll("button[data-photo-id]")) button.hidden = false;
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("button[data-photo-id]");
    if (!button) return;
    const { $to } = editor.state.selection;
    const isInText = $to.depth > 1 || ($to.depth === 1 && $to.parent.content.size > 0);
    const position = isInText ? $to.after(1) : $to.pos;
    editor.chain().focus().insertContentAt(position, `<p>[photo ${button.dataset.photoId}]</p>`).run();
  });
});
