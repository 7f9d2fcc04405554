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
  const TAG_PATTERN = /<[a-z](?:"[^"]*"|'[^']*'|[^'"<>])*>/gi; // not to the end of the text from each unclosed tag
  const ATTRIBUTE_PATTERN = /=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+)|(?<![\w-])(style|on[a-z]+)(?=\s*=)/gi;
  const disableStylesAndHandlers = (html) => html
    .replace(/^[\s\S]*<\/style>/i, (start) => start.replace(/<style[\s\S]*?<\/style>/gi, "")) // each unclosed one would be searched to the end
    .replace(TAG_PATTERN, (tag) => tag.replace(ATTRIBUTE_PATTERN, (match, attributeName) => (attributeName ? `data-${attributeName}` : match)));
  const getStyle = (element, property) => new RegExp(`(?:^|;)\\s*${property}:\\s*([^;]+)`, "i").exec(element.dataset.style ?? "")?.[1].trim() ?? "";

  // Deleted and hidden text. releases/text/pasted.py does the same, and the following, for a form without a script.
  const HIDDEN_STYLE = /(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$|!)|(?:font-size|max-height|max-width)\s*:\s*0(?:\.0+)?(?:px|pt|em|rem|%)?\s*(?:;|$|!)|clip\s*:\s*rect\(\s*0|(?:left|top|text-indent)\s*:\s*-\d{3,})/i;
  const ZERO_SIZE_STYLE = /(?:^|;)\s*(?:width|height)\s*:\s*0(?:\.0+)?(?:px|pt|em|rem|%)?\s*(?:;|$|!)/i;
  const CLIPPED_STYLE = /(?:^|;)\s*overflow\s*:\s*(?:hidden|clip)/i;
  const DELETED_STYLE = /text-decoration(?:-line)?\s*:(?:(?!text-decoration)[^;])*line-through/i;
  const removeUnseenText = (body, removed) => {
    for (const element of body.querySelectorAll("s, strike, del, [hidden], [data-style]")) {
      if (!body.contains(element)) continue;
      const style = element.dataset.style ?? "";
      const isHidden = element.hasAttribute("hidden") || HIDDEN_STYLE.test(style) || (ZERO_SIZE_STYLE.test(style) && CLIPPED_STYLE.test(style));
      if (!isHidden && !element.matches("s, strike, del") && !DELETED_STYLE.test(style)) continue;
      if (getText(element)) removed[isHidden ? "hidden" : "deleted"] += 1;
      element.remove();
    }
  };

  const toScript = (text, characters) => [...text].map((character) => characters["0123456789+−-n".indexOf(character)] ?? character).join("");
  const UNIT_BEFORE = /\b(?:km|cm|mm|dm|hm|ft|yd|pies?|metros?|millas?)$|(?:^|\d\s?|\/|\b(?:per|por|sq) )(?:m|in|mi)$/;
  // A number that is not part of an amount, a time, a range, a date or the name of a law: there, a superscript is a note.
  const SHORT_NUMBER_BEFORE = /(?<![\d,.$:–-])\d{1,3}$/;
  const NAME_BEFORE = /(?:\b[A-Z]{1,4}|\b(?:[A-Z]\.)+)[\s-]\d{1,3}$/;
  const LABEL_BEFORE = /(?<!\p{L})(?:titles?|t[íi]tulos?|prop(?:osition|osici[óo]n)?|sec(?:tion|ci[óo]n)?|art(?:icle|[íi]culo)?|pages?|p[áa]ginas?|pp?|n[oú]m|no|form|formulario|ley|law|cap[íi]tulo|chapter|jan(?:uary)?|feb(?:ruary)?|march|mar|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?[\s-]\d{1,3}$/iu;
  const ORDINAL = /^(?:s|\.?(?:st|nd|rd|th|ero?s?|era?s?|[rdtmvn][oa]s?|[oaºª]s?)\.?|[ap]\.?m\.?)$/i;
  const ABBREVIATED = /(?:\b[A-ZÑ]|\b[Nn]|\bSr|\bProf|\bDr)\.?$/; // “Nº”, “Mª”, “Srª”
  // A number after a year, a letter or punctuation is the mark of a note: “[3]”. After a number of one to three digits or a unit
  // it is an exponent: “²”. Before a slash it is part of a fraction: “¹/₂”. In doubt, as in “SB 54[3]”, it is a note.
  const formatScript = (isSuperscript, text, before, after) => {
    if (!isSuperscript) return /^[0-9+−-]+$/.test(text) ? toScript(text, "₀₁₂₃₄₅₆₇₈₉₊₋₋") : text;
    if (!text || /^[[(]/.test(text) || !/[\p{L}\p{N}]/u.test(text)) return text;
    if (/^(?:tm|sm|r)$/i.test(text)) return { TM: "™", SM: "℠", R: "®" }[text.toUpperCase()];
    if (/\d\.?$/.test(before) && ORDINAL.test(text)) return text.toLowerCase().replace(/^(\.?)o$/, "$1º").replace(/^(\.?)a$/, "$1ª");
    if (/^[oaºª]s?$/.test(text) && ABBREVIATED.test(before)) return text.replace("o", "º").replace("a", "ª");
    if (/^\p{L}{2,}\.?$/u.test(text) && text.toUpperCase() !== text) return text;
    const isExponent = /^(?:[+−-]?[0-9]{1,3}|n)$/.test(text) && (/^[/⁄]/.test(after) || UNIT_BEFORE.test(before) || (SHORT_NUMBER_BEFORE.test(before) && !NAME_BEFORE.test(before) && !LABEL_BEFORE.test(before)));
    return isExponent ? toScript(text, "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻ⁿ") : `[${text}]`;
  };
  const getTextBefore = (element, body) => {
    const walker = document.createTreeWalker(element.closest("p, li, h1, h2, h3, h4, td, div") ?? body);
    walker.currentNode = element;
    let text = ""; // of at most 100 nodes, because there may be many without text
    for (let step = 0; step < 100 && text.length < 20 && walker.previousNode(); step += 1) text = (walker.currentNode.data ?? "").slice(-20) + text;
    return text.replace(/[\u00a0\n]/g, " ").slice(-20);
  };
  const replaceScripts = (body, removed) => {
    for (const element of body.querySelectorAll("sup, sub, span[data-style*='vertical-align'], span[data-style*='mso-text-raise']")) {
      // “super”, or a distance: Apple's programs write 4.0px, and Word mso-text-raise.
      const position = getStyle(element, "vertical-align") || getStyle(element, "mso-text-raise");
      const isSubscript = element.localName === "sub" || /^(?:sub\b|-)/.test(position);
      const isSuperscript = !isSubscript && (element.localName === "sup" || position.startsWith("super") || parseFloat(position) > 0);
      if (!isSubscript && !isSuperscript) continue;
      if (!body.contains(element)) continue;
      const text = formatScript(isSuperscript, getText(element), getTextBefore(element, body), element.nextSibling?.textContent ?? "");
      if (text !== getText(element) && text.startsWith("[")) removed.notes += 1;
      element.replaceWith(text);
    }
  };

  // The addresses of links. releases/text/links.py cleans them again when the form is saved.
  const WRAPPERS = [
    [/^(?:[\w-]+\.)?safelinks\.protection\.(?:outlook|office365)\.(?:com|us|de|cn)$/, ["url"]], [/^statics\.teams\.(?:cdn\.office\.net|microsoft\.com)$/, ["url"]],
    [/^(?:www\.)?google\.[a-z.]{2,6}$/, ["q", "url"]], [/^(?:www|lm?)\.facebook\.com$|^l\.(?:instagram|messenger|threads|workplace)\.(?:com|net)$|^l\.wl\.co$/, ["u"]],
    [/^(?:www\.)?(?:youtube|linkedin|duckduckgo)\.com$/, ["q", "url", "uddg"]], [/^(?:slack-redir\.net|out\.reddit\.com|vk\.com)$/, ["url", "to"]],
    [/^(?:[\w-]+\.)?linkprotect\.cudasvc\.com$/, ["a"]],
  ];
  const WRAPPER_PATH = /^\/(?:url|l\.php|l|redirect|redir\/redirect|safety\/go|link|away\.php|ap\/[\w-]+|t[1-6]_\w+|[\w./-]+\/atp-safelinks\.html)?\/?$/;
  const TRACKING = /^(?:utm_\w+|fbclid|gclid|dclid|gbraid|wbraid|gad_(?:source|campaignid)|msclkid|mc_[ce]id|igsh(?:id)?|mibextid|yclid|twclid|ttclid|li_fat_id|trk|srsltid|_hsenc|_hsmi|hsctatracking|mkt_tok|vero_id|wt\.mc_id|oly_(?:anon|enc)_id|em[cd]i|ceid|ref_src|_ga|_gl|s_kwcid|epik|__twitter_impression|__cft__(?:\[0\]|%5B0%5D)|__tn__)(?:=|$)/i;
  const cleanUrl = (address, removed) => {
    let url = trimAddress(address.trim().replace(/^[<([{“„"'‘«‹`*]+/, "").replace(/>$/, "")).trim();
    if (!/^https?:/i.test(url)) return url;
    try {
      for (let attempt = 0; attempt < 3; attempt += 1) {
        const { hostname, pathname, searchParams } = new URL(url);
        const names = WRAPPERS.find(([host]) => host.test(hostname))?.[1] ?? [];
        const original = WRAPPER_PATH.test(pathname) && names.map((name) => searchParams.get(name)).find((value) => /^(?:https?:\/\/|mailto:)/.test(value ?? ""));
        if (!original) break;
        url = original;
        removed.tracking += 1;
      }
    } catch { return url; }
    const [, start, query, fragment] = /^([^?#]*)(?:\?([^#]*))?(#.*)?$/s.exec(url);
    const parameters = query?.split("&") ?? [];
    const kept = parameters.filter((parameter) => !TRACKING.test(parameter));
    if (kept.length === parameters.length) return url;
    removed.tracking += 1;
    return `${start}${kept.length ? `?${kept.join("&")}` : ""}${fragment ?? ""}`;
  };

  // Lines outside of paragraphs become paragraphs. One line without a break stays, so that it can be pasted into a sentence.
  const splitLooseLines = (body) => {
    const lineBreaks = body.querySelectorAll(":scope > br");
    let paragraph = null;
    for (const node of lineBreaks.length ? [...body.childNodes] : []) {
      const isBlock = node.nodeType === Node.ELEMENT_NODE && node.matches("p, ul, ol, table, blockquote, h2, h3, br, hr, dl, pre, address, figure");
      if (isBlock) paragraph = null;
      else if (paragraph || node.textContent.trim()) {
        if (!paragraph) node.before(paragraph = document.createElement("p"));
        paragraph.append(node);
      }
    }
    lineBreaks.forEach((lineBreak) => lineBreak.remove());
  };
  const cleanHtml = (html) => {
    const { body } = new DOMParser().parseFromString(disableStylesAndHandlers(html), "text/html");
    const removed = { images: 0, comments: 0, links: 0, deleted: 0, hidden: 0, tracking: 0, notes: 0 };
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
    removeUnseenText(body, removed);
    replaceScripts(body, removed);
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
    for (const element of [...body.querySelectorAll("div, section, article, header, footer, main, center, address, figure, figcaption, dt, dd, details, summary")].reverse()) {
      if (element.querySelector("p, div, ul, ol, h2, h3, blockquote")) unwrap(element);
      else renameElement(element, "p");
    }
    buildLists(body);
    for (const anchor of body.querySelectorAll("a")) {
      const href = anchor.getAttribute("href") ?? "";
      const url = cleanUrl(href, removed);
      if (/^(https?|mailto|tel):/.test(url)) anchor.setAttribute("href", url);
      else { if (href && getText(anchor)) removed.links += 1; unwrap(anchor); }
    }
    splitLooseLines(body);
    for (const element of body.querySelectorAll("p, h2, h3")) if (!getText(element)) element.remove();
    for (const element of body.querySelectorAll("*")) {
      for (const { name } of [...element.attributes]) if (!["href", "colspan", "rowspan"].includes(name) && !(name === "start" && element.localName === "ol")) element.removeAttribute(name);
    }
    return { html: body.innerHTML.replaceAll("\u00a0", " ").replace(/[ \t\n\f\r]+/g, " "), removed };
  };

  const escapeHtml = (text) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
  const URL_PATTERN = /(?<![a-z0-9])https?:\/\/[^\s<>"“”«»‹›„‘’`—]+/gi;
  // Punctuation after an address does not belong to it, and a bracket only if it was opened inside.
  const trimAddress = (address) => {
    const count = (character) => address.split(character).length;
    const unmatched = { ")": count(")") - count("("), "]": count("]") - count("["), "}": count("}") - count("{") };
    let end = address.length;
    for (; end && /[”"’»›'*,.;:!?…–)\]}]/.test(address[end - 1]); end -= 1) {
      if (!(address[end - 1] in unmatched)) continue;
      if (unmatched[address[end - 1]] <= 0) break;
      unmatched[address[end - 1]] -= 1;
    }
    return address.slice(0, end);
  };
  const linkAddresses = (text) => {
    let html = "";
    let end = 0;
    for (const match of text.matchAll(URL_PATTERN)) {
      const url = trimAddress(match[0]);
      const address = cleanUrl(url, { tracking: 0 });
      html += `${escapeHtml(text.slice(end, match.index))}<a href="${escapeHtml(address)}">${escapeHtml(address)}</a>`;
      end = match.index + url.length;
    }
    return html + escapeHtml(text.slice(end));
  };
  // A text from a PDF has a line break at every line and an empty line between paragraphs.
  const isHardWrapped = (text) => /\S[^\S\n]*\n[^\S\n]*\S/.test(text) && /\n\s*\n/.test(text.trim());
  // A label (“WHEN: Noon”), a bullet or a dash begins a line of its own.
  const LINE_START = /^(?:[—–-]\s|[¿\p{Lu}][\p{Lu}\s]{2,20}[?]?:)/u;
  const joinWrappedLines = (lines) => {
    const parts = [];
    let isInAddress = false; // whether the last word, which may have begun on an earlier line, has an address
    for (const line of lines) {
      const previous = parts.at(-1) ?? "";
      const startsLine = !parts.length || [BULLET_PATTERN, NUMBER_PATTERN, LINE_START].some((pattern) => pattern.test(line));
      const isUrlPart = !startsLine && isInAddress && previous.endsWith("-");
      const isHyphenated = !startsLine && !isUrlPart && (/[\u00ad\u2010]$/.test(previous) || (/[a-záéíóúñ]-$/.test(previous) && /^[a-záéíóúñ]/.test(line)));
      if (isHyphenated) parts.push(parts.pop().slice(0, -1));
      parts.push((isUrlPart || isHyphenated || !parts.length ? "" : startsLine ? "\n" : " ") + line);
      isInAddress = /https?:/.test(line.split(/\s/).at(-1)) || (isInAddress && (isUrlPart || isHyphenated) && !/\s/.test(line));
    }
    return parts.join("");
  };
  const textToHtml = (text, isJoined) => text.replace(/\r\n?/g, "\n").split(isJoined ? /\n\s*\n/ : /\n/)
    .flatMap((block) => (isJoined ? joinWrappedLines(block.split("\n").map((line) => line.trim()).filter(Boolean)) : block.trim()).split("\n"))
    .filter(Boolean).map((paragraph) => `<p>${linkAddresses(paragraph)}</p>`).join("");

  // Join hard-wrapped lines, as copied from PDF viewers, into paragraphs. Only on request: a poem has short lines too.
  const joinParagraphs = (html) => {
    const { body } = new DOMParser().parseFromString(disableStylesAndHandlers(html), "text/html");
    body.querySelectorAll("p br").forEach((lineBreak) => lineBreak.replaceWith(" "));
    let previousText = ""; // of the last paragraph, without the paragraphs that it was joined to
    for (const paragraph of body.querySelectorAll(":scope > p")) {
      const previous = paragraph.previousElementSibling;
      const text = paragraph.textContent;
      if (previous?.localName === "p" && previousText.length >= 40 && !/[.!?:;”"»)]\s*$/.test(previousText)) {
        previous.append(/[a-záéíóúñ]-$/.test(previousText) && /^[a-záéíóúñ]/.test(text) ? "" : " ", ...paragraph.childNodes);
        paragraph.remove();
      }
      previousText = text;
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
    const keepButton = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: messages.keep_breaks, hidden: true });
    toolbar.append(joinButton, " ", status, " ", keepButton);
    let isPastingText = false;
    // The editor makes a link of each pasted text that looks like a domain, even of “1.er”, and of the quotation mark after an
    // address. Keep only common domains, and only the address.
    const COMMON_DOMAIN = /\.(?:com|org|net|gov|edu|mil|info|news|law|us|la|mx|sv|gt|hn|ni)$/i;
    const correctAutomaticLinks = () => {
      const { doc, schema, tr } = editor.state;
      doc.descendants((node, position) => {
        const link = node.marks.find(({ type }) => type.name === "link");
        const text = node.isText && link ? trimAddress(node.text) : "";
        const href = trimAddress(link?.attrs.href ?? "");
        if (!text || ![text, `http://${text}`].includes(href)) return;
        const isAddress = href === text || COMMON_DOMAIN.test(text);
        if (isAddress && text === node.text && href === link.attrs.href) return;
        tr.removeMark(position, position + node.nodeSize, link.type);
        if (isAddress) tr.addMark(position, position + text.length, schema.marks.link.create({ ...link.attrs, href }));
      });
      if (tr.docChanged) editor.view.dispatch(tr.setMeta("addToHistory", false));
    };
    const pasteText = (view, text, isJoined) => {
      isPastingText = true;
      view.pasteHTML(textToHtml(text, isJoined));
      isPastingText = false;
    };
    keepButton.addEventListener("click", () => {
      editor.commands.undo();
      pasteText(editor.view, keepButton.dataset.text, false);
      keepButton.hidden = true;
      status.textContent = "";
      editor.commands.focus();
    });
    (textarea.closest(".flex-container") ?? textarea.closest(".prose-editor"))?.after(toolbar);

    editor.setOptions({
      editorProps: {
        ...editor.options.editorProps,
        handlePaste: (view, event) => {
          setTimeout(correctAutomaticLinks);
          const text = event?.clipboardData?.getData("text/plain") ?? "";
          const isHtml = event?.clipboardData?.getData("text/html") && !view.input?.shiftKey;
          if (isPastingText || isHtml || !/\n|https?:/.test(text.trim())) return false;
          if (!view.state.selection.empty && /^https?:\S+$/.test(text.trim())) return false; // makes the selection a link
          const isJoined = isHardWrapped(text.replace(/\r\n?/g, "\n"));
          pasteText(view, text, isJoined);
          if (isJoined) {
            status.textContent = messages.joined_on_paste;
            keepButton.dataset.text = text;
            keepButton.hidden = false;
          }
          return true;
        },
        transformPastedHTML: (html) => {
          if (html.includes("data-pm-slice")) return html; // copied from this editor
          const { html: cleanedHtml, removed } = cleanHtml(html);
          const { notes, ...leftOut } = removed;
          const summary = Object.entries(leftOut).filter(([, count]) => count).map(([kind, count]) => messages[kind].replace("{}", count));
          status.textContent = [summary.length ? `${messages.removed} ${summary.join(", ")}.` : "", notes ? messages.notes.replace("{}", notes) : ""].join(" ").trim();
          keepButton.hidden = true;
          return cleanedHtml;
        },
      },
    });
  });
})();
