"use strict";
// What is pasted from Word, Google Docs, Outlook, PDF viewers and web pages keeps its structure; what is left out is said.

(() => {
  const BULLET = /^[\s\u00a0]*(?:[·•▪◦‣●○■□§\uf0b7\uf0a7]|[o\-–—](?=[\u00a0\t]|\s{2}))[\s\u00a0]*/;
  const NUMBER = /^[\s\u00a0]*\(?([0-9]{1,2}|[a-z])[.)][\s\u00a0]+/i;
  const LEFT_OUT = ["img", "picture", "svg", "video", "audio", "iframe", "object", "embed", "canvas"];

  const replace = (element, name) => {
    const other = document.createElement(name);
    other.append(...element.childNodes);
    element.replaceWith(other);
    return other;
  };
  const unwrap = (element) => element.replaceWith(...element.childNodes);
  const words = (element) => element.textContent.replace(/[\s\u00a0]+/g, " ").trim();

  // The first letters of an element go, as far as `pattern` finds them there.
  const withoutStart = (element, pattern) => {
    let length = element.textContent.match(pattern)?.[0].length ?? 0;
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    while (length > 0 && walker.nextNode()) {
      const here = Math.min(length, walker.currentNode.length);
      walker.currentNode.deleteData(0, here);
      length -= here;
    }
  };

  // Paragraphs that Word marks as list items, or that begin with a sign or a number, become lists.
  const itemOf = (paragraph) => {
    const style = paragraph.dataset.style ?? "";
    const word = /mso-list:\s*(l\d+)\s+level(\d)/.exec(style);
    const marker = [...paragraph.querySelectorAll("span")].find((span) => /mso-list:\s*Ignore/i.test(span.dataset.style ?? ""));
    if (word || marker) {
      const sign = words(marker ?? paragraph);
      marker?.remove();
      if (!marker) withoutStart(paragraph, BULLET.test(paragraph.textContent) ? BULLET : NUMBER);
      return { level: Number(word?.[2] ?? 1), ordered: /^\(?[0-9a-z]{1,4}[.)]/i.test(sign), of: word?.[1] };
    }
    if (BULLET.test(paragraph.textContent)) {
      withoutStart(paragraph, BULLET);
      return { level: 1, ordered: false };
    }
    return null;
  };
  const numbered = (paragraphs) => {
    // Two or more in a row that count on: a numbered list. One alone may be a year or an address.
    let run = [];
    const close = () => {
      if (run.length > 1) {
        for (const paragraph of run) {
          withoutStart(paragraph, NUMBER);
          paragraph.dataset.item = "ordered";
        }
      }
      run = [];
    };
    for (const paragraph of paragraphs) {
      const number = Number(NUMBER.exec(paragraph.textContent)?.[1]);
      if (number === run.length + 1 && (run.length === 0 || run.at(-1).nextElementSibling === paragraph)) run.push(paragraph);
      else { close(); if (number === 1) run.push(paragraph); }
    }
    close();
  };
  const lists = (body) => {
    numbered(body.querySelectorAll("p:not([data-style*='mso-list'])"));
    let stack = [];
    for (const paragraph of [...body.querySelectorAll("p")]) {
      if (paragraph.closest("li")) continue;
      const item = paragraph.dataset.item ? { level: 1, ordered: true } : itemOf(paragraph);
      if (!item) { stack = []; continue; }
      if (stack.length && stack[0].list.nextElementSibling !== paragraph) stack = [];
      const other = ({ level, ordered, of }) => level > item.level || (level === item.level && (ordered !== item.ordered || of !== item.of));
      while (stack.length && other(stack.at(-1))) stack.pop();
      if (!stack.length || stack.at(-1).level < item.level) {
        const list = document.createElement(item.ordered ? "ol" : "ul");
        if (stack.length) stack.at(-1).list.lastElementChild.append(list);
        else paragraph.before(list);
        stack.push({ ...item, list });
      }
      const line = document.createElement("li");
      stack.at(-1).list.append(line);
      line.append(paragraph);
    }
  };

  // The desk's policy forbids styles and handlers, in a parsed text too; what styles say of structure is read from another attribute.
  // Values are stepped over, so that an address with "/on=" in it stays what it is.
  const TAG = /<[a-z](?:"[^"]*"|'[^']*'|[^'">])*>/gi;
  const VALUE_OR_NAME = /=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+)|(?<![\w-])(style|on[a-z]+)(?=\s*=)/gi;
  const inert = (html) => html
    .replace(/<style[\s\S]*?<\/style>/gi, "")
    .replace(TAG, (tag) => tag.replace(VALUE_OR_NAME, (whole, name) => (name ? `data-${name}` : whole)));
  const styleOf = (element, property) => new RegExp(`(?:^|;)\\s*${property}:\\s*([^;]+)`, "i").exec(element.dataset.style ?? "")?.[1].trim() ?? "";

  const cleaned = (html) => {
    const { body } = new DOMParser().parseFromString(inert(html), "text/html");
    const left = { pictures: 0, comments: 0, links: 0 };
    const walker = document.createTreeWalker(body, NodeFilter.SHOW_COMMENT);
    const remarks = [];
    while (walker.nextNode()) remarks.push(walker.currentNode);
    remarks.forEach((remark) => remark.remove());
    body.querySelectorAll("style, script, meta, link, title, template").forEach((element) => element.remove());
    for (const element of body.querySelectorAll("[data-style*='mso-element:comment'], .MsoCommentReference, [id^='_com_'], [href*='#_msocom']")) {
      if (!body.contains(element)) continue;
      left.comments += 1;
      element.remove();
    }
    for (const element of body.querySelectorAll(LEFT_OUT.join())) {
      if (element.closest(LEFT_OUT.join()) === element && !(element.width === 1 && element.height === 1)) left.pictures += 1;
      element.remove();
    }
    for (const element of [...body.querySelectorAll("*")]) if (element.localName.includes(":")) unwrap(element); // o:p and the like
    for (const table of body.querySelectorAll("table")) {
      if (table.querySelectorAll("td, th").length > 1 && !table.querySelector("table")) continue;
      table.replaceWith(...[...table.querySelectorAll("td, th")].flatMap((cell) => [...cell.childNodes])); // only a frame
    }
    // Google Docs wraps everything in a bold that is none, and writes bold and italics as styles.
    for (const element of body.querySelectorAll("b")) if (styleOf(element, "font-weight") === "normal") unwrap(element);
    for (const span of [...body.querySelectorAll("span")].reverse()) {
      if (/^(bold|[6-9]00)$/.test(styleOf(span, "font-weight")) && !span.closest("h1, h2, h3, h4, h5, h6, strong, b")) {
        const strong = document.createElement("strong");
        strong.append(...span.childNodes);
        span.append(strong);
      }
      if (styleOf(span, "font-style") === "italic") {
        const em = document.createElement("em");
        em.append(...span.childNodes);
        span.append(em);
      }
      if (!/mso-list/i.test(span.dataset.style ?? "")) unwrap(span);
    }
    for (const element of body.querySelectorAll("p.MsoTitle, h1")) replace(element, "h2");
    for (const element of body.querySelectorAll("h4, h5, h6")) replace(element, "h3");
    for (const element of [...body.querySelectorAll("div, section, article, header, main, center")].reverse()) {
      if (element.querySelector("p, div, ul, ol, h2, h3, blockquote")) unwrap(element);
      else replace(element, "p");
    }
    lists(body);
    for (const anchor of body.querySelectorAll("a")) {
      const href = anchor.getAttribute("href") ?? "";
      const real = /^https?:\/\/(?:www\.)?google\.[a-z.]+\/url\?/.test(href) ? new URL(href).searchParams.get("q") ?? href : href;
      if (/^(https?|mailto|tel):/.test(real)) anchor.setAttribute("href", real);
      else { if (href && words(anchor)) left.links += 1; unwrap(anchor); }
    }
    for (const line of body.querySelectorAll(":scope > br")) line.remove();
    for (const element of body.querySelectorAll("p, h2, h3")) if (!words(element)) element.remove();
    for (const element of body.querySelectorAll("*")) {
      for (const { name } of [...element.attributes]) if (!["href", "colspan", "rowspan"].includes(name) && !(name === "start" && element.localName === "ol")) element.removeAttribute(name);
    }
    return { html: body.innerHTML.replaceAll("\u00a0", " ").replace(/\s*\n\s*/g, " "), left };
  };

  // Lines of a fixed length, as PDF viewers give them, become paragraphs: on request, because a poem has them too.
  const joined = (html) => {
    const { body } = new DOMParser().parseFromString(inert(html), "text/html");
    body.querySelectorAll("p br").forEach((line) => line.replaceWith(" "));
    for (const paragraph of [...body.querySelectorAll(":scope > p")].reverse()) {
      const before = paragraph.previousElementSibling;
      if (before?.localName !== "p" || before.textContent.length < 40 || /[.!?:;”"»)]\s*$/.test(before.textContent)) continue;
      const broken = /[a-záéíóúñ]-$/.test(before.textContent) && /^[a-záéíóúñ]/.test(paragraph.textContent);
      before.append(broken ? "" : " ", ...paragraph.childNodes);
      paragraph.remove();
    }
    return body.innerHTML;
  };

  document.addEventListener("prose-editor:ready", ({ detail: { editor, textarea } }) => {
    const data = document.getElementById("paste-words");
    if (!data) return;
    const said = JSON.parse(data.textContent);
    const row = Object.assign(document.createElement("p"), { className: "pasting" });
    const status = Object.assign(document.createElement("span"), { role: "status" });
    status.setAttribute("role", "status");
    const join = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: said.join });
    join.addEventListener("click", () => {
      const before = editor.getHTML();
      const after = joined(before);
      if (after !== before) editor.chain().focus().setContent(after, { emitUpdate: true }).run();
      status.textContent = after === before ? said.nothing : said.joined;
    });
    row.append(join, " ", status);
    (textarea.closest(".flex-container") ?? textarea.closest(".prose-editor"))?.after(row);

    editor.setOptions({
      editorProps: {
        ...editor.options.editorProps,
        transformPastedHTML: (html) => {
          if (html.includes("data-pm-slice")) return html; // from an editor like this one
          const { html: kept, left } = cleaned(html);
          const told = Object.entries(left).filter(([, count]) => count).map(([what, count]) => said[what].replace("{}", count));
          status.textContent = told.length ? `${said.left} ${told.join(", ")}.` : "";
          return kept;
        },
      },
    });
  });
})();
