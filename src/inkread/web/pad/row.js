// A number in the table: as it was read, and as a person mends it.

/** `line` is the number as it was read, null of one that was added; `index` its place among those read. */
export class Row {
  constructor(index, line, { text, removed = false, chosen = null, around = null } = {}) {
    Object.assign(this, { index, line, chosen, around });
    this.text = text ?? line?.text_with_separators ?? "";
    this.removed = removed;
  }

  get isMended() {
    return this.removed || this.text !== (this.line?.text_with_separators ?? "");
  }

  /** What each digit that was read is now; null of those that no longer are there. */
  get labels() {
    const read = this.line.digits.map(({ best }) => String(best));
    if (this.removed) return read.map(() => null);
    if (this.chosen) return this.chosen;
    const now = this.text.match(/[0-9]/g) ?? [];
    return now.length === read.length ? now : read;
  }

  /** Whether one of its digits can be mended: not where other ones were written in their place. */
  get canBeMended() {
    return !this.removed && this.beside.length === this.line.digits.length + 1;
  }

  /** What stands before, between and after the digits; nothing where none of them was taken for the text. */
  get beside() {
    const read = this.line.text_with_separators || "0".repeat(this.line.digits.length);
    return this.around ?? (this.isMended ? this.text : read).split(/[0-9]/);
  }

  /** Call one digit otherwise, or none; what a person wrote around it stays. */
  mend(place, label) {
    const labels = this.labels.map((each, at) => (at === place ? label : each));
    this.around = this.beside;
    this.chosen = labels;
    this.text = this.around.map((words, at) => words + (labels[at] ?? "")).join("");
  }

  write(text) {
    this.text = text;
    this.chosen = this.around = null;
  }
}
