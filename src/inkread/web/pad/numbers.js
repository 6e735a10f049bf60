// Shows the numbers of a picture: boxes over it, each digit closely, and a table to mend them in.

import { DIGITS, Details, percent } from "./details.js";
import { kept, keep } from "./drawing.js";
import { button, make } from "./elements.js";
import { Row } from "./row.js";
import { CSS } from "./style.js";

const CLOSEST = 8; // times as wide as its place
const STEP = 1.5;
const SURE = 0.9;
const REST_MS = 400; // without a key, until what is typed is told

/**
 * Show { picture, width, height, lines, store }: the address of a picture, its size, and its numbers as
 * /api/v1/page answers them, with ink. What a person mends stays in sessionStorage under `store`.
 *
 * Sends the state "mended" whenever the table changes: { store, rows }, of each number { line, text, removed },
 * `line` null of those that were added. Returns { update, destroy }.
 */
export function mountNumbers(root, data, { setStateValue }) {
  const send = (store, rows) => setStateValue("mended", { store, rows });
  let view = new Numbers(data, send);
  root.append(view.element);
  view.start();
  return {
    update(changed) {
      if (changed.store === data.store && told(changed) === told(data)) return;
      data = changed;
      const before = view;
      view = new Numbers(data, send);
      before.stop();
      before.element.replaceWith(view.element);
      view.start();
    },
    destroy() {
      view.stop();
      view.element.remove();
    },
  };
}

class Numbers {
  constructor(data, send) {
    Object.assign(this, { data, send, zoom: 1, row: null, place: null, count: 0 });
    this.rows = data.lines.map((line, index) => new Row(index, line));
    this.restore();
    this.details = new Details();
    this.build();
  }

  start() {
    this.show();
    if (this.rows.some((row) => row.isMended)) this.tell();
  }

  stop() {
    clearTimeout(this.waiting);
  }

  // What a person mended

  restore() {
    for (const mended of kept(this.data.store) ?? []) {
      if (mended.line === null) this.rows.push(new Row(null, null, mended));
      else if (this.rows[mended.line]) this.rows[mended.line] = this.again(mended);
    }
  }

  again({ line, ...mended }) {
    return new Row(line, this.data.lines[line], mended);
  }

  /** Note the table as it is, and show it; while a person types, tell it when they rest. */
  changed({ typing = false } = {}) {
    const mended = this.rows.filter((row) => row.isMended);
    const noted = mended.map(({ index, text, removed, chosen, around }) => ({ line: index, text, removed, chosen, around }));
    keep(this.data.store, noted);
    clearTimeout(this.waiting);
    if (typing) this.waiting = setTimeout(() => this.tell(), REST_MS);
    else this.tell();
    this.show();
  }

  state() {
    return this.rows.map(({ index, text, removed }) => ({ line: index, text, removed }));
  }

  tell() {
    clearTimeout(this.waiting);
    this.send(this.data.store, this.state());
  }

  // Choosing

  /** Choose a number, and one of its digits; both follow in the picture and in the table. */
  choose(row, place = null, { scroll = true } = {}) {
    this.row = row;
    this.place = place;
    this.show();
    if (!scroll) return;
    const box = place === null ? row.outline : row.boxes[place];
    if (box) this.reveal(box);
  }

  /** Bring a box into sight in the picture alone: the page stays, with what a person types into. */
  reveal(box) {
    const [seen, wanted] = [this.scroller.getBoundingClientRect(), box.getBoundingClientRect()];
    const by = (start, end, from, to) => Math.min(0, start - from) || Math.max(0, Math.min(end - to, start - from));
    const left = by(wanted.left, wanted.right, seen.left, seen.right);
    this.scroller.scrollBy(left, by(wanted.top, wanted.bottom, seen.top, seen.bottom));
  }

  show() {
    for (const row of this.rows) {
      const chosen = row === this.row;
      row.element.classList.toggle("chosen", chosen);
      row.element.classList.toggle("removed", row.removed);
      row.note.textContent = noteOf(row);
      row.remove.textContent = row.removed ? "Bring back" : "Remove";
      row.remove.setAttribute("aria-label", `${row.remove.textContent} number ${row.number}`);
      if (row.input.value !== row.text) row.input.value = row.text;
      row.input.disabled = row.removed;
      if (!row.line) continue;
      row.outline.hidden = !chosen;
      row.labels.forEach((label, place) => this.showBox(row, place, label));
    }
    this.showDigit();
    this.undoButton.disabled = !this.rows.some((row) => row.isMended);
    this.empty.hidden = this.rows.length > 0;
    this.table.hidden = !this.rows.length;
  }

