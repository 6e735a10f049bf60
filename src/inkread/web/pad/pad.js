// The drawing pad: one ES module without dependencies. It reads while a person draws.
//
//   import { mountLive } from "/pad/pad.js";
//   mountLive(document.querySelector("#pad"), { api: "/api/v1/digit", store: "pad" });

const SIDE = 280; // the drawing's own units; what is sent has as many pixels
const PEN = 20;
const GAP_MS = 60; // at least this long between two requests
const DIGITS = [...Array(10).keys()];

export const CSS = `
.inkread {
  --paper: var(--st-secondary-background-color, light-dark(#f6f1e7, #22272b));
  --text: var(--st-text-color, light-dark(#22252b, #ece8df));
  --line: var(--st-border-color, light-dark(#d9d0bf, #424a50));
  --accent: var(--st-primary-color, light-dark(#1f4e8c, #8fb8ea));
  color: var(--text);
  display: grid;
  gap: 1rem 2rem;
  grid-template-columns: minmax(0, 22rem) minmax(0, 1fr);
  align-items: start;
  font-family: var(--st-font, system-ui, sans-serif);
  max-width: 46rem;
}
@container (max-width: 34rem) { .inkread { grid-template-columns: minmax(0, 1fr); } }
.inkread canvas {
  aspect-ratio: 1;
  background: var(--paper);
  border: 1px solid var(--line);
  border-radius: 12px;
  box-sizing: border-box;
  cursor: crosshair;
  display: block;
  max-width: 22rem;
  touch-action: none;
  user-select: none;
  width: 100%;
}
.inkread canvas:focus-visible, .inkread button:focus-visible {
  outline: 3px solid var(--accent);
  outline-offset: 2px;
}
.inkread .tools { display: flex; gap: 0.5rem; margin-top: 0.75rem; }
.inkread button {
  background: transparent;
  border: 1px solid var(--line);
  border-radius: 8px;
  color: inherit;
  cursor: pointer;
  font: inherit;
  min-height: 44px;
  min-width: 88px;
}
.inkread button:hover:not(:disabled) { border-color: var(--accent); }
.inkread button:disabled { cursor: default; opacity: 0.5; }
.inkread .digit {
  color: var(--accent);
  display: block;
  font-size: 8rem;
  font-variant-numeric: lining-nums;
  font-weight: 600;
  line-height: 1;
  min-height: 8rem;
}
.inkread .words { margin: 0 0 1rem; min-height: 1.5em; }
.inkread .bars { border-collapse: collapse; max-width: 18rem; width: 100%; }
.inkread .bars th { font-weight: 400; padding: 0 0.75rem 0 0; text-align: left; width: 1ch; }
.inkread .bars td { padding: 2px 0; }
.inkread .bars .share { padding-left: 0.75rem; text-align: right; width: 6ch; }
.inkread .bar { background: var(--line); border-radius: 4px; height: 10px; }
.inkread .bar > div { background: var(--accent); border-radius: 4px; height: 100%; width: 0; }
`;

/**
 * Build a pad that reads itself into an element or shadow root.
 *
 * api    address that takes a PNG by POST and answers as /api/v1/digit does
 * store  name under which the drawing survives a reload, in sessionStorage; none without
 *
 * Returns { clear, undo, redraw, destroy }.
 */
export function mountLive(root, { api, store } = {}) {
  const parts = build(root);
  const answer = (reading, problem) => show(parts, reading, problem);
  const live = new Live(api, answer);
  const pad = new Pad(parts, store, (strokes) => live.read(strokes));
  if (pad.strokes.length) live.read(pad.strokes);
  return {
    clear: () => pad.clear(),
    undo: () => pad.undo(),
    redraw: () => pad.redraw(),
    destroy: () => {
      live.stop();
      pad.destroy();
      parts.element.remove();
    },
  };
}

