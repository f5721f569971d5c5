const NOBODY = "nobody";

const settle = (group, changed) => {
  const boxes = [...group.querySelectorAll("input[type=checkbox]")];
  const nobody = boxes.find((box) => box.value === NOBODY);
  const others = boxes.filter((box) => box !== nobody);
  if (changed === nobody && nobody.checked) {
    for (const box of others) {
      box.checked = false;
    }
  } else if (nobody && changed?.checked) {
    nobody.checked = false;
  }
  const most = Number(group.dataset.most);
  const picked = others.filter((box) => box.checked).length;
  for (const box of others) {
    box.disabled = !box.checked && picked >= most;
  }
  const words = group.querySelector("[data-picked]");
  if (words) {
    words.textContent = picked ? `已选 ${picked} 人，最多 ${most} 人` : "";
  }
};

/** Boxes of which only so many may be ticked: the rest wait until one is taken away. */
export const picks = (root) => {
  root.addEventListener("change", (event) => {
    const group = event.target.closest?.("fieldset[data-most]");
    if (group) {
      settle(group, event.target);
    }
  });
};

export const settlePicks = (root) => {
  for (const group of root.querySelectorAll("fieldset[data-most]")) {
    settle(group);
  }
};
