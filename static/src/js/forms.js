let sending = false;

const unsaved = () => document.querySelector("form[data-guard][data-dirty]");

const waitForPhotos = (form, submitter) => {
  form.addEventListener("prepared", () => form.requestSubmit(submitter), { once: true });
};

/** One sending per press; a question before leaving what is not saved; filters that apply at once. */
export const forms = (root) => {
  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.hasAttribute("data-preparing")) {
      event.preventDefault();
      waitForPhotos(form, event.submitter);
      return;
    }
    if (event.defaultPrevented || form.method === "get") {
      return;
    }
    if (form.classList.contains("is-busy")) {
      event.preventDefault();
      return;
    }
    sending = true;
    form.classList.add("is-busy");
    // The address stays the same after a download or a slow answer: let go after a while.
    window.setTimeout(() => form.classList.remove("is-busy"), 8000);
  });

  window.addEventListener("pageshow", () => {
    sending = false;
    for (const form of document.querySelectorAll("form.is-busy")) {
      form.classList.remove("is-busy");
    }
  });

  root.addEventListener("input", (event) => {
    event.target.closest?.("form[data-guard]")?.setAttribute("data-dirty", "");
  });

  window.addEventListener("beforeunload", (event) => {
    if (!sending && unsaved()) {
      event.preventDefault();
    }
  });

  root.addEventListener("change", (event) => {
    if (event.target.matches?.("form[data-auto] select")) {
      event.target.form.requestSubmit();
    }
  });
};
