"use strict";
// The photos and documents of a release in its form: their texts, order, lead photo and focal point.
// Each change is written into the hidden fields `photos`, `attachments` and `consents`, which are autosaved like the others.

document.addEventListener("DOMContentLoaded", () => {
  const panel = document.getElementById("media");
  const form = document.getElementById("release_form");
  if (!panel || !form?.elements.photos) return;
  const lists = [
    { list: document.getElementById("photo-cards"), field: form.elements.photos, key: "photo" },
    { list: document.getElementById("document-cards"), field: form.elements.attachments, key: "document" },
  ];
  const status = document.getElementById("media-status");
  const isNew = !document.getElementById("autosave")?.dataset.releaseId;
  const getId = (card, key) => Number(card.dataset[`${key}Id`]);
  const find = (list, key, id) => [...list.children].find((card) => getId(card, key) === id);
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_match, name) => values[name]);
  const announce = (text) => { status.textContent = text; };

  const readCard = (card, key) => {
    const entry = { [key]: getId(card, key) };
    for (const input of card.querySelectorAll("[data-entry]")) {
      if (input.type !== "checkbox") entry[input.dataset.entry] = input.value;
      else if (input.checked || input.dataset.entry === "is_decorative") entry[input.dataset.entry] = input.checked;
    }
    const picker = card.querySelector(".focal-picker");
    if (picker && !(picker.dataset.focusX === "50" && picker.dataset.focusY === "50")) {
      entry.focus = [Number(picker.dataset.focusX), Number(picker.dataset.focusY)];
    }
    return entry;
  };
  // Notes of photos that were removed: consent belongs to the photo.
  const removedNotes = [];
  const write = () => {
    const consents = {};
    for (const note of [...removedNotes, ...panel.querySelectorAll("[data-consent]")]) {
      if (note.value !== note.dataset.previous) consents[note.closest("li").dataset.photoId] = [note.value, note.dataset.previous];
    }
    form.elements.consents.value = JSON.stringify(consents);
    for (const { list, field, key } of lists) field.value = JSON.stringify([...list.children].map((card) => readCard(card, key)));
    if (isNew) {
      const media = { consents: form.elements.consents.value };
      const inlineStyle = / style="[^"]*"/g; // of the focal points, which the CSP would report when the cards are restored
      for (const { list, field, key } of lists) [media[key], media[`${key}Cards`]] = [field.value, list.innerHTML.replace(inlineStyle, "")];
      history.replaceState({ ...history.state, media }, "");
    }
    form.elements.photos.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const showFocus = (picker) => {
    const { focusX, focusY } = picker.dataset;
    picker.style.setProperty("--focus-x", `${focusX}%`);
    picker.style.setProperty("--focus-y", `${focusY}%`);
    // The share image has the focal point in its center, as far as the edges of the photo allow (releases/media/share_images.py).
    const picture = picker.querySelector(".focal-picture img");
    const ratio = (picture.getAttribute("width") / picture.getAttribute("height")) / (1200 / 630);
    const getPosition = (focus, part) => (part < 1 ? 100 * Math.min(1, Math.max(0, (focus / 100 - part / 2) / (1 - part))) : 50);
    picker.style.setProperty("--crop-x", `${getPosition(focusX, 1 / ratio)}%`);
    picker.style.setProperty("--crop-y", `${getPosition(focusY, ratio)}%`);
    picker.querySelector(".focal-point").setAttribute("aria-label", fill(panel.dataset.focusMessage, { x: focusX, y: focusY }));
  };
  const setFocus = (picker, x, y) => {
    const clamp = (value) => String(Math.round(Math.min(100, Math.max(0, value))));
    [picker.dataset.focusX, picker.dataset.focusY] = [clamp(x), clamp(y)];
    showFocus(picker);
  };
  const move = (card, step) => {
    const list = card.parentElement;
    const other = step < 0 ? card.previousElementSibling : card.nextElementSibling;
    if (!other) return;
    if (step < 0) other.before(card);
    else other.after(card);
    card.querySelector(".drag-handle").focus();
    announce(fill(panel.dataset.movedMessage, { position: [...list.children].indexOf(card) + 1, count: list.children.length }));
    write();
  };

  // Add the card in `html`, unless the release has it already. Return the card.
  const add = (html) => {
    const template = document.createElement("template");
    template.innerHTML = html;
    const card = template.content.querySelector("li");
    const { list, key } = lists.find(({ key: each }) => card.matches(`.${each}-card`));
    const existing = find(list, key, getId(card, key));
    if (existing) return existing;
    list.append(card);
    card.querySelectorAll(".focal-picker").forEach(showFocus);
    write();
    return card;
  };
  const remove = (card) => {
    const { list } = lists.find(({ list: each }) => each.contains(card));
    const next = card.nextElementSibling;
    const notice = document.createElement("p");
    const undo = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: panel.dataset.undoLabel });
    notice.append(`${panel.dataset.removedMessage} `, undo);
    notice.className = "removal-notice";
    undo.addEventListener("click", () => {
      list.insertBefore(card, next?.isConnected ? next : null);
      notice.remove();
      card.querySelector(".drag-handle").focus();
      write();
    });
    list.after(notice);
    card.remove();
    removedNotes.push(...card.querySelectorAll("[data-consent]"));
    undo.focus();
    write();
  };
  document.addEventListener("media:add", ({ detail }) => {
    const card = add(detail.html);
    if (detail.replaces && card.matches(".document-card")) { // a newer file with the title of the old one
      for (const input of detail.replaces.querySelectorAll("[data-entry]")) card.querySelector(`[data-entry="${input.dataset.entry}"]`).value = input.value;
      detail.replaces.replaceWith(card);
      write();
    }
    if (detail.isFocused) card.querySelector("textarea, input[type=text]").focus();
  });

  panel.addEventListener("input", ({ target }) => {
    if (!target.closest("li") || target.type === "file") return;
    if (target.dataset.entry === "is_lead") {
      for (const box of panel.querySelectorAll("[data-entry=is_lead]")) {
        if (box !== target) box.checked = false;
        box.closest("li").querySelector(".focal-picker").hidden = !box.checked;
      }
    }
    if (target.dataset.entry === "alt") target.closest("li").querySelector(".card-thumbnail").alt = target.value;
    write();
  });
  panel.addEventListener("click", ({ target }) => {
    const removeButton = target.closest("[data-remove]");
    if (removeButton) remove(removeButton.closest("li"));
  });
  const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
  panel.addEventListener("keydown", (event) => {
    const arrow = ARROWS[event.key];
    const point = event.target.closest(".focal-point");
    const handle = event.target.closest(".drag-handle");
    if (!arrow || event.altKey || event.ctrlKey || event.metaKey || !(point || handle)) return;
    event.preventDefault();
    if (handle) {
      move(handle.closest("li"), arrow[0] + arrow[1]);
      return;
    }
    const picker = point.closest(".focal-picker");
    setFocus(picker, Number(picker.dataset.focusX) + 5 * arrow[0], Number(picker.dataset.focusY) + 5 * arrow[1]);
    announce(point.getAttribute("aria-label"));
    write();
  });

  // With the mouse or a finger, the handle moves the card, and the picture takes the point.
  panel.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest(".drag-handle");
    const picture = event.target.closest(".focal-picture");
    if (!(handle || picture) || event.button) return;
    event.preventDefault();
    const card = event.target.closest("li");
    const follow = handle ? followOrder(card) : followFocus(card.querySelector(".focal-picker"));
    const end = () => {
      document.removeEventListener("pointermove", follow);
      card.classList.remove("is-moving");
      write();
    };
    if (handle) {
      card.classList.add("is-moving");
      handle.focus();
    } else {
      follow(event);
    }
    document.addEventListener("pointermove", follow);
    document.addEventListener("pointerup", end, { once: true });
    document.addEventListener("pointercancel", end, { once: true });
  });
  const followOrder = (card) => ({ clientY }) => {
    const others = [...card.parentElement.children].filter((each) => each !== card);
    const next = others.find((other) => { const { top, height } = other.getBoundingClientRect(); return clientY < top + height / 2; });
    if (next !== card.nextElementSibling) card.parentElement.insertBefore(card, next ?? null);
  };
  const followFocus = (picker) => ({ clientX, clientY }) => {
    const { left, top, width, height } = picker.querySelector(".focal-picture").getBoundingClientRect();
    setFocus(picker, 100 * (clientX - left) / width, 100 * (clientY - top) / height);
  };

  // After Back, the browser restores what was typed into a new release, but neither the hidden fields nor the cards.
  const { media } = history.state ?? {};
  if (isNew && media && performance.getEntriesByType("navigation")[0]?.type === "back_forward") {
    form.elements.consents.value = media.consents;
    for (const { list, field, key } of lists) {
      list.innerHTML = media[`${key}Cards`];
      field.value = media[key];
      for (const entry of JSON.parse(field.value)) {
        for (const input of find(list, key, entry[key]).querySelectorAll("[data-entry]")) {
          if (input.type === "checkbox") input.checked = Boolean(entry[input.dataset.entry]);
          else input.value = entry[input.dataset.entry];
        }
      }
    }
    for (const [id, [text]] of Object.entries(JSON.parse(media.consents))) {
      const note = panel.querySelector(`[data-photo-id="${id}"] [data-consent]`);
      if (note) note.value = text;
    }
  }

  panel.querySelectorAll(".focal-picker").forEach(showFocus);
  panel.querySelector(".media-buttons").hidden = false;
  for (const { list } of lists) list.hidden = false; // without this script nothing would save what is typed into a card
});
