const LONGEST_SIDE = 1600;
const SMALL_ENOUGH = 350 * 1024;
const QUALITY = 0.82;

export const shrink = async (file) => {
  if (!file.type.startsWith("image/") || file.type === "image/gif" || file.size <= SMALL_ENOUGH) {
    return file;
  }
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const blob = await new Promise((done) => {
      canvas.toBlob(done, "image/jpeg", QUALITY);
    });
    if (!blob || blob.size >= file.size) {
      return file;
    }
    const name = file.name.replace(/\.[^.]+$/, "") + ".jpg";
    return new File([blob], name, { type: "image/jpeg", lastModified: file.lastModified });
  } catch {
    return file; // a picture this browser cannot read goes as it is
  }
};

const asList = (files) => {
  const carrier = new DataTransfer();
  for (const file of files) {
    carrier.items.add(file);
  }
  return carrier.files;
};

export const weight = (bytes) =>
  bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;

// Drawn on a canvas, so that the content policy needs no blob: or data: pictures.
export const thumbnail = async (file) => {
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const side = Math.min(picture.width, picture.height);
    const canvas = document.createElement("canvas");
    canvas.width = 192;
    canvas.height = 192;
    canvas
      .getContext("2d")
      .drawImage(picture, (picture.width - side) / 2, (picture.height - side) / 2, side, side, 0, 0, 192, 192);
    picture.close();
    return canvas;
  } catch {
    const box = document.createElement("span");
    box.className = "thumb-file";
    box.textContent = file.name.split(".").pop().toUpperCase();
    return box;
  }
};

const show = async (input) => {
  const list = input.closest("[data-files]").querySelector("[data-previews]");
  const rows = await Promise.all(
    [...input.files].map(async (file, index) => {
      const row = document.createElement("li");
      const remove = document.createElement("button");
      remove.type = "button";
      remove.textContent = "移除";
      remove.setAttribute("aria-label", `移除 ${file.name}`);
      remove.addEventListener("click", () => {
        input.earlier = [...input.files].filter((_, at) => at !== index);
        input.files = asList(input.earlier);
        show(input);
      });
      row.append(await thumbnail(file), `${weight(file.size)} `, remove);
      return row;
    }),
  );
  list.replaceChildren(...rows);
};

/** Photos are made smaller before they are sent; anything that fails goes as it is. */
export const files = (root) => {
  root.addEventListener("change", async (event) => {
    const input = event.target.closest?.("[data-files] input[type=file]:not([data-upload])");
    if (!input || typeof createImageBitmap !== "function") {
      return;
    }
    const { form } = input;
    form?.setAttribute("data-preparing", "");
    try {
      // A second shot with the camera adds to the first instead of replacing it.
      const earlier = input.multiple ? (input.earlier ?? []) : [];
      const fresh = await Promise.all([...input.files].map(shrink));
      input.earlier = [...earlier, ...fresh];
      input.files = asList(input.earlier);
      await show(input);
    } finally {
      form?.removeAttribute("data-preparing");
      form?.dispatchEvent(new Event("prepared"));
    }
  });
};
