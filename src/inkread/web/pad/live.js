// Asks for readings: one request at a time, the newest drawing wins.

import { painted, toPng } from "./drawing.js";

// Between two requests, while the pen is down: short at first, then longer, so that a digit of several
// seconds is asked for about ten times. When the pen goes up nothing is waited for.
const FIRST_GAP_MS = 60;
const GROWTH = 1.4;
const LONGEST_GAP_MS = 800;

export class Live {
  /**
   * api     address that takes a PNG by POST and answers as /api/v1/read does
   * answer  called with each reading, or null and what is wrong
   */
  constructor(api, answer) {
    Object.assign(this, { api, answer, newest: null, busy: false, urgent: false, asked: 0, cancelled: 0 });
    this.hurry = () => {};
    this.stopping = new AbortController();
  }

  /** Read strokes as soon as the reader is free; `now` where a person waits for the answer. */
  read(strokes, { now = false } = {}) {
    this.newest = strokes.map((stroke) => ({ ...stroke, points: [...stroke.points] }));
    if (!strokes.length) this.asked = 0;
    if (now) {
      this.urgent = true;
      this.hurry();
    }
    if (!this.busy) this.run();
  }

  async run() {
    this.busy = true;
    while (this.newest && !this.stopping.signal.aborted) {
      const strokes = this.newest;
      this.newest = null;
      this.urgent = false;
      const started = performance.now();
      await this.ask(strokes);
      const gap = Math.min(LONGEST_GAP_MS, FIRST_GAP_MS * GROWTH ** this.asked);
      this.asked += 1;
      if (!this.urgent) await this.rest(gap - (performance.now() - started));
    }
    this.busy = false;
  }

  rest(milliseconds) {
    return new Promise((resolve) => {
      this.hurry = resolve;
      setTimeout(resolve, milliseconds);
    });
  }

  async ask(strokes) {
    if (!strokes.length) return this.answer(null);
    const { cancelled } = this;
    try {
      const reading = await post(this.api, strokes, this.stopping.signal);
      // A drawing that was cleared meanwhile has no answer any more.
      if (cancelled === this.cancelled && (!this.newest || this.newest.length)) this.answer(reading);
    } catch (error) {
      if (cancelled === this.cancelled && error.name !== "AbortError") this.answer(null, error.message);
    }
  }

  /** Answer nothing of what was asked so far. */
  cancel() {
    this.newest = null;
    this.cancelled += 1;
  }

  stop() {
    this.stopping.abort();
  }
}

/** Return the reading of strokes; `query` adds to what is asked for. */
export async function post(api, strokes, signal, query = {}) {
  const address = new URL(api, document.baseURI);
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
  const body = toPng(painted(strokes));
  const headers = { "Content-Type": "image/png" };
  let response;
  try {
    response = await fetch(address, { method: "POST", headers, body, signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("The reader cannot be reached. Draw on to try again.");
  }
  const content = await response.json().catch(() => ({}));
  if (response.ok) return content;
  if (content.error) throw new Error([content.error, content.hint].filter(Boolean).join(": "));
  throw new Error(`The reader answered ${response.status}. Draw on to try again.`);
}
