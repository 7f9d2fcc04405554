"use strict";
// Make quotations that reporters can copy of paragraphs that name a speaker: of the paragraph with the cursor, or of one that the
// press check lists. The press check finds these paragraphs and returns the markup that replaces each.

document.addEventListener("prose-editor:ready", ({ detail: { editor, textarea } }) => {
  const tools = document.getElementById("quotation-tools");
  const panel = document.querySelector("[data-press-check-url]");
  if (!tools || !panel) return;
  const status = tools.querySelector("[role=status]");
  const say = (message) => { status.textContent = tools.dataset[`${message}Message`]; };

  // The server removes invisible characters and unusual spaces.
  const normalize = (text) => text.normalize("NFKC").replace(/\p{Cf}/gu, "").replace(/\s+/g, " ").trim();
  const getBlocks = () => {
    const blocks = [];
    editor.state.doc.forEach((node, position, index) => {
      const text = node.type.name === "paragraph" ? normalize(node.textBetween(0, node.content.size, null, " ")) : "";
      blocks.push({ node, position, index, text });
    });
    return blocks;
  };
  // Return the one with this text. If there are several, `index` decides.
  const findSame = (items, text, index) => {
    const same = items.filter((item) => item.text && item.text === text);
    return same.find((item) => item.index === index) ?? same[0];
  };
  const readOffer = ({ dataset }) => ({ text: normalize(dataset.paragraph), index: Number(dataset.index), markup: dataset.quotation });

  const fetchOffers = async () => {
    const data = new FormData(textarea.form);
    data.set("release", panel.dataset.releaseId ?? "");
    data.set("body", editor.getHTML());
    const response = await fetch(panel.dataset.pressCheckUrl, { method: "POST", body: data, headers: { Accept: "application/json" } });
    const page = new DOMParser().parseFromString((await response.json()).html, "text/html");
    return [...page.querySelectorAll("[data-quotation]")].map(readOffer);
  };

  const makeQuotation = async (block) => {
    status.textContent = "";
    if (block?.node.type.name === "blockquote") return say("already");
    let offer;
    try {
      offer = block?.text && findSame(await fetchOffers(), block.text, block.index);
    } catch {
      return say("offline");
    }
    if (!offer) return say("noSpeaker");
    const { node, position } = block;
    if (editor.state.doc.nodeAt(position) !== node) return say("changed");
    editor.chain()
      .setMeta("closeHistory$", true) // otherwise, Undo also removes what was typed in the half second before
      .insertContentAt({ from: position, to: position + node.nodeSize }, offer.markup)
      .setTextSelection(position + 2).focus().scrollIntoView().run();
    return say("done");
  };
  const makeQuotationAtCursor = () => makeQuotation(getBlocks()[editor.state.selection.$from.index(0)]);

  panel.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-quotation]");
    if (!button) return;
    const { text, index } = readOffer(button);
    const block = findSame(getBlocks(), text, index);
    if (block) makeQuotation(block);
    else say("changed");
  });
  tools.querySelector("button").addEventListener("click", makeQuotationAtCursor);
  editor.view.dom.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || !event.shiftKey || event.altKey || event.code !== "Digit9") return;
    event.preventDefault();
    makeQuotationAtCursor();
  });
  textarea.closest(".prose-editor").prepend(tools);
  tools.hidden = false;
});
