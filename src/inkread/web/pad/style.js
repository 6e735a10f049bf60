// How the pad looks: ink on paper by day, chalk on slate by night.

export const CSS = `
.inkread-around { container-type: inline-size; }
.inkread {
  --paper: var(--st-secondary-background-color, light-dark(#f6f1e7, #22272b));
  --text: var(--st-text-color, light-dark(#22252b, #ece8df));
  --line: var(--st-border-color, light-dark(#d9d0bf, #424a50));
  --accent: var(--st-primary-color, light-dark(#1f4e8c, #8fb8ea));
  align-items: start;
  color: var(--text);
  display: grid;
  font-family: var(--st-font, system-ui, sans-serif);
  gap: 1rem 2.5rem;
  grid-template: "board summary" auto "board closer" 1fr / minmax(0, 22rem) minmax(0, 1fr);
  max-width: 56rem;
}
.inkread.alone { display: block; }
.inkread.alone .closer { margin-top: 1rem; }
.inkread.alone .tools { margin-top: 0; max-width: none; }
.inkread.alone p:empty { min-height: 0; }
.inkread .board { grid-area: board; }
.inkread .summary { grid-area: summary; }
.inkread .closer { grid-area: closer; }
.inkread .details { display: flex; flex-wrap: wrap; gap: 1rem 2rem; }
.inkread .choice { display: flex; flex-wrap: wrap; gap: 0.5rem; margin-bottom: 1rem; }
.inkread .choice:empty { display: none; }
.inkread .choice button { flex: none; font-size: 1.25rem; min-width: 3.5rem; padding: 0.25rem 0.5rem; }
.inkread .choice span { display: block; font-size: 0.75rem; white-space: nowrap; }
.inkread .choice .unsure { border-style: dashed; }
.inkread canvas { box-sizing: border-box; display: block; }
.inkread [aria-label^="Drawing pad"] {
  aspect-ratio: 1;
  background: var(--paper);
  border: 1px solid var(--line);
  border-radius: 12px;
  cursor: crosshair;
  max-width: 22rem;
  touch-action: none;
  user-select: none;
  width: 100%;
}
.inkread :is(canvas, button, summary, input):focus-visible {
  outline: 3px solid var(--accent);
  outline-offset: 2px;
}
.inkread .tools {
  align-items: center;
  display: flex;
  flex-wrap: wrap;
  gap: 0.5rem;
  margin-top: 0.75rem;
  max-width: 22rem;
}
.inkread .tools:has(> [hidden]:only-child) { display: none; }
.inkread button {
  background: transparent;
  border: 1px solid var(--line);
  border-radius: 8px;
  color: inherit;
  cursor: pointer;
  flex: 1;
  font: inherit;
  min-height: 44px;
  min-width: 5rem;
  padding: 0 0.75rem;
}
.inkread button:hover:not(:disabled) { border-color: var(--accent); }
.inkread button:disabled { cursor: default; opacity: 0.5; }
.inkread button[aria-pressed="true"] { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); }
.inkread .predict { background: var(--accent); border-color: var(--accent); color: var(--paper); }
.inkread label { align-items: center; display: flex; flex: 1; gap: 0.5rem; min-height: 44px; white-space: nowrap; }
.inkread input { accent-color: var(--accent); }
.inkread input[type="range"] { min-width: 4rem; width: 100%; }
.inkread input[type="checkbox"] { height: 1.25rem; width: 1.25rem; }
.inkread input[type="color"] { background: none; border: 1px solid var(--line); border-radius: 8px; height: 40px; width: 56px; }
.inkread summary { cursor: pointer; margin-top: 0.5rem; min-height: 44px; line-height: 44px; width: fit-content; }
.inkread .digit {
  color: var(--accent);
  display: block;
  font-family: var(--st-heading-font, Georgia, serif);
  font-size: min(9rem, calc((100cqi - 24.5rem) * 1.7 / var(--characters, 1)));
  font-variant-numeric: lining-nums;
  font-weight: 600;
  line-height: 1;
  min-height: 9rem;
  white-space: pre;
}
.inkread p { margin: 0; min-height: 1.5em; }
.inkread .words { font-size: 1.15rem; }
.inkread .others { opacity: 0.85; }
.inkread .bars { border-collapse: collapse; flex: 1 1 13rem; max-width: 18rem; }
.inkread .bars th { font-weight: 400; padding: 0 0.75rem 0 0; text-align: left; width: 1ch; }
.inkread .bars td { padding: 2px 0; }
.inkread .bars .best { font-weight: 700; }
.inkread .bars .best th { font-weight: 700; }
.inkread .bars .share { padding-left: 0.75rem; text-align: right; white-space: nowrap; width: 7ch; }
.inkread .bar { background: var(--line); border-radius: 4px; height: 10px; }
.inkread .bar > div { background: var(--accent); border-radius: 4px; height: 100%; width: 0; }
.inkread figure { align-content: start; display: grid; gap: 0.5rem; margin: 0; width: 9rem; }
.inkread figure canvas {
  aspect-ratio: 1;
  background: #fff;
  border: 1px solid var(--line);
  border-radius: 8px;
  image-rendering: pixelated;
  width: 9rem;
}
.inkread figcaption { font-size: 0.875rem; min-height: 2.6em; }
.inkread .beside .closer { margin: 0; }
.inkread .beside { display: grid; gap: 1rem 2rem; grid-template-columns: minmax(0, 1fr); }
.inkread .scroller { border: 1px solid var(--line); border-radius: 8px; max-height: 75vh; overflow: auto; }
.inkread .scroller:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.inkread .sheet { container-type: inline-size; position: relative; width: 100%; }
.inkread .sheet img { display: block; height: 100%; width: 100%; }
.inkread .sheet > :is(.box, .outline) { box-sizing: content-box; position: absolute; }
.inkread .outline { border: 2px solid #1f4e8c; border-radius: 6px; box-shadow: 0 0 0 2px #fff; margin: -7px; padding: 5px; }
.inkread .box { border-radius: 3px; min-height: 0; min-width: 0; padding: 0; }
.inkread .sheet > .box { box-shadow: 0 0 0 1px #fff; } /* seen on paper of any shade */
.inkread .box.sure { border: 1px solid #1f6fd1; margin: -1px; }
.inkread .box.fair { border: 2px solid #b36b00; margin: -2px; }
.inkread .box.unsure { border: 2px dashed #c4314b; margin: -2px; }
.inkread .box.mended { border: 4px double #19752f; margin: -4px; }
.inkread .sheet > .box[aria-pressed="true"] { background: rgb(31 111 209 / 0.2); box-shadow: 0 0 0 3px #1f6fd1; }
.inkread .box > span {
  background: rgb(255 255 255 / 0.85);
  border-radius: 3px;
  bottom: 100%;
  color: #22252b;
  font-size: clamp(0.6rem, var(--size), 1.1rem);
  left: 0;
  line-height: 1.1;
  padding: 0 2px;
  position: absolute;
}
.inkread .under { display: flex; flex-wrap: wrap; gap: 0.5rem 1.5rem; justify-content: space-between; margin-top: 0.5rem; }
.inkread .legend { align-items: center; display: flex; flex-wrap: wrap; font-size: 0.875rem; gap: 0.25rem 1rem; }
.inkread .legend .box { display: inline-block; height: 1.1em; margin: 0 0.4em 0 0; vertical-align: text-bottom; width: 0.9em; }
.inkread .zoom { align-items: center; display: flex; gap: 0.5rem; }
.inkread .zoom button { flex: none; font-size: 1.25rem; min-width: 44px; }
.inkread .zoom output { min-width: 3.5rem; text-align: center; }
.inkread h3 { font: 600 1.1rem var(--st-heading-font, Georgia, serif); margin: 0 0 0.5rem; }
.inkread .fixes { display: flex; flex-wrap: wrap; gap: 0.35rem; margin-bottom: 1rem; }
.inkread .fixes button { flex: none; min-width: 44px; }
.inkread .numbers { border-collapse: collapse; margin: 0.5rem 0 0.75rem; max-width: 40rem; width: 100%; }
.inkread .numbers caption { font-weight: 600; padding: 0.25rem 0; text-align: left; }
.inkread .numbers th { font-size: 0.875rem; font-weight: 400; text-align: left; }
.inkread .numbers :is(th, td) { border-bottom: 1px solid var(--line); padding: 0.25rem 0.5rem 0.25rem 0; }
.inkread .numbers .chosen td { background: color-mix(in srgb, var(--accent) 12%, transparent); }
.inkread .numbers .removed input { text-decoration: line-through; }
.inkread .numbers td:last-child { text-align: right; width: 1%; }
.inkread .numbers button { white-space: nowrap; }
.inkread .numbers input {
  background: var(--paper);
  border: 1px solid var(--line);
  border-radius: 8px;
  box-sizing: border-box;
  color: inherit;
  font: inherit;
  font-variant-numeric: tabular-nums lining-nums;
  min-height: 44px;
  padding: 0 0.75rem;
  width: 100%;
}
.inkread [hidden] { display: none !important; }
@container (min-width: 50rem) {
  .inkread .beside { grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); }
}
@container (max-width: 36rem) {
  .inkread { grid-template: "summary" "board" "closer" / minmax(0, 1fr); }
  .inkread .summary { align-items: center; display: flex; gap: 1rem; min-height: 5rem; }
  .inkread .digit { font-size: min(5rem, calc(90cqi / var(--characters, 1))); min-height: 0; min-width: 3rem; }
}
`;
