// The drawing pad: ES modules without dependencies. It reads while a person draws.
//
//   import { mountLive } from "/pad/pad.js";
//   mountLive(document.querySelector("#pad"), { api: "/api/v1/read", store: "pad" });

import { Answer } from "./answer.js";
import { Drawing, PEN, SIDE, drawStrokes, keep, kept, painted, toPng } from "./drawing.js";
import { button, download, make } from "./elements.js";
import { Live, post } from "./live.js";
import { CSS } from "./style.js";

export { drawStrokes };

const [TIP, OTHER_END] = [0, 5]; // of a pen, as PointerEvent.button tells them; a mouse and a finger have a tip
const SAVED_SIDE = 1120; // of a drawing that is saved, pixels

/**
 * Build a pad that reads itself into an element or shadow root.
 *
 * api    address that takes a PNG by POST and answers as /api/v1/read does; it may have a query
 * store  name under which the drawing survives a reload, in sessionStorage; none without
 *
 * Returns { clear, undo, redo, redraw, configure, destroy }; configure({ api }) asks elsewhere from now on.
 */
export function mountLive(root, { api, store } = {}) {
  const pad = new Pad(api, store);
  root.append(pad.element);
  pad.start();
  return {
    clear: () => pad.change("clear"),
    undo: () => pad.change("undo"),
    redo: () => pad.change("redo"),
    redraw: () => pad.redraw(),
    configure: (changed) => pad.configure(changed),
    destroy: () => pad.destroy(),
  };
}

/** The same for a page that changes what it is given: { api, store }. Returns { update, destroy }. */
export function mountPad(root, data) {
  const { configure, redraw, destroy } = mountLive(root, data);
  const update = (changed) => {
    configure(changed);
    redraw(); // the theme may have changed
  };
  return { update, destroy };
}

/** The canvas with its tools, and the hand that draws: mouse, touch or pen, one at a time. */
class Pad {
  constructor(api, store) {
    this.store = store;
    this.drawing = new Drawing(store);
    this.settings = { live: true, width: PEN, ink: null, paper: null, ...kept(this.settingsName) };
    this.erasing = false;
    this.pointer = null;
    this.api = api;
    this.answer = new Answer(() => this.evidence());
    this.live = new Live(asDrawing(api), (reading, problem) => this.show(reading, problem));
    this.stopping = new AbortController();
    this.build();
  }

  get settingsName() {
    return this.store && `${this.store}:settings`;
  }

  start() {
    this.listen();
    this.redraw();
    if (!this.drawing.isEmpty) this.read({ now: true });
  }

  configure({ api }) {
    if (!api || api === this.api) return;
    this.api = api;
    this.live.api = asDrawing(api);
    if (!this.drawing.isEmpty) this.read({ now: true });
  }

  destroy() {
    this.live.stop();
    this.stopping.abort();
    this.resizing.disconnect();
    this.element.remove();
  }

  // Reading

  /** Read the drawing; while live answers are off, only when a person asks. */
  read({ now = false, asked = false } = {}) {
    if (this.settings.live || asked) {
      this.live.read(this.drawing.isEmpty ? [] : this.drawing.strokes, { now });
      return;
    }
    this.live.cancel();
    if (this.reading || this.drawing.isEmpty) {
      this.show(null, this.drawing.isEmpty ? undefined : "Press Predict to read it");
    }
  }

  show(reading, problem) {
    this.reading = reading;
    this.answer.show(reading, problem);
    this.enable();
  }

  async evidence() {
    const explained = { explain: "true" };
    return (await post(asDrawing(this.api), this.drawing.strokes, this.stopping.signal, explained)).evidence;
  }

  // Drawing

