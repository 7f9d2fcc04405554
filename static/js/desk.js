// The frame of the desk: Ctrl+K focuses the search, and menus close when the user leaves them.
const isApple = /Mac|iPhone|iPad/.test(navigator.platform);

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() === "k" && (isApple ? event.metaKey : event.ctrlKey) && !event.altKey && !event.shiftKey) {
    const field = document.querySelector("main input[type=search][name=q]:is([data-desk-search])") ??
      document.querySelector("#desk-search");
    if (!field || event.defaultPrevented) return;
    event.preventDefault();
    if (field.checkVisibility?.() ?? field.offsetParent) {
      field.focus();
      field.select();
    } else {
      location.assign(field.form.action);
    }
  }
  if (event.key === "Escape") {
    const menu = document.activeElement?.closest("details.menu[open]") ?? document.querySelector("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  }
});

function closeMenus(event) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
}
document.addEventListener("click", closeMenus);
document.addEventListener("focusin", closeMenus);
