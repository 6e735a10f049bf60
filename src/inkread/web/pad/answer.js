// Shows a reading: the digit or the number, how sure, what else it may be, and each digit closely.

import { Details, isNamed, percent, ranked, shareOf } from "./details.js";
import { button, make } from "./elements.js";
import { CSS } from "./style.js";

/** Show a reading by itself, as { reading, evidence } gives it. Returns { update, destroy }. */
export function mountAnswer(root, data) {
  let { reading, evidence } = data;
  const answer = new Answer(async () => evidence);
  const shown = make("div", { class: "inkread alone" }, answer.summary, answer.closer);
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
    this.digit = make("output", { class: "digit", "data-testid": "digit" });
    this.words = make("p", { class: "words" }, "Nothing drawn yet");
    this.others = make("p", { class: "others" });
    this.choice = make("div", { class: "choice", role: "group", "aria-label": "Digits of the number" });
    this.details = new Details(explain);
    this.summary = make(
      "div",
      { class: "summary", "aria-live": "polite", "aria-atomic": "true" },
      this.digit,
      make("div", {}, this.words, this.others),
    );
    this.closer = make("div", { class: "closer" }, this.choice, this.details.element);
  }

  /** Show what /api/v1/digit or /api/v1/page answered, or that there is none, and why. */
  show(reading, problem) {
    const lines = reading?.lines;
    const digit = lines ? null : reading;
    this.say(lines ? numbersAsText(lines) : asText(digit), problem ?? (lines ? sureOf(lines) : inWords(digit)));
    this.others.textContent = isNamed(digit) ? alternatives(digit) : "";
    const digits = (lines ?? []).flatMap((line) => line.digits);
    this.choice.replaceChildren(...digits.map((each) => this.chooser(each)));
    if (lines) this.choose(leastSure(digits));
    else this.details.show(digit);
  }

  say(text, words) {
    this.digit.textContent = text;
    const longest = Math.max(1, ...text.split("\n").map((line) => line.length));
    this.digit.style.setProperty("--characters", longest);
    this.words.textContent = words;
  }

  chooser(digit) {
    const words = make("span", {}, percent(digit.confidence));
    const kind = digit.verdict === "unsure" ? "unsure" : "sure";
    const chooser = button(digit.best, { class: kind, "aria-pressed": "false" }, () => this.choose(digit));
    chooser.append(words);
    chooser.digit = digit;
    return chooser;
  }

  /** Show one digit of a number closely. */
  choose(digit) {
    for (const each of this.choice.children) each.setAttribute("aria-pressed", String(each.digit === digit));
    this.details.show(digit, { explained: false });
  }
}

const RATHER = 0.5; // confidence from which on what is refused is rather a digit than none

export function inWords(reading) {
  if (!reading) return "Nothing drawn yet";
  const [best, second] = ranked(reading);
  return {
    digit: `${sureness(reading.confidence)}: ${percent(reading.confidence)}`,
    unsure: `Not sure: ${best} or ${second} (${percent(reading.confidence)})`,
    not_a_digit:
      reading.confidence < RATHER
        ? `Does not look like a digit; the nearest is ${best}`
        : `Perhaps no digit, or else ${best} (${percent(reading.confidence)})`,
    blank: "Too little ink to read",
  }[reading.verdict];
}

function asText(reading) {
  return isNamed(reading) ? String(reading.best) : reading?.verdict === "not_a_digit" ? "–" : "";
}

function numbersAsText(lines) {
  return lines.map((line) => line.text_with_separators).join("\n");
}

function sureOf(lines) {
  const [least] = [...lines].sort((a, b) => a.confidence - b.confidence);
  const sure = least.verdict === "number" ? sureness(least.confidence) : "Not sure";
  return `${sure}: ${percent(least.confidence)}${lines.length > 1 ? " for the least sure number" : ""}`;
}

function leastSure(digits) {
  return [...digits].sort((a, b) => a.confidence - b.confidence)[0];
}

function sureness(confidence) {
  if (confidence >= 0.99) return "Very sure";
  return confidence >= 0.9 ? "Sure" : confidence >= 0.7 ? "Fairly sure" : "Not very sure";
}

function alternatives(reading) {
  const [, ...rest] = ranked(reading);
  const [second, third] = rest.map((digit) => `${digit} (${percent(shareOf(reading, digit))})`);
  return `Then ${second} and ${third}`;
}
