// Shows a reading: the digit, how sure, what else it may be, and what the model saw.

import { make } from "./elements.js";
import { CSS } from "./style.js";

const DIGITS = [...Array(10).keys()];
const INK_SIDE = 28;

/** Show a reading by itself, as { reading, evidence } gives it. Returns { update, destroy }. */
export function mountAnswer(root, data) {
  let { reading, evidence } = data;
  const answer = new Answer(async () => evidence);
  const shown = make("div", { class: "inkread alone" }, answer.summary, answer.details);
  const element = make("div", { class: "inkread-around" }, make("style", {}, CSS), shown);
  root.append(element);
  answer.show(reading);
  return {
    update(changed) {
      if (JSON.stringify(changed.reading) === JSON.stringify(reading)) return;
      ({ reading, evidence } = changed);
      answer.show(reading);
    },
    destroy: () => element.remove(),
  };
}

export class Answer {
  /** explain: called when a person asks what decided; gives the evidence, 28 rows of 28 numbers. */
  constructor(explain) {
    this.explain = explain;
    this.digit = make("output", { class: "digit", "data-testid": "digit" });
    this.words = make("p", { class: "words" }, "Nothing drawn yet");
    this.others = make("p", { class: "others" });
    this.bars = DIGITS.map((each) => bar(each));
    this.ink = make("canvas", { width: INK_SIDE, height: INK_SIDE, role: "img", "aria-label": "No ink yet" });
    this.why = make("button", { type: "button", "aria-pressed": "false", disabled: "" }, "What decided?");
    this.why.addEventListener("click", () => this.toggle());
    this.caption = make("figcaption", {}, INK_CAPTION);
    this.summary = make(
      "div",
      { class: "summary", "aria-live": "polite", "aria-atomic": "true" },
      this.digit,
      make("div", {}, this.words, this.others),
    );
    this.details = make(
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

  show(reading, problem) {
    this.reading = reading;
    const named = reading?.verdict === "digit" || reading?.verdict === "unsure";
    this.digit.textContent = named ? reading.best : reading?.verdict === "not_a_digit" ? "–" : "";
    this.words.textContent = problem ?? inWords(reading);
    this.others.textContent = named ? alternatives(reading) : "";
    // The probabilities are of the digits, given that it is one: the bars show them as far as it is.
    const likely = reading?.best != null ? reading.confidence / reading.probabilities[reading.best] : 0;
    this.bars.forEach(({ row, fill, share }, each) => {
      const part = reading ? reading.probabilities[each] * likely : 0;
      fill.style.width = `${100 * part}%`;
      share.textContent = reading ? percent(part) : "";
      row.classList.toggle("best", named && each === reading.best);
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
      this.caption.textContent = error.message;
    }
    this.why.disabled = false;
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

const INK_CAPTION = "What the model saw: 28×28";

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

export function inWords(reading) {
  if (!reading) return "Nothing drawn yet";
  const [best, second] = ranked(reading);
  return {
    digit: `${sureness(reading.confidence)}: ${percent(reading.confidence)}`,
    unsure: `Not sure: ${best} or ${second} (${percent(reading.confidence)})`,
    not_a_digit: `Does not look like a digit; the nearest is ${best}`,
    blank: "Too little ink to read",
  }[reading.verdict];
}

function sureness(confidence) {
  if (confidence >= 0.99) return "Very sure";
  return confidence >= 0.9 ? "Sure" : confidence >= 0.7 ? "Fairly sure" : "Not very sure";
}

function alternatives(reading) {
  const likely = reading.confidence / reading.probabilities[reading.best];
  const [, second, third] = ranked(reading);
  const said = (digit) => `${digit} (${percent(reading.probabilities[digit] * likely)})`;
  return `Then ${said(second)} and ${said(third)}`;
}

function ranked({ probabilities }) {
  return [...DIGITS].sort((a, b) => probabilities[b] - probabilities[a]);
}

function percent(share) {
  return `${Math.floor(share * 1000) / 10} %`; // rounded down: only what is certain is 100 %
}
