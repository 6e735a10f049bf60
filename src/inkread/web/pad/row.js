// A number in the table: as it was read, and as a person mends it.

/** `line` is the number as it was read, null of one that was added; `index` its place among those read. */
export class Row {
  constructor(index, line, { text, removed = false } = {}) {
    this.index = index;
    this.line = line;
    this.text = text ?? line?.text_with_separators ?? "";
    this.removed = removed;
  }

  get isMended() {
    return this.removed || this.text !== (this.line?.text_with_separators ?? "");
  }

  /** What each digit that was read is now; null of those that no longer are there. */
  get labels() {
    const read = this.line.digits.map(({ best }) => String(best));
    const now = [...this.text].filter((sign) => /[0-9]/.test(sign));
    if (this.removed) return read.map(() => null);
    if (this.chosen) return this.chosen;
    return now.length === read.length ? now : read;
  }

  /** Call one digit otherwise, or none. */
  mend(place, label) {
    this.chosen = this.labels.map((each, at) => (at === place ? label : each));
    const left = ({ box }) => box.left + box.width / 2;
    const signs = [
      ...this.line.digits.map((each, at) => [left(each), this.chosen[at] ?? ""]),
      ...this.line.separators.map((each) => [left(each), each.sign]),
    ];
    this.text = signs.sort(([one], [other]) => one - other).map(([, sign]) => sign).join("");
  }

  write(text) {
    this.text = text;
    this.chosen = null;
  }
}