  listen() {
    const { signal } = this.stopping;
    const on = (target, name, handler) => target.addEventListener(name, handler, { signal });
    on(this.canvas, "pointerdown", (event) => this.down(event));
    on(this.canvas, "pointermove", (event) => this.move(event));
    on(this.canvas, "pointerup", (event) => this.up(event));
    on(this.canvas, "pointercancel", (event) => this.cancelled(event));
    on(this.element, "keydown", (event) => this.key(event));
    on(matchMedia("(prefers-color-scheme: dark)"), "change", () => this.redraw());
    this.resizing = new ResizeObserver(() => this.redraw());
    this.resizing.observe(this.canvas);
  }

  down(event) {
    if (![TIP, OTHER_END].includes(event.button)) return;
    if (this.pointer !== null && this.touched && event.pointerType === "pen") this.takeBack();
    if (this.pointer !== null) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.pointer = event.pointerId;
    this.touched = event.pointerType === "touch";
    const erases = this.erasing || event.button === OTHER_END;
    this.drawing.begin({ width: this.settings.width, erases, points: [this.at(event)] });
    this.redraw();
    this.read();
  }

  move(event) {
    if (event.pointerId !== this.pointer) return;
    const events = event.getCoalescedEvents?.() ?? [];
    this.drawing.extend((events.length ? events : [event]).map((each) => this.at(each)));
    this.redraw();
    this.read();
  }

  up(event) {
    if (event.pointerId !== this.pointer) return;
    this.pointer = null;
    this.drawing.save();
    this.enable();
    this.read({ now: true });
  }

  /** What was a palm, or the beginning of a gesture, as the system found out, is no stroke. */
  cancelled(event) {
    if (event.pointerId !== this.pointer) return;
    if (this.touched) this.takeBack();
    else this.up(event);
  }

  /** Take back the stroke that is being drawn. */
  takeBack() {
    this.pointer = null;
    this.drawing.takeBack();
    this.redraw();
    this.read({ now: true });
  }

  /** Where on the drawing a pointer is, to a tenth of a unit, and how hard a pen presses. */
  at(event) {
    const box = this.canvas.getBoundingClientRect();
    const place = (from, start, length) => Math.round(((from - start) / length) * SIDE * 10) / 10;
    const point = [place(event.clientX, box.left, box.width), place(event.clientY, box.top, box.height)];
    return event.pointerType === "pen" ? [...point, Math.round(event.pressure * 100) / 100] : point;
  }

  key(event) {
    const name = event.key.toLowerCase();
    const command = event.ctrlKey || event.metaKey;
    if (command && (name === "y" || (name === "z" && event.shiftKey))) this.change("redo");
    else if (command && name === "z") this.change("undo");
    else if (name === "escape") this.change("clear");
    else return;
    event.preventDefault();
  }

  /** Undo, redo or clear, unless a stroke is being drawn. */
  change(how) {
    if (this.pointer !== null) return;
    this.drawing[how]();
    this.drawing.save();
    this.redraw();
    this.read({ now: true });
  }

  redraw() {
    const side = Math.round(this.canvas.clientWidth * devicePixelRatio) || SIDE;
    if (this.canvas.width !== side) this.canvas.width = this.canvas.height = side;
    const context = this.canvas.getContext("2d");
    context.clearRect(0, 0, side, side);
    const { ink, paper } = this.colours();
    drawStrokes(context, this.drawing.strokes, side, ink);
    this.inkInput.value = hex(ink);
    this.paperInput.value = hex(paper);
    this.enable();
  }

  colours() {
    const { color, backgroundColor } = getComputedStyle(this.canvas);
    return { ink: color, paper: backgroundColor };
  }

  // Tools

  set(changed) {
    Object.assign(this.settings, changed);
    keep(this.settingsName, this.settings);
    this.apply();
    this.redraw();
  }

  erase(erasing) {
    this.erasing = erasing;
    this.apply();
  }

  apply() {
    this.canvas.style.backgroundColor = this.settings.paper ?? "";
    this.canvas.style.color = this.settings.ink ?? "";
    this.penButton.setAttribute("aria-pressed", String(!this.erasing));
    this.eraserButton.setAttribute("aria-pressed", String(this.erasing));
    this.widthInput.value = this.settings.width;
    this.liveInput.checked = this.settings.live;
    this.predictButton.hidden = this.settings.live;
  }

