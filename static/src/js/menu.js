/** The side menu on phones; without script its link opens it as a target. */
export const menu = (root) => {
  const side = document.getElementById("side");
  if (!side) {
    return;
  }
  const opener = document.querySelector("[data-menu]");
  opener.setAttribute("role", "button");
  opener.setAttribute("aria-expanded", "false");
  opener.setAttribute("aria-controls", "side");
  const set = (open) => {
    side.classList.toggle("is-open", open);
    opener.setAttribute("aria-expanded", String(open));
    (open ? side.querySelector("[data-menu-close]") : opener).focus();
  };
  root.addEventListener("click", (event) => {
    if (event.target.closest("[data-menu]")) {
      event.preventDefault();
      set(true);
    } else if (
      event.target.closest("[data-menu-close]") ||
      (side.classList.contains("is-open") && !side.contains(event.target))
    ) {
      event.preventDefault();
      set(false);
    }
  });
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && side.classList.contains("is-open")) {
      set(false);
    }
  });
};