/** Draw strokes, each an array of [x, y] in 0–280, into a 2D context `side` pixels wide. */
export function drawStrokes(context, strokes, side, ink) {
  const scale = side / SIDE;
  context.lineWidth = PEN * scale;
  context.lineCap = context.lineJoin = "round";
  context.strokeStyle = context.fillStyle = ink;
  for (const [[x, y], ...rest] of strokes) {
    context.beginPath();
    if (rest.length) {
      context.moveTo(x * scale, y * scale);
      for (const [x, y] of rest) context.lineTo(x * scale, y * scale);
      context.stroke();
    } else {
      context.arc(x * scale, y * scale, context.lineWidth / 2, 0, 2 * Math.PI);
      context.fill(); // a line without length would paint nothing
    }
  }
}

/** What is drawn, and the hand that draws it: mouse, touch or pen, one at a time. */
class Pad {
  constructor({ canvas, undo, clear, element }, store, onChange) {
    Object.assign(this, { canvas, store, onChange, undoButton: undo, clearButton: clear });
    this.strokes = this.load();
    this.past = [];
    this.pointer = null;
    this.stopping = new AbortController();
    const { signal } = this.stopping;
    canvas.addEventListener("pointerdown", (event) => this.start(event), { signal });
    canvas.addEventListener("pointermove", (event) => this.move(event), { signal });
    for (const end of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(end, (event) => this.end(event), { signal });
    }
    undo.addEventListener("click", () => this.undo(), { signal });
    clear.addEventListener("click", () => this.clear(), { signal });
    element.addEventListener("keydown", (event) => this.key(event), { signal });
    this.theme = matchMedia("(prefers-color-scheme: dark)");
    this.theme.addEventListener("change", () => this.redraw(), { signal });
    this.resizing = new ResizeObserver(() => this.redraw());
    this.resizing.observe(canvas);
    this.redraw();
  }

  start(event) {
    if (this.pointer !== null || event.button !== 0) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.pointer = event.pointerId;
    this.past.push([...this.strokes]);
    this.strokes.push([this.at(event)]);
    this.changed();
  }

  move(event) {
    if (event.pointerId !== this.pointer) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length ? events : [event]) this.strokes.at(-1).push(this.at(each));
    this.changed();
  }

  end(event) {
    if (event.pointerId !== this.pointer) return;
    this.pointer = null;
    this.save();
  }

  key(event) {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z") {
      event.preventDefault();
      this.undo();
    } else if (event.key === "Escape") {
      this.clear();
    }
  }

  undo() {
    if (!this.past.length || this.pointer !== null) return;
    this.strokes = this.past.pop();
    this.changed();
    this.save();
  }

  clear() {
    if (!this.strokes.length || this.pointer !== null) return;
    this.past.push(this.strokes);
    this.strokes = [];
    this.changed();
    this.save();
  }

  /** Where on the drawing a pointer is, to a tenth of a unit. */
  at(event) {
    const box = this.canvas.getBoundingClientRect();
    const place = (from, start, length) => Math.round(((from - start) / length) * SIDE * 10) / 10;
    return [place(event.clientX, box.left, box.width), place(event.clientY, box.top, box.height)];
  }

  changed() {
    this.redraw();
    this.onChange(this.strokes);
  }

  redraw() {
    const side = Math.round(this.canvas.clientWidth * devicePixelRatio) || SIDE;
    if (this.canvas.width !== side) this.canvas.width = this.canvas.height = side;
    const context = this.canvas.getContext("2d");
    context.clearRect(0, 0, side, side);
    drawStrokes(context, this.strokes, side, getComputedStyle(this.canvas).color);
    this.undoButton.disabled = !this.past.length;
    this.clearButton.disabled = !this.strokes.length;
  }

  load() {
    try {
      const strokes = JSON.parse(sessionStorage.getItem(this.store));
      const isPoint = (point) => point.length === 2 && point.every(Number.isFinite);
      const isStroke = (stroke) => stroke.length > 0 && stroke.every(isPoint);
      return strokes.every(isStroke) ? strokes : [];
    } catch {
      return []; // no storage here, or not ours: an empty pad
    }
  }

  save() {
    if (!this.store) return;
    try {
      sessionStorage.setItem(this.store, JSON.stringify(this.strokes));
    } catch {
      // no storage here, or it is full: the drawing lasts as long as the page
    }
  }

  destroy() {
    this.stopping.abort();
    this.resizing.disconnect();
  }
}

/** Asks for readings: one request at a time, the newest drawing wins. */
class Live {
  constructor(api, answer) {
    Object.assign(this, { api, answer, newest: null, busy: false, stopping: new AbortController() });
  }

