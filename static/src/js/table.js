/** Picking rows: all at once, and how many are picked. */
export const batch = (root) => {
  root.addEventListener("change", (event) => {
    const box = event.target;
    if (!box.matches?.("[data-pick], [data-pick-all]")) {
      return;
    }
    const scope = box.closest("form") ?? document;
    const boxes = [...scope.querySelectorAll("[data-pick]")];
    if (box.matches("[data-pick-all]")) {
      for (const each of boxes) {
        each.checked = box.checked;
      }
    }
    const picked = boxes.filter((each) => each.checked).length;
    for (const bar of scope.querySelectorAll("[data-batch]")) {
      bar.classList.toggle("has-picked", picked > 0);
    }
    for (const count of scope.querySelectorAll("[data-picked]")) {
      count.textContent = String(picked);
    }
    for (const all of scope.querySelectorAll("[data-pick-all]")) {
      all.checked = picked > 0 && picked === boxes.length;
      all.indeterminate = picked > 0 && picked < boxes.length;
    }
  });
};
