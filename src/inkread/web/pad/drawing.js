// What is drawn: strokes, their history, and how they are painted.

export const SIDE = 280; // the drawing's own units; what is sent has as many pixels
export const PEN = 20;
const EVEN = 0.5; // the pressure that mouse and finger report: it leaves the width as it is

/**
 * Paint strokes into a transparent 2D context `side` pixels wide.
 *
 * A stroke is { points, width, erases }: points of [x, y] or [x, y, pressure] in 0–280, the pen's width in
 * the same units, 20 unless given, and whether it takes ink away instead.
 */
export function drawStrokes(context, strokes, side, ink) {
  const scale = side / SIDE;
  context.lineCap = context.lineJoin = "round";
  context.strokeStyle = context.fillStyle = ink;
  for (const { points, width = PEN, erases = false } of strokes) {
    context.globalCompositeOperation = erases ? "destination-out" : "source-over";
    const scaled = points.map(([x, y, pressure = EVEN]) => [x * scale, y * scale, pressure]);
    if (scaled.length === 1) dot(context, scaled[0], width * scale);
    else if (scaled.every(([, , pressure]) => pressure === EVEN)) line(context, scaled, width * scale);
    else pressed(context, scaled, width * scale);
  }
  context.globalCompositeOperation = "source-over";
}

function dot(context, [x, y, pressure], width) {
  context.beginPath();
  context.arc(x, y, widthUnder(pressure, width) / 2, 0, 2 * Math.PI);
  context.fill(); // a line without length would paint nothing
}

function line(context, [[x, y], ...rest], width) {
  context.lineWidth = width;
  context.beginPath();
  context.moveTo(x, y);
  for (const [toX, toY] of rest) context.lineTo(toX, toY);
  context.stroke();
}

/** Paint a stroke whose width follows the pressure, piece by piece. */
function pressed(context, points, width) {
  for (let at = 1; at < points.length; at += 1) {
    const pressure = (points[at - 1][2] + points[at][2]) / 2;
    line(context, [points[at - 1], points[at]], widthUnder(pressure, width));
  }
}

/** Half the width without pressure, half as much again with all of it. */
function widthUnder(pressure, width) {
  return width * (0.5 + pressure);
}

/** Paint strokes on paper, `side` pixels wide, the same on every display. */
export function painted(strokes, { ink = "#000", paper = "#fff", side = SIDE } = {}) {
  const canvas = Object.assign(document.createElement("canvas"), { width: side, height: side });
  const context = canvas.getContext("2d");
  drawStrokes(context, strokes, side, ink);
  context.globalCompositeOperation = "destination-over"; // an eraser leaves paper behind
  context.fillStyle = paper;
  context.fillRect(0, 0, side, side);
  return canvas;
}

/** Return a canvas as a PNG, at once: Chromium lets toBlob wait for an idle moment, half a second at times. */
export function toPng(canvas) {
  const packed = atob(canvas.toDataURL("image/png").split(",")[1]);
  const bytes = Uint8Array.from(packed, (character) => character.charCodeAt(0));
  return new Blob([bytes], { type: "image/png" });
}

/** The strokes, and those that were there before; kept in sessionStorage under a name, if it has one. */
export class Drawing {
  constructor(store) {
    this.store = store;
    this.strokes = stored(store);
    this.past = [];
    this.future = [];
  }

  get isEmpty() {
    return !this.strokes.some(({ erases }) => !erases);
  }

  begin(stroke) {
    this.before = this.future;
    this.replace([...this.strokes, stroke]);
  }

  extend(points) {
    this.strokes.at(-1).points.push(...points);
  }

  /** Take back the stroke that was begun last, as if it had never been. */
  takeBack() {
    this.strokes = this.past.pop();
    this.future = this.before;
  }

  clear() {
    if (this.strokes.length) this.replace([]);
  }

  undo() {
    this.step(this.past, this.future);
  }

  redo() {
    this.step(this.future, this.past);
  }

  replace(strokes) {
    this.past.push(this.strokes);
    this.future = [];
    this.strokes = strokes;
  }

  step(from, to) {
    if (!from.length) return;
    to.push(this.strokes);
    this.strokes = from.pop();
  }

  save() {
    keep(this.store, this.strokes);
  }
}

function stored(store) {
  const strokes = kept(store);
  const isPoint = (point) => [2, 3].includes(point.length) && point.every(Number.isFinite);
  const isStroke = ({ points }) => points.length > 0 && points.every(isPoint);
  try {
    return strokes.every(isStroke) ? strokes : [];
  } catch {
    return []; // not ours: an empty pad
  }
}

/** Return what is kept under a name while the tab is open; null where nothing is, or it is damaged. */
export function kept(name) {
  try {
    return name ? JSON.parse(sessionStorage.getItem(name)) : null;
  } catch {
    return null;
  }
}

export function keep(name, value) {
  try {
    if (name) sessionStorage.setItem(name, JSON.stringify(value));
  } catch {
    // no storage here, or it is full: it lasts as long as the page
  }
}