  showBox(row, place, label) {
    const digit = row.line.digits[place];
    const mended = label !== String(digit.best);
    const kind = mended ? "mended" : kindOf(digit);
    const box = row.boxes[place];
    box.className = `box ${kind}`;
    box.setAttribute("aria-pressed", String(row === this.row && place === this.place));
    const said = mended ? `mended to ${label ?? "no digit"}` : `${percent(digit.confidence)} sure`;
    box.setAttribute("aria-label", `${digit.best}, ${said}, number ${row.index + 1}`);
    box.firstChild.textContent = (label ?? "×") + MARKS[kind];
  }

  showDigit() {
    const { row, place } = this;
    const digit = place === null ? null : row.line.digits[place];
    this.closer.hidden = !digit;
    this.hint.hidden = Boolean(digit) || !this.rows.some(({ line }) => line);
    if (!digit) return;
    this.heading.textContent = `Digit ${place + 1} of number ${row.index + 1}`;
    this.details.show(digit, { explained: false });
    const label = row.labels[place];
    for (const each of this.fixes) {
      each.setAttribute("aria-pressed", String(each.label === label));
      each.disabled = !row.canBeMended;
    }
    this.locked.hidden = row.canBeMended;
  }

  // Zoom

  zoomTo(zoom) {
    const before = this.zoom;
    this.zoom = Math.min(CLOSEST, Math.max(1, zoom));
    const { scroller } = this;
    const middle = (start, length) => ((start + length / 2) / before) * this.zoom - length / 2;
    const left = middle(scroller.scrollLeft, scroller.clientWidth);
    const top = middle(scroller.scrollTop, scroller.clientHeight);
    this.sheet.style.width = `${100 * this.zoom}%`;
    scroller.scrollTo(left, top);
    this.out.disabled = this.zoom === 1;
    this.in.disabled = this.zoom === CLOSEST;
    this.scale.textContent = `${Math.round(100 * this.zoom)} %`;
  }

  wheel(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    this.zoomTo(this.zoom * Math.exp(-event.deltaY / 300));
  }

  // Building

  build() {
    const tools = (...children) => make("div", { class: "tools" }, ...children);
    this.element = make(
      "div",
      { class: "inkread-around" },
      make("style", {}, CSS),
      make(
        "div",
        { class: "inkread alone" },
        make("div", { class: "beside" }, this.buildPicture(), this.buildDigit()),
        this.buildTable(),
      ),
    );
    this.said = make("p", { "aria-live": "polite" });
    this.undoButton = button("Undo all changes", {}, () => this.undo());
    this.addButton = button("Add a number", {}, () => this.add());
    this.copyButton = button("Copy", {}, () => this.copy());
    this.element.lastChild.append(tools(this.addButton, this.undoButton, this.copyButton), this.said);
  }

  buildPicture() {
    const { picture, width, height } = this.data;
    const image = make("img", { src: picture, alt: "The picture, with a box around each digit that was read" });
    this.sheet = make("div", { class: "sheet", style: `aspect-ratio: ${width} / ${height}` }, image);
    for (const row of this.rows) if (row.line) this.addBoxes(row);
    const region = { class: "scroller", tabindex: "0", role: "region", "aria-label": "The picture" };
    this.scroller = make("div", region, this.sheet);
    this.scroller.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.out = button("−", { "aria-label": "Zoom out", disabled: "" }, () => this.zoomTo(this.zoom / STEP));
    this.in = button("+", { "aria-label": "Zoom in" }, () => this.zoomTo(this.zoom * STEP));
    this.scale = make("output", { "aria-label": "Zoom" }, "100 %");
    const legend = ["sure", "fair", "unsure", "mended"].map((kind) =>
      make("span", {}, make("i", { class: `box ${kind}` }), LEGEND[kind]),
    );
    return make(
      "div",
      { class: "picture" },
      this.scroller,
      make(
        "div",
        { class: "under" },
        make("div", { class: "legend" }, ...legend),
        make("div", { class: "zoom" }, this.out, this.scale, this.in),
      ),
    );
  }

  addBoxes(row) {
    row.outline = make("div", { class: "outline", style: this.placed(row.line.box), hidden: "" });
    row.boxes = row.line.digits.map(({ box }, place) => {
      const choose = () => this.choose(row, place, { scroll: false });
      return button(make("span", {}), { style: this.placed(box) }, choose);
    });
    this.sheet.append(row.outline, ...row.boxes);
  }

