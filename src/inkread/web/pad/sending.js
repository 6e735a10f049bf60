// Hands pictures to the page: from the clipboard, or the last drawing.

import { kept, painted, toPng } from "./drawing.js";
import { button, make } from "./elements.js";
import { CSS } from "./style.js";

/** Send the drawing that the pad keeps under `store`, once: "drawing", a PNG in base64, or null where none is. */
export function mountLast(_root, { store }, { setStateValue }) {
  const strokes = kept(store);
  if (strokes?.length) base64(toPng(painted(strokes))).then((content) => setStateValue("drawing", content));
  else setStateValue("drawing", null);
  return { update() {}, destroy() {} };
}

/** A button, and Ctrl+V anywhere on the page: both put the picture into the page's own upload field. */
export function mountPaste(root) {
  const stopping = new AbortController();
  const said = make("p", { "aria-live": "polite" });
  const take = (blob) => {
    const done = upload(new File([blob], blob.name ?? "pasted.png", { type: blob.type }));
    said.textContent = done ? "" : "This page has no field to put it in.";
  };
  const fromButton = button("Paste a picture", { title: "Ctrl+V" }, async () => {
    try {
      const blob = await pictureInClipboard();
      if (blob) take(blob);
      else said.textContent = "There is no picture in the clipboard.";
    } catch {
      said.textContent = "This browser does not let the button paste. Press Ctrl+V instead.";
    }
  });
  const paste = (event) => {
    const file = [...(event.clipboardData?.files ?? [])].find(({ type }) => type.startsWith("image/"));
    if (!file) return;
    event.preventDefault();
    take(file);
  };
  document.addEventListener("paste", paste, { signal: stopping.signal });
  const element = make(
    "div",
    {},
    make("style", {}, CSS),
    make("div", { class: "inkread alone" }, make("div", { class: "tools" }, fromButton), said),
  );
  root.append(element);
  return {
    update() {},
    destroy() {
      stopping.abort();
      element.remove();
    },
  };
}

/** Put a file into the upload field, as a person does who chooses it there. */
function upload(file) {
  const field = document.querySelector("[data-testid=stFileUploader] input[type=file]");
  if (!field) return false;
  const files = new DataTransfer();
  files.items.add(file);
  field.files = files.files;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  return true;
}

async function pictureInClipboard() {
  for (const item of await navigator.clipboard.read()) {
    const type = item.types.find((each) => each.startsWith("image/"));
    if (type) return item.getType(type);
  }
  return null;
}

async function base64(blob) {
  const address = await new Promise((resolve, reject) => {
    const reader = Object.assign(new FileReader(), { onload: () => resolve(reader.result), onerror: reject });
    reader.readAsDataURL(blob);
  });
  return address.slice(address.indexOf(",") + 1);
}
