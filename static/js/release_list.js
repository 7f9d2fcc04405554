// The list of releases: select all rows of the page, and count the selected ones.
const form = document.querySelector("#bulk-form");

if (form) {
  const all = form.querySelector("#select-page");
  const boxes = [...form.querySelectorAll("input[name=id]")];
  const count = form.querySelector(".selected-count");

  function update() {
    const selected = boxes.filter((box) => box.checked).length;
    all.checked = selected === boxes.length;
    all.indeterminate = selected > 0 && selected < boxes.length;
    count.textContent = `${count.dataset.label}: ${selected}`;
  }

  all.closest("label").hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    update();
  });
  form.addEventListener("change", update);
  // After Back, the browser restores the checkboxes.
  window.addEventListener("pageshow", update);
  update();
}
