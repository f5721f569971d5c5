const EACH = 2000;
const TRIES = 15;

// A photo just sent is written anew by the server; until then its place holder is answered.
const ask = async (picture, left) => {
  if (left === 0 || !picture.isConnected) {
    return;
  }
  const answer = await fetch(picture.src, { cache: "no-store" }).catch(() => null);
  if (answer === null || answer.status === 202) {
    setTimeout(() => ask(picture, left - 1), EACH);
    return;
  }
  const made = URL.createObjectURL(await answer.blob());
  picture.addEventListener("load", () => URL.revokeObjectURL(made), { once: true });
  picture.src = made;
};

/** Photos that were not ready when the page was made appear by themselves. */
export const waiting = (root) => {
  for (const picture of root.querySelectorAll("img[data-waiting]")) {
    picture.removeAttribute("data-waiting");
    setTimeout(() => ask(picture, TRIES), EACH);
  }
};