  /** Where a box of the picture lies on the sheet; the size of what is written beside it. */
  placed({ left, top, width, height }) {
    const across = (length) => `${(100 * length) / this.data.width}%`;
    const down = (length) => `${(100 * length) / this.data.height}%`;
    const size = `--size: ${(45 * height) / this.data.width}cqi`;
    return `left: ${across(left)}; top: ${down(top)}; width: ${across(width)}; height: ${down(height)}; ${size}`;
  }

  buildDigit() {
    this.heading = make("h3", {});
    this.fixes = [...DIGITS.map(String), null].map((label) => {
      const fix = button(label ?? "No digit", { "aria-pressed": "false" }, () => this.fix(label));
      fix.label = label;
      return fix;
    });
    const fixes = make("div", { class: "fixes", role: "group", "aria-label": "What it is" }, ...this.fixes);
    this.locked = make("p", {}, "This number was written anew: mend it in the table.");
    this.closer = make("div", { class: "closer", hidden: "" }, this.heading, fixes, this.locked, this.details.element);
    this.hint = make("p", {}, "Choose a box to see its digit closely, and to mend it.");
    return make("div", {}, this.hint, this.closer);
  }

  fix(label) {
    this.row.mend(this.place, label);
    this.changed();
  }

  buildTable() {
    this.body = make("tbody");
    const head = ["Number", "How sure", ""].map((words) => make("th", { scope: "col" }, words));
    this.table = make(
      "table",
      { class: "numbers" },
      make("caption", {}, "Numbers in the picture"),
      make("thead", {}, make("tr", {}, ...head)),
      this.body,
    );
    this.empty = make("p", {}, "No number was found in this picture.");
    for (const row of this.rows) this.addToTable(row);
    return make("div", {}, this.empty, this.table);
  }

  addToTable(row) {
    row.number = this.count += 1;
    row.input = make("input", { type: "text", "aria-label": `Number ${row.number}`, autocomplete: "off" });
    row.input.addEventListener("focus", () => this.choose(row, row === this.row ? this.place : null));
    row.input.addEventListener("input", () => this.write(row));
    row.note = make("td", {});
    row.remove = button("Remove", {}, () => this.remove(row));
    row.element = make("tr", {}, make("td", {}, row.input), row.note, make("td", {}, row.remove));
    this.body.append(row.element);
  }

  write(row) {
    row.write(row.input.value);
    this.changed({ typing: true });
  }

  remove(row) {
    row.removed = !row.removed;
    if (row.removed && !row.line) {
      const next = this.rows[this.rows.indexOf(row) + 1];
      this.rows = this.rows.filter((each) => each !== row);
      row.element.remove();
      (next?.remove ?? this.addButton).focus();
    }
    if (!this.rows.includes(this.row)) this.row = this.place = null;
    this.changed();
  }

  add() {
    const row = new Row(null, null);
    this.rows.push(row);
    this.addToTable(row);
    this.changed();
    row.input.focus();
  }

  undo() {
    const [read, added] = [this.rows.filter(({ line }) => line), this.rows.filter(({ line }) => !line)];
    for (const row of added) row.element.remove();
    this.rows = read;
    for (const row of read) {
      row.removed = false;
      row.write(row.line.text_with_separators);
    }
    if (!this.rows.includes(this.row)) this.row = this.place = null;
    this.changed();
  }

  async copy() {
    const texts = this.rows.filter(({ removed, text }) => !removed && text).map(({ text }) => text);
    try {
      await navigator.clipboard.writeText(texts.join("\n"));
      this.said.textContent = texts.length === 1 ? "Copied 1 number." : `Copied ${texts.length} numbers.`;
    } catch {
      this.said.textContent = "This browser does not let the button copy. Save the numbers instead.";
    }
  }
}

// Not by colour alone: a mark beside the digit tells them apart as well.
const MARKS = { sure: "", fair: "~", unsure: "?", mended: "✓" };
const LEGEND = { sure: "sure", fair: "fairly sure: ~", unsure: "not sure: ?", mended: "mended: ✓" };

/** What is shown of a reading: its texts, and how sure it is of them. */
function told({ lines }) {
  const digits = ({ best, verdict, confidence }) => [best, verdict, confidence];
  return JSON.stringify(lines.map((line) => [line.text, line.verdict, line.confidence, line.digits.map(digits)]));
}

function kindOf(digit) {
  if (digit.verdict === "unsure") return "unsure";
  return digit.confidence >= SURE ? "sure" : "fair";
}

function noteOf(row) {
  if (row.removed) return "removed";
  if (!row.line) return "added";
  if (row.isMended) return "mended";
  if (row.line.verdict === "no_fit") return "does not fit";
  return row.line.verdict === "unsure" ? `not sure: ${percent(row.line.confidence)}` : percent(row.line.confidence);
}
