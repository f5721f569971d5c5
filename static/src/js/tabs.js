/** Tabs that are wider than the window begin where the chosen one can be seen. */
export const showCurrentTab = (root) => {
  for (const current of root.querySelectorAll?.(".tabs [aria-current]") ?? []) {
    const bar = current.closest(".tabs");
    const place = current.getBoundingClientRect().left - bar.getBoundingClientRect().left;
    bar.scrollLeft += place - (bar.clientWidth - current.offsetWidth) / 2;
  }
};
