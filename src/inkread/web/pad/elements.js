// Builds elements of a page.

/** Return an element with attributes and children. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Return a button of a kind that the keyboard and a finger find. */
export function button(words, attributes, onClick) {
  const element = make("button", { type: "button", ...attributes }, words);
  element.addEventListener("click", onClick);
  return element;
}

/** Let the browser keep a file. */
export function download(blob, name) {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