  read(strokes) {
    this.newest = strokes.map((stroke) => [...stroke]);
    if (!this.busy) this.run();
  }

  async run() {
    this.busy = true;
    while (this.newest && !this.stopping.signal.aborted) {
      const strokes = this.newest;
      this.newest = null;
      const started = performance.now();
      await this.ask(strokes);
      const rest = GAP_MS - (performance.now() - started);
      if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest));
    }
    this.busy = false;
  }

  async ask(strokes) {
    if (!strokes.length) return this.answer(null);
    try {
      const response = await fetch(this.api, {
        method: "POST",
        headers: { "Content-Type": "image/png" },
        body: await toPng(strokes),
        signal: this.stopping.signal,
      });
      const content = await response.json();
      // A drawing that was cleared meanwhile has no answer any more.
      if (this.newest && !this.newest.length) return;
      if (response.ok) this.answer(content);
      else this.answer(null, content.error);
    } catch (error) {
      if (error.name !== "AbortError") {
        this.answer(null, "The reader cannot be reached. Draw on to try again.");
      }
    }
  }

  stop() {
    this.stopping.abort();
  }
}

/** Draw strokes in black on white, 280×280 pixels, the same on every display. */
async function toPng(strokes) {
  const canvas = Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE });
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, SIDE, SIDE);
  drawStrokes(context, strokes, SIDE, "#000");
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

function show({ digit, words, rows }, reading, problem) {
  const named = reading?.verdict === "digit" || reading?.verdict === "unsure";
  digit.textContent = named ? reading.best : reading?.verdict === "not_a_digit" ? "–" : "";
  words.textContent = problem ?? inWords(reading);
  // The probabilities are of the digits, given that it is one: the bars show them as far as it is.
  const likely = reading?.best != null ? reading.confidence / reading.probabilities[reading.best] : 0;
  DIGITS.forEach((each) => {
    const share = reading ? reading.probabilities[each] * likely : 0;
    rows[each].bar.style.width = `${100 * share}%`;
    rows[each].share.textContent = reading ? percent(share) : "";
  });
}

function inWords(reading) {
  if (!reading) return "Nothing drawn yet";
  const { best, confidence, probabilities } = reading;
  const others = DIGITS.filter((each) => each !== best);
  const second = others.reduce((a, b) => (probabilities[b] > probabilities[a] ? b : a));
  return {
    digit: `${percent(confidence)} sure`,
    unsure: `Not sure: ${best} or ${second}`,
    not_a_digit: "Does not look like a digit",
    blank: "Too little ink to read",
  }[reading.verdict];
}

function percent(share) {
  return `${Math.floor(share * 1000) / 10} %`; // rounded down: only what is certain is 100 %
}

function build(root) {
  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };
  const canvas = make("canvas", {
    role: "img",
    tabindex: "0",
    "aria-label": "Drawing pad. Draw a digit from 0 to 9 with mouse, finger or pen.",
  });
  const undo = make("button", { type: "button", title: "Ctrl+Z" }, "Undo");
  const clear = make("button", { type: "button", title: "Escape" }, "Clear");
  const digit = make("output", { class: "digit", "data-testid": "digit" });
  const words = make("p", { class: "words" }, "Nothing drawn yet");
  const rows = DIGITS.map((each) => {
    const bar = make("div");
    const share = make("td", { class: "share" });
    const cells = [make("th", { scope: "row" }, each), make("td", {}, make("div", { class: "bar" }, bar))];
    return { bar, share, row: make("tr", {}, ...cells, share) };
  });
  const element = make(
    "div",
    { style: "container-type: inline-size" },
    make("style", {}, CSS),
    make(
      "div",
      { class: "inkread" },
      make("div", {}, canvas, make("div", { class: "tools" }, undo, clear)),
      make(
        "div",
        {},
        make("div", { "aria-live": "polite", "aria-atomic": "true" }, digit, words),
        make(
          "table",
          { class: "bars", "aria-label": "Probability of each digit" },
          ...rows.map(({ row }) => row),
        ),
      ),
    ),
  );
  root.append(element);
  return { element, canvas, undo, clear, digit, words, rows };
}
