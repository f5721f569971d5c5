import { say } from "./announce.js";
import { shrink, thumbnail, weight } from "./files.js";

const PATIENCE = 180000;

const send = (url, file, progress) =>
  new Promise((done) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("file", file, file.name);
    request.open("POST", url);
    request.timeout = PATIENCE;
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", document.querySelector('meta[name="csrf-token"]').content);
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) {
        progress(event.loaded / event.total);
      }
    });
    request.addEventListener("loadend", () => {
      let answer = {};
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        // A gateway's page, or nothing at all: the status says enough.
      }
      done({ status: request.status, answer });
    });
    request.send(body);
  });

const takeBack = (url) =>
  fetch(url, {
    method: "POST",
    headers: { "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content },
  }).catch(() => {
    // What is not sent with the form is removed on the server after a day.
  });

const button = (label, work) => {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = label;
  made.addEventListener("click", work);
  return made;
};

// The form waits for what is on its way, as it does for pictures being made smaller.
const busy = (form, more) => {
  const now = Number(form.dataset.sending ?? 0) + more;
  form.dataset.sending = now;
  if (now > 0) {
    form.setAttribute("data-preparing", "");
  } else {
    form.removeAttribute("data-preparing");
    form.dispatchEvent(new Event("prepared"));
  }
};

const upload = async (input, file, row) => {
  const { form } = input;
  const words = document.createElement("span");
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", `正在上传 ${file.name}`);
  words.textContent = `${weight(file.size)} `;
  row.classList.remove("is-refused");
  row.removeAttribute("data-failed");
  row.replaceChildren(await thumbnail(file), words, bar);
  busy(form, 1);
  const { status, answer } = await send(input.dataset.upload, file, (share) => {
    bar.value = share;
  });
  bar.remove();
  const remove = button("移除", () => row.remove());
  remove.setAttribute("aria-label", `移除 ${file.name}`);
  if (status === 201) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = input.dataset.sent ?? "sent_ahead";
    field.value = answer.id;
    remove.addEventListener("click", () => takeBack(answer.remove_url));
    row.append(field, remove);
    say("照片已传好");
  } else if (status >= 400 && status < 500 && status !== 408 && status !== 429) {
    row.classList.add("is-refused");
    words.textContent = answer.message ?? "这个文件没有收，请换一个。";
    row.append(button("知道了", () => row.remove()));
    say(words.textContent);
  } else {
    row.setAttribute("data-failed", "");
    words.textContent = navigator.onLine ? "没有传上去。" : "网络断了，没有传上去。";
    row.append(
      button("再试一次", () => upload(input, file, row)),
      remove,
    );
    row.retry = () => upload(input, file, row);
    say(words.textContent);
  }
  busy(form, -1);
};

/** Photos go ahead of their form, one by one: each shows its progress, and why it was not taken. */
export const uploads = (root) => {
  root.addEventListener("change", async (event) => {
    const input = event.target.closest?.("input[type=file][data-upload]");
    if (!input) {
      return;
    }
    const list = input.closest("[data-files]").querySelector("[data-previews]");
    const chosen = [...input.files];
    input.value = "";
    for (const file of chosen) {
      const row = document.createElement("li");
      list.append(row);
      busy(input.form, 1);
      const small = await shrink(file);
      await upload(input, small, row);
      busy(input.form, -1);
    }
  });

  root.addEventListener("click", (event) => {
    const remove = event.target.closest?.("[data-remove-url]");
    if (remove) {
      takeBack(remove.dataset.removeUrl);
      remove.closest("li").remove();
    }
  });

  root.addEventListener("submit", (event) => {
    const failed = event.target.querySelector?.("[data-failed]");
    if (failed) {
      event.preventDefault();
      say("有照片没有传上去。请再试一次，或者移除后提交。");
      failed.querySelector("button").focus();
    }
  });

  window.addEventListener("online", () => {
    for (const row of document.querySelectorAll("[data-failed]")) {
      row.retry?.();
    }
  });
};
