// Shows one digit closely: the probability of each, the ink, and what in it decided.

import { make } from "./elements.js";

export const DIGITS = [...Array(10).keys()];
const INK_SIDE = 28;
const INK_CAPTION = "What the model saw: 28×28";

export class Details {
  /** explain: called when a person asks what decided; gives the evidence, 28 rows of 28 numbers. */
  constructor(explain) {
    this.explain = explain;
    this.bars = DIGITS.map((each) => bar(each));
    this.ink = make("canvas", { width: INK_SIDE, height: INK_SIDE, role: "img", "aria-label": "No ink yet" });
    this.why = make("button", { type: "button", "aria-pressed": "false", disabled: "" }, "What decided?");
    this.why.addEventListener("click", () => this.toggle());
    this.caption = make("figcaption", {}, INK_CAPTION);
    this.element = make(
      "div",
      { class: "details" },
      make(
        "table",
        { class: "bars", "aria-label": "Probability of each digit" },
        ...this.bars.map(({ row }) => row),
      ),
      make("figure", {}, this.ink, this.caption, this.why),
    );
  }

  /** Show the reading of a digit, or none; without `explained` what decided cannot be asked for. */
  show(reading, { explained = true } = {}) {
    this.reading = reading;
    this.why.hidden = !explained;
    this.bars.forEach(({ row, fill, share }, each) => {
      const part = reading ? shareOf(reading, each) : 0;
      fill.style.width = `${100 * part}%`;
      share.textContent = reading ? percent(part) : "";
      row.classList.toggle("best", isNamed(reading) && each === reading.best);
    });
    this.hideEvidence();
    this.showInk(reading?.ink);
  }

  async showInk(address) {
    this.why.disabled = !address || this.reading.best === null;
    const context = this.ink.getContext("2d");
    const picture = address && (await loaded(address));
    if (address !== this.reading?.ink) return; // a newer reading came meanwhile
    context.clearRect(0, 0, INK_SIDE, INK_SIDE);
    if (picture) context.drawImage(picture, 0, 0);
    this.ink.setAttribute("aria-label", picture ? "The 28×28 ink that the model saw" : "No ink yet");
  }

  async toggle() {
    if (this.why.getAttribute("aria-pressed") === "true") {
      this.hideEvidence();
      this.showInk(this.reading?.ink);
      return;
    }
    const reading = this.reading;
    this.why.disabled = true;
    try {
      const evidence = await this.explain();
      if (reading === this.reading) this.showEvidence(evidence);
    } catch (error) {
      if (reading === this.reading) this.caption.textContent = error.message;
    }
    if (reading === this.reading) this.why.disabled = false;
  }

  hideEvidence() {
    this.why.setAttribute("aria-pressed", "false");
    this.caption.textContent = INK_CAPTION;
  }

  /** Colour the ink: the more the answer hangs on a place, the stronger. */
  showEvidence(evidence) {
    this.why.setAttribute("aria-pressed", "true");
    this.caption.textContent = `The stronger the colour, the more the ${this.reading.best} hangs on it.`;
    const most = Math.max(0.01, ...evidence.flat());
    const context = this.ink.getContext("2d");
    const [red, green, blue] = [230, 80, 20];
    evidence.forEach((row, y) =>
      row.forEach((loss, x) => {
        if (loss <= 0) return;
        context.fillStyle = `rgba(${red}, ${green}, ${blue}, ${0.9 * Math.sqrt(loss / most)})`;
        context.fillRect(x, y, 1, 1);
      }),
    );
    this.ink.setAttribute("aria-label", "The ink, with what decided in colour");
  }
}

function bar(digit) {
  const fill = make("div");
  const share = make("td", { class: "share" });
  const track = make("td", { "aria-hidden": "true" }, make("div", { class: "bar" }, fill));
  return { fill, share, row: make("tr", {}, make("th", { scope: "row" }, digit), track, share) };
}

function loaded(address) {
  const picture = new Image();
  picture.src = address;
  return picture.decode().then(() => picture, () => null);
}

/** Tell whether a reading names a digit, be it unsure. */
export function isNamed(reading) {
  return reading?.verdict === "digit" || reading?.verdict === "unsure";
}

/** The probability that it is this digit; they are answered for what is a digit, so as far as it is one. */
export function shareOf(reading, digit) {
  if (reading.best === null) return 0;
  return reading.probabilities[digit] * (reading.confidence / (reading.probabilities[reading.best] || 1));
}

/** The digits, the likeliest first. */
export function ranked({ probabilities }) {
  return [...DIGITS].sort((a, b) => probabilities[b] - probabilities[a]);
}

export function percent(share) {
  return `${Math.floor(share * 1000) / 10} %`; // rounded down: only what is certain is 100 %
}
