"use strict";
// Keep the structure of text pasted from Word, Google Docs, Outlook, PDF viewers and web pages, and report removed elements.

(() => {
  const BULLET_PATTERN = /^[\s\u00a0]*(?:[·•▪◦‣●○■□§\uf0b7\uf0a7]|[o\-–—](?=[\u00a0\t]|\s{2}))[\s\u00a0]*/;
  const NUMBER_PATTERN = /^[\s\u00a0]*\(?([0-9]{1,2}|[a-z])[.)][\s\u00a0]+/i;
  const REMOVED_ELEMENTS = ["img", "picture", "svg", "video", "audio", "iframe", "object", "embed", "canvas"];

  const renameElement = (element, tagName) => {
    const replacement = document.createElement(tagName);
    replacement.append(...element.childNodes);
    element.replaceWith(replacement);
    return replacement;
  };
  const unwrap = (element) => element.replaceWith(...element.childNodes);
  const getText = (element) => element.textContent.replace(/[\s\u00a0]+/g, " ").trim();

  // Remove the text that `pattern` matches at the start of an element.
  const removePrefix = (element, pattern) => {
    let length = element.textContent.match(pattern)?.[0].length ?? 0;
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    while (length > 0 && walker.nextNode()) {
      const count = Math.min(length, walker.currentNode.length);
      walker.currentNode.deleteData(0, count);
      length -= count;
    }
  };

  // Remove the list marker of a paragraph and return its type, or null. Word marks list items only with styles. Other programs
  // write a bullet or a number as text.
  const extractListMarker = (paragraph) => {
    const style = paragraph.dataset.style ?? "";
    const wordMatch = /mso-list:\s*(l\d+)\s+level(\d)/.exec(style);
    const markerElement = [...paragraph.querySelectorAll("span")].find((span) => /mso-list:\s*Ignore/i.test(span.dataset.style ?? ""));
    if (wordMatch || markerElement) {
      const markerText = getText(markerElement ?? paragraph);
      markerElement?.remove();
      if (!markerElement) removePrefix(paragraph, BULLET_PATTERN.test(paragraph.textContent) ? BULLET_PATTERN : NUMBER_PATTERN);
      return { level: Number(wordMatch?.[2] ?? 1), ordered: /^\(?[0-9a-z]{1,4}[.)]/i.test(markerText), listId: wordMatch?.[1] };
    }
    if (BULLET_PATTERN.test(paragraph.textContent)) {
      removePrefix(paragraph, BULLET_PATTERN);
      return { level: 1, ordered: false };
    }
    return null;
  };
  const markNumberedLists = (paragraphs) => {
    // Only two or more consecutive numbers make a list. A single one may be a year or a street number.
    let sequence = [];
    const finishSequence = () => {
      if (sequence.length > 1) {
        for (const paragraph of sequence) {
          removePrefix(paragraph, NUMBER_PATTERN);
          paragraph.dataset.listType = "ordered";
        }
      }
      sequence = [];
    };
    for (const paragraph of paragraphs) {
      const number = Number(NUMBER_PATTERN.exec(paragraph.textContent)?.[1]);
      if (number === sequence.length + 1 && (sequence.length === 0 || sequence.at(-1).nextElementSibling === paragraph)) sequence.push(paragraph);
      else { finishSequence(); if (number === 1) sequence.push(paragraph); }
    }
    finishSequence();
  };
  const buildLists = (body) => {
    markNumberedLists(body.querySelectorAll("p:not([data-style*='mso-list'])"));
    let openLists = [];
    for (const paragraph of [...body.querySelectorAll("p")]) {
      if (paragraph.closest("li")) continue;
      const item = paragraph.dataset.listType ? { level: 1, ordered: true } : extractListMarker(paragraph);
      if (!item) { openLists = []; continue; }
      if (openLists.length && openLists[0].list.nextElementSibling !== paragraph) openLists = [];
      const cannotContainItem = ({ level, ordered, listId }) => level > item.level || (level === item.level && (ordered !== item.ordered || listId !== item.listId));
      while (openLists.length && cannotContainItem(openLists.at(-1))) openLists.pop();
      if (!openLists.length || openLists.at(-1).level < item.level) {
        const list = document.createElement(item.ordered ? "ol" : "ul");
        if (openLists.length) openLists.at(-1).list.lastElementChild.append(list);
        else paragraph.before(list);
        openLists.push({ ...item, list });
      }
      const listItem = document.createElement("li");
      openLists.at(-1).list.append(listItem);
      listItem.append(paragraph);
    }
  };

  // The CSP of the admin blocks style and on… attributes in parsed documents too, so they become data-… attributes, from which
  // getStyle reads. Attribute values are matched first, so that a URL containing "/on=" does not change.
  const TAG_PATTERN = /<[a-z](?:"[^"]*"|'[^']*'|[^'">])*>/gi;
  const ATTRIBUTE_PATTERN = /=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+)|(?<![\w-])(style|on[a-z]+)(?=\s*=)/gi;
  const disableStylesAndHandlers = (html) => html
    .replace(/<style[\s\S]*?<\/style>/gi, "")
    .replace(TAG_PATTERN, (tag) => tag.replace(ATTRIBUTE_PATTERN, (match, attributeName) => (attributeName ? `data-${attributeName}` : match)));
  const getStyle = (element, property) => new RegExp(`(?:^|;)\\s*${property}:\\s*([^;]+)`, "i").exec(element.dataset.style ?? "")?.[1].trim() ?? "";

  const cleanHtml = (html) => {
    const { body } = new DOMParser().parseFromString(disableStylesAndHandlers(html), "text/html");
    const removed = { images: 0, comments: 0, links: 0 };
    const walker = document.createTreeWalker(body, NodeFilter.SHOW_COMMENT);
    const htmlComments = [];
    while (walker.nextNode()) htmlComments.push(walker.currentNode);
    htmlComments.forEach((comment) => comment.remove());
    body.querySelectorAll("style, script, meta, link, title, template").forEach((element) => element.remove());
    for (const element of body.querySelectorAll("[data-style*='mso-element:comment'], .MsoCommentReference, [id^='_com_'], [href*='#_msocom']")) {
      if (!body.contains(element)) continue;
      removed.comments += 1;
      element.remove();
    }
    for (const element of body.querySelectorAll(REMOVED_ELEMENTS.join())) {
      if (element.closest(REMOVED_ELEMENTS.join()) === element && !(element.width === 1 && element.height === 1)) removed.images += 1;
      element.remove();
    }
    for (const element of [...body.querySelectorAll("*")]) if (element.localName.includes(":")) unwrap(element); // such as o:p
    for (const table of body.querySelectorAll("table")) {
      if (table.querySelectorAll("td, th").length > 1 && !table.querySelector("table")) continue;
      table.replaceWith(...[...table.querySelectorAll("td, th")].flatMap((cell) => [...cell.childNodes])); // used for layout only
    }
    // Google Docs wraps everything in <b style="font-weight:normal">, and writes bold and italics as styles.
    for (const element of body.querySelectorAll("b")) if (getStyle(element, "font-weight") === "normal") unwrap(element);
    for (const span of [...body.querySelectorAll("span")].reverse()) {
      if (/^(bold|[6-9]00)$/.test(getStyle(span, "font-weight")) && !span.closest("h1, h2, h3, h4, h5, h6, strong, b")) {
        const strong = document.createElement("strong");
        strong.append(...span.childNodes);
        span.append(strong);
      }
      if (getStyle(span, "font-style") === "italic") {
        const em = document.createElement("em");
        em.append(...span.childNodes);
        span.append(em);
      }
      if (!/mso-list/i.test(span.dataset.style ?? "")) unwrap(span);
    }
    for (const element of body.querySelectorAll("p.MsoTitle, h1")) renameElement(element, "h2");
    for (const element of body.querySelectorAll("h4, h5, h6")) renameElement(element, "h3");
    for (const element of [...body.querySelectorAll("div, section, article, header, main, center")].reverse()) {
      if (element.querySelector("p, div, ul, ol, h2, h3, blockquote")) unwrap(element);
      else renameElement(element, "p");
    }
    buildLists(body);
    for (const anchor of body.querySelectorAll("a")) {
      const href = anchor.getAttribute("href") ?? "";
      const url = /^https?:\/\/(?:www\.)?google\.[a-z.]+\/url\?/.test(href) ? new URL(href).searchParams.get("q") ?? href : href;
      if (/^(https?|mailto|tel):/.test(url)) anchor.setAttribute("href", url);
      else { if (href && getText(anchor)) removed.links += 1; unwrap(anchor); }
    }
    for (const lineBreak of body.querySelectorAll(":scope > br")) lineBreak.remove();
    for (const element of body.querySelectorAll("p, h2, h3")) if (!getText(element)) element.remove();
    for (const element of body.querySelectorAll("*")) {
      for (const { name } of [...element.attributes]) if (!["href", "colspan", "rowspan"].includes(name) && !(name === "start" && element.localName === "ol")) element.removeAttribute(name);
    }
    return { html: body.innerHTML.replaceAll("\u00a0", " ").replace(/\s*\n\s*/g, " "), removed };
  };

  // Join hard-wrapped lines, as copied from PDF viewers, into paragraphs. Only on request: a poem has short lines too.
  const joinParagraphs = (html) => {
    const { body } = new DOMParser().parseFromString(disableStylesAndHandlers(html), "text/html");
    body.querySelectorAll("p br").forEach((lineBreak) => lineBreak.replaceWith(" "));
    for (const paragraph of [...body.querySelectorAll(":scope > p")].reverse()) {
      const previous = paragraph.previousElementSibling;
      if (previous?.localName !== "p" || previous.textContent.length < 40 || /[.!?:;”"»)]\s*$/.test(previous.textContent)) continue;
      const isHyphenated = /[a-záéíóúñ]-$/.test(previous.textContent) && /^[a-záéíóúñ]/.test(paragraph.textContent);
      previous.append(isHyphenated ? "" : " ", ...paragraph.childNodes);
      paragraph.remove();
    }
    return body.innerHTML;
  };

  document.addEventListener("prose-editor:ready", ({ detail: { editor, textarea } }) => {
    const messagesElement = document.getElementById("paste-messages");
    if (!messagesElement) return;
    const messages = JSON.parse(messagesElement.textContent);
    const toolbar = Object.assign(document.createElement("p"), { className: "paste-tools" });
    const status = Object.assign(document.createElement("span"), { role: "status" });
    status.setAttribute("role", "status");
    const joinButton = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: messages.join });
    joinButton.addEventListener("click", () => {
      const html = editor.getHTML();
      const joinedHtml = joinParagraphs(html);
      if (joinedHtml !== html) editor.chain().focus().setContent(joinedHtml, { emitUpdate: true }).run();
      status.textContent = joinedHtml === html ? messages.nothing_to_join : messages.joined;
    });
    toolbar.append(joinButton, " ", status);
    (textarea.closest(".flex-container") ?? textarea.closest(".prose-editor"))?.after(toolbar);

    editor.setOptions({
      editorProps: {
        ...editor.options.editorProps,
        transformPastedHTML: (html) => {
          if (html.includes("data-pm-slice")) return html; // copied from this editor
          const { html: cleanedHtml, removed } = cleanHtml(html);
          const summary = Object.entries(removed).filter(([, count]) => count).map(([kind, count]) => messages[kind].replace("{}", count));
          status.textContent = summary.length ? `${messages.removed} ${summary.join(", ")}.` : "";
          return cleanedHtml;
        },
      },
    });
  });
})();