  enable() {
    const { drawing } = this;
    this.undoButton.disabled = !drawing.past.length;
    this.redoButton.disabled = !drawing.future.length;
    this.clearButton.disabled = !drawing.strokes.length;
    this.predictButton.disabled = this.saveButton.disabled = drawing.isEmpty;
    this.readingButton.disabled = !this.reading;
  }

  save() {
    const canvas = painted(this.drawing.strokes, { ...this.colours(), side: SAVED_SIDE });
    download(toPng(canvas), "drawing.png");
  }

  saveReading() {
    const withoutInk = (name, value) => (name === "ink" ? undefined : value);
    const reading = JSON.stringify(this.reading, withoutInk, 2);
    download(new Blob([`${reading}\n`], { type: "application/json" }), "reading.json");
  }

  build() {
    this.canvas = make("canvas", {
      role: "img",
      tabindex: "0",
      "aria-label": "Drawing pad. Draw a digit or a number with mouse, finger or pen.",
    });
    this.undoButton = button("Undo", { title: "Ctrl+Z" }, () => this.change("undo"));
    this.redoButton = button("Redo", { title: "Ctrl+Shift+Z" }, () => this.change("redo"));
    this.clearButton = button("Clear", { title: "Escape" }, () => this.change("clear"));
    this.penButton = button("Pen", {}, () => this.erase(false));
    this.eraserButton = button("Eraser", {}, () => this.erase(true));
    this.predictButton = button("Predict", { class: "predict" }, () => this.read({ now: true, asked: true }));
    this.saveButton = button("Save drawing", {}, () => this.save());
    this.readingButton = button("Save reading", {}, () => this.saveReading());
    this.widthInput = make("input", { type: "range", min: "4", max: "40", step: "2" });
    this.widthInput.addEventListener("input", () => this.set({ width: Number(this.widthInput.value) }));
    this.liveInput = make("input", { type: "checkbox" });
    this.liveInput.addEventListener("change", () => {
      this.set({ live: this.liveInput.checked });
      this.read({ now: true });
    });
    this.inkInput = this.colour("ink");
    this.paperInput = this.colour("paper");
    const tools = (...children) => make("div", { class: "tools" }, ...children);
    const labelled = (words, input) => make("label", {}, make("span", {}, words), input);
    const more = make(
      "details",
      {},
      make("summary", {}, "Colours, saving"),
      tools(labelled("Ink", this.inkInput), labelled("Paper", this.paperInput)),
      tools(button("Colours of the theme", {}, () => this.set({ ink: null, paper: null }))),
      tools(this.saveButton, this.readingButton),
      tools(labelled("Answer while I draw", this.liveInput)),
    );
    const board = make(
      "div",
      { class: "board" },
      this.canvas,
      tools(this.undoButton, this.redoButton, this.clearButton),
      tools(this.penButton, this.eraserButton, labelled("Width", this.widthInput)),
      tools(this.predictButton),
      more,
    );
    this.element = make(
      "div",
      { class: "inkread-around" },
      make("style", {}, CSS),
      make("div", { class: "inkread" }, board, this.answer.summary, this.answer.closer),
    );
    this.apply();
  }

  colour(which) {
    const input = make("input", { type: "color" });
    input.addEventListener("input", () => this.set({ [which]: input.value }));
    return input;
  }
}

/** The address that reads a drawing, and answers its ink. */
function asDrawing(api) {
  const address = new URL(api, document.baseURI);
  address.searchParams.set("ink", "true");
  address.searchParams.set("drawn", "true");
  return address.href;
}

/** Return a CSS colour as #rrggbb, which is all that a colour field takes. */
function hex(colour) {
  const context = make("canvas").getContext("2d");
  context.fillStyle = colour;
  return context.fillStyle.slice(0, 7);
}
