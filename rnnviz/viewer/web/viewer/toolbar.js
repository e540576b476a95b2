/**
 * What stands around the stage: the controls and their names, legend, sizes that follow the layout.
 */

import { fill, whole } from "./words.js";
import { setAttribute, setStyle } from "./writing.js";

const LEVELS = ["mean", "minimum", "maximum"];
const BODY = `
  <div class="rv-bar">
    <div class="rv-legend"></div>
    <div class="rv-tools">
      <select class="rv-level"></select>
      <button type="button" class="rv-zoom" data-icon="zoom" aria-pressed="false"></button>
      <button type="button" class="rv-reset" data-icon="reset"></button>
      <button type="button" class="rv-camera" data-icon="camera"></button>
      <button type="button" class="rv-keys-button" data-icon="keys"></button>
    </div>
  </div>
  <div class="rv-stage" tabindex="0" role="application"></div>
  <div class="rv-time">
    <button type="button" class="rv-play" data-icon="play"></button>
    <div class="rv-track"><input type="range" class="rv-cursor" step="1"></div>
    <output class="rv-step"><b></b><span></span></output>
    <select class="rv-speed"></select>
  </div>
  <p class="rv-live" aria-live="polite"></p>`;
const PARTS = ["legend", "level", "zoom", "reset", "camera", "keys-button", "stage", "play", "cursor", "step", "speed", "live"];

/** Fill a viewer's element, and return its parts by name. */
export function build(root) {
  root.innerHTML = BODY;
  return Object.fromEntries(PARTS.map((name) => [name, root.querySelector(`.rv-${name}`)]));
}

/** Name and place everything around the stage; cheap, so done at every redraw. */
export function furnish(root, parts, stage) {
  const { picture, isNarrow } = stage;
  const { words, timesteps, first } = picture;
  root.classList.toggle("rv-large", picture.presentation);
  root.classList.toggle("rv-narrow", isNarrow);
  setAttribute(parts.cursor, "min", String(first));
  setAttribute(parts.cursor, "max", String(timesteps - 1 + first));
  setAttribute(parts.cursor, "aria-label", words.cursor);
  for (const name of ["zoom", "reset", "camera", "keys-button"]) {
    setAttribute(parts[name], "title", words[name]);
    setAttribute(parts[name], "aria-label", words[name]);
  }
  offerLevels(parts.level, stage);
  drawLegend(parts.legend, picture);
  place(root, stage);
  showWindow(root, parts.reset, stage);
  setAttribute(stage.element, "aria-label", description(picture));
}

/** Mark on the slider's track which part of the run is visible; offer the way back to all of it. */
export function showWindow(root, reset, stage) {
  const { step, end, unit, top } = stage.view;
  setAttribute(root, "data-window", [step, end, unit, top].join(" ")); // for tests and measurements
  const { timesteps } = stage.picture;
  setStyle(root, "--rv-from", `${(100 * step) / timesteps}%`);
  setStyle(root, "--rv-to", `${(100 * end) / timesteps}%`);
  reset.hidden = !stage.window;
}

/** What a reduced picture shows of each block; nothing to choose where nothing is reduced. */
function offerLevels(select, { picture: { words, tiles }, level }) {
  select.hidden = !tiles.some((tile) => tile.levels.minimum);
  setAttribute(select, "aria-label", words.level);
  setAttribute(select, "title", words.level);
  if (select.options[0]?.text === words.mean) return;
  select.replaceChildren(...LEVELS.map((name) => new Option(words[name], name)));
  select.value = level;
}

/** Which marks are to be seen: exactly 1, exactly −1, infinite, not a number. */
export function marksOf({ field, tiles }) {
  const holds = (name, shade) =>
    tiles.some(({ levels }) => (levels[name] ?? levels.mean).includes(shade));
  const marks = [];
  if (field.highTitle && holds("maximum", 255)) marks.push(["high", field.highTitle]);
  if (field.lowTitle && holds("minimum", 1)) marks.push(["low", field.lowTitle]);
  if (field.missingTitle && holds("mean", 0)) marks.push(["missing", field.missingTitle]);
  if (field.ownTitle) marks.push(["own", field.ownTitle]);
  return marks;
}

function drawLegend(legend, picture) {
  const marks = marksOf(picture);
  const text = JSON.stringify(marks);
  if (text === legend.dataset.marks) return;
  legend.dataset.marks = text;
  legend.replaceChildren(
    ...marks.map(([end, title]) => {
      const entry = document.createElement("span");
      entry.className = `rv-mark rv-mark-${end}`;
      entry.append(title);
      return entry;
    }),
  );
}

/** Let bar and slider span the heatmap, so that the thumb stands under the cursor line. */
function place(root, { heat, picture, width, table, theme, kind }) {
  const css = (colour) => `rgb(${colour & 255} ${(colour >> 8) & 255} ${(colour >> 16) & 255})`;
  const values = {
    "--rv-left": `${heat.x}px`,
    "--rv-width": `${heat.width}px`,
    "--rv-right": `${width - heat.x - heat.width}px`,
    "--rv-cell": `${heat.width / picture.timesteps}px`,
    "--rv-high": css(table[255]),
    "--rv-low": css(table[1]),
    "--rv-missing": css(table[0]),
    "--rv-middle": css(table[128]),
    "--rv-hatch": theme.hatch,
    "--rv-hatch-low": kind === "diverging" ? theme.hatch : theme.hatchFaint,
    "--rv-above": `${heat.y}px`,
  };
  for (const [name, value] of Object.entries(values)) setStyle(root, name, value);
  setAttribute(root, "data-heat", [heat.x, heat.y, heat.width, heat.height].join(" "));
}

function description({ words, timesteps, units, field, layout }) {
  const axis = layout.xaxis.title.text;
  const values = { steps: whole(timesteps), units: whole(units), axis, ...field };
  return fill(words.description, values);
}
