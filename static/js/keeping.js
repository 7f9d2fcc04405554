"use strict";
// What is typed is kept on the server every few seconds, and at the last moment before the page goes; who else is here is told.

document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("release_form");
  const here = document.getElementById("keeping");
  if (!form || !here) return;

  const PAUSE = 2000; // after the last letter
  const LONGEST = 8000; // while someone types on and on
  const AGAIN = 5000; // after a fault
  const shown = here.querySelector(".kept");
  const others = here.querySelector(".others");
  let typed = 0; // when the first letter came that is not kept
  let timer = 0;
  let sending = false;
  let stopped = false; // someone else has the text: what is typed here is not kept, and says so

  const say = (words, trouble = false) => {
    if (shown.textContent === words) return;
    shown.textContent = words;
    shown.classList.toggle("trouble", trouble);
  };
  const contents = () => {
    const data = new FormData(form);
    data.set("release", here.dataset.release ?? "");
    data.set("number", String(Date.now()));
    return data;
  };
  const renew = async () => {
    const answer = await fetch(here.dataset.look || here.dataset.keep, { headers: { Accept: "application/json" } });
    if (answer.redirected || !answer.headers.get("Content-Type")?.includes("json")) return null;
    const { csrf, told = [] } = await answer.json();
    for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) input.value = csrf;
    if (others && [...others.children].map((line) => line.textContent).join() !== told.join()) {
      others.replaceChildren(...told.map((words) => Object.assign(document.createElement("li"), { textContent: words })));
    }
    return csrf;
  };
  const later = (pause) => { clearTimeout(timer); timer = setTimeout(keep, pause); };

  async function keep() {
    if (!typed || sending || stopped) return;
    sending = true;
    const since = Date.now();
    try {
      const answer = await fetch(here.dataset.keep, { method: "POST", body: contents(), headers: { Accept: "application/json" } });
      const json = answer.headers.get("Content-Type")?.includes("json") && !answer.redirected ? await answer.json() : null;
      if (json?.said) {
        say(json.said);
        if (typed <= since) typed = 0;
      } else if (json?.refused) {
        stopped = answer.status === 409;
        say(json.refused, true);
      } else if (await renew()) { // signed in again in another window: the token is new
        later(0);
      } else {
        say(here.dataset.out, true);
        later(AGAIN);
      }
    } catch {
      say(here.dataset.offline, true);
      later(AGAIN);
    } finally {
      sending = false;
    }
    if (typed && !stopped) later(AGAIN);
  }

  form.addEventListener("input", () => {
    const now = Date.now();
    if (!typed) typed = now;
    if (now - typed < LONGEST) later(PAUSE);
  });
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault(); // a second press of the button
    sent = true;
    typed = 0;
    stopped = true;
  });
  window.addEventListener("pageshow", () => { sent = false; stopped = false; }); // back from the next page
  window.addEventListener("online", () => later(0));
  window.addEventListener("beforeunload", (event) => { if (typed && !stopped) event.preventDefault(); });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && typed && !stopped) navigator.sendBeacon(here.dataset.keep, contents());
  });
  if (here.dataset.look) setInterval(() => { if (document.visibilityState === "visible") renew().catch(() => {}); }, 30_000);
});
