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
  grid-template: "board summary" auto "board details" 1fr / minmax(0, 22rem) minmax(0, 1fr);
  max-width: 56rem;
}
.inkread.alone { display: block; }
.inkread.alone .details { margin-top: 1rem; }
.inkread.alone .tools { margin-top: 0; max-width: none; }
.inkread.alone p:empty { min-height: 0; }
.inkread .board { grid-area: board; }
.inkread .summary { grid-area: summary; }
.inkread .details { display: flex; flex-wrap: wrap; gap: 1rem 2rem; grid-area: details; }
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
  font-size: 9rem;
  font-variant-numeric: lining-nums;
  font-weight: 600;
  line-height: 1;
  min-height: 9rem;
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
.inkread figure { display: grid; gap: 0.5rem; margin: 0; width: 9rem; }
.inkread figure canvas {
  aspect-ratio: 1;
  background: #fff;
  border: 1px solid var(--line);
  border-radius: 8px;
  image-rendering: pixelated;
  width: 9rem;
}
.inkread figcaption { font-size: 0.875rem; min-height: 2.6em; }
@container (max-width: 36rem) {
  .inkread { grid-template: "summary" "board" "details" / minmax(0, 1fr); }
  .inkread .summary { align-items: center; display: flex; gap: 1rem; min-height: 5rem; }
  .inkread .digit { font-size: 5rem; min-height: 0; min-width: 3rem; }
}
`;
