const say = (words) => {
  const region = document.querySelector("[data-live]");
  if (!region || !words) {
    return;
  }
  region.textContent = "";
  window.setTimeout(() => {
    region.textContent = words;
  }, 60);
};

/** Tell screen readers what a swap brought: data-announce in the new part speaks. */
export const announceSwaps = (root) => {
  root.addEventListener("htmx:afterSwap", (event) => {
    const part = event.detail.elt;
    const speaker = part.matches("[data-announce]") ? part : part.querySelector("[data-announce]");
    say(speaker?.dataset.announce);
    part.querySelector("[data-focus]")?.focus();
  });
  root.addEventListener("htmx:sendError", () => say("没有连上网络，请稍后再试。"));
  root.addEventListener("htmx:responseError", () => say("没有办成，请稍后再试。"));
  root.querySelector("[data-focus]")?.focus({ preventScroll: false });
};

export { say };
