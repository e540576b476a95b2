/**
 * The input above the states: a heatmap of many features or a curve for each of few, on the same
 * time axis, under the same cursor; tokens as text.
 *
 * A pane is the stage with another place, other values and other colours, so that cells, curves and
 * the bars beside are painted by the same functions.
 */

import { paintBeside, paintCells, paintDot, paintStrip, seriesColour, stripY } from "./panels.js";
import { seriesOf } from "./payload.js";
import { colourTable } from "./raster.js";

const COLOURS_BELOW = 2; // of the strips below, whose colours the curves do not take

/** The part of a stage that shows its input, at its place and with the room beside it. */
export function inputPane(stage, heat, beside) {
  const { picture, theme } = stage;
  const { input } = picture;
  const pane = Object.create(stage);
  Object.defineProperty(pane, "view", {
    get: () => ({ ...stage.view, unit: 0, top: input.features }),
  });
  return Object.assign(pane, {
    heat,
    beside,
    level: "mean",
    kind: input.field.kind,
    table: colourTable(theme.scales[input.field.kind], theme.missing),
    picture: { ...picture, field: input.field, tiles: input.tiles ?? [], units: input.features },
    row: { ...heat, range: stage.layout.yaxis8.range },
    input,
  });
}

/** Paint what the network reads. */
export function paintInput(pen, pane, ratio) {
  const { input } = pane;
  for (const tile of input.tiles ?? []) paintCells(pen, pane, tile, ratio);
  (input.strips ?? []).forEach((strip, i) => paintStrip(pen, pane, strip, i + COLOURS_BELOW, pane.row));
}

/** Paint the input at the cursor: bars beside the heatmap, dots on the curves. */
export function paintInputCursor(pen, pane, { step }) {
  if (!pane.input.curve) {
    paintBeside(pen, pane, { step });
    return;
  }
  const x = pane.xOf(step + 0.5);
  const { heat } = pane;
  if (x < heat.x - 1 || x > heat.x + heat.width + 1) return;
  pane.input.strips.forEach((strip, i) => {
    const value = valueAt(strip, pane, step);
    if (!Number.isFinite(value)) return;
    paintDot(pen, pane, x, stripY(pane.row, value), i + COLOURS_BELOW);
  });
}

/** What a curve is at a step; of a reduced one, the mean of its block. */
export function valueAt(strip, pane, step) {
  const { levels, steps, start } = seriesOf(strip, pane.view);
  return levels.mean[Math.floor((step - start) / steps)];
}

/** The colour of a feature's curve. */
export function curveColour(pane, feature) {
  return seriesColour(pane, feature + COLOURS_BELOW);
}
