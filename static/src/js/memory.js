const KEY = "draft:";
const SENT = "draft-sent";

const kept = (field) =>
  field.name &&
  field.name !== "csrf_token" &&
  !["password", "file", "hidden", "submit", "button"].includes(field.type) &&
  field.autocomplete !== "one-time-code";

const read = (form) => {
  const values = {};
  for (const field of [...form.elements].filter(kept)) {
    if (field.type === "radio" || field.type === "checkbox") {
      (values[field.name] ??= []).push(...(field.checked ? [field.value] : []));
    } else {
      values[field.name] = field.value;
    }
  }
  return values;
};

const write = (form, values) => {
  for (const field of [...form.elements].filter(kept)) {
    const value = values[field.name];
    if (value === undefined) {
      continue;
    }
    if (field.type === "radio" || field.type === "checkbox") {
      field.checked = value.includes(field.value);
    } else if (field.value === "" || field.tagName === "SELECT") {
      field.value = value;
    }
  }
};

// Storage may be full or forbidden: memory is a comfort, never a condition.
const store = {
  get: (name) => {
    try {
      return JSON.parse(sessionStorage.getItem(name));
    } catch {
      return null;
    }
  },
  set: (name, value) => {
    try {
      sessionStorage.setItem(name, JSON.stringify(value));
    } catch {
      /* nothing to do */
    }
  },
  remove: (name) => {
    try {
      sessionStorage.removeItem(name);
    } catch {
      /* nothing to do */
    }
  },
};

const cameBack = () => performance.getEntriesByType("navigation")[0]?.type === "back_forward";

/** Once the form was sent and the answer is another page, what was kept has done its work.
    A refusal, or coming back from a sending that failed on the way, is no such answer. */
const forgetSent = () => {
  const sent = store.get(SENT);
  if (!sent || document.body.classList.contains("keeps-drafts")) {
    return;
  }
  store.remove(SENT);
  if (cameBack()) {
    return;
  }
  const back = document.querySelector(`form[data-memory="${CSS.escape(sent)}"]`);
  if (!back?.querySelector(".error-summary")) {
    store.remove(KEY + sent);
  }
};

export const draftMemory = (root) => {
  if (root === document) {
    forgetSent();
  }
  for (const form of root.querySelectorAll("form[data-memory]")) {
    const name = KEY + form.dataset.memory;
    const draft = store.get(name);
    if (draft && !form.querySelector(".error-summary")) {
      write(form, draft);
    }
    let waiting = 0;
    form.addEventListener("input", () => {
      window.clearTimeout(waiting);
      waiting = window.setTimeout(() => store.set(name, read(form)), 250);
    });
    form.addEventListener("submit", () => {
      window.clearTimeout(waiting);
      store.set(name, read(form));
      store.set(SENT, form.dataset.memory);
    });
  }
};
