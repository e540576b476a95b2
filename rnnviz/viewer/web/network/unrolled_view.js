/**
 * The network unrolled in time: a column a timestep around the cursor, from the input up through
 * every layer to the head; lines as wide as what they carry. It slides with the cursor.
 */

import { strength } from "./model.js";

const COLUMN = 76;
const STRIP = 16;
const WIDEST = 8;

/** How tall the picture is. */
export function unrolledHeight({ plan }) {
  return Math.max(190, plan.height);
}

/** Paint the timesteps around the cursor; returns the columns as {step, x, width}. */
export function paintUnrolled(pen, model, at, unit, look, width) {
  const { theme, letter } = look;
  const count = Math.max(3, Math.floor(width / COLUMN)) | 1;
  const each = width / count;
  const first = at.t - (count - 1) / 2;
  const rows = rowsOf(model, unrolledHeight(look), letter);
  const columns = [];
  for (let i = 0; i < count; i++) {
    const step = first + i;
    if (step < 0 || step >= model.timesteps) continue;
    const column = { step, x: i * each, width: each, middle: (i + 0.5) * each };
    columns.push(column);
    paintColumn(pen, model, column, rows, look, step === at.t);
  }
  pen.font = `600 ${letter}px ${theme.font}`;
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  pen.fillStyle = theme.muted;
  for (const { name, y, height } of rows) {
    if (columns[0]?.x > 40) pen.fillText(name, 2, y + height / 2, columns[0].x);
  }
  return columns;
}

/** Where each layer's states lie: the head on top, then the layers, the input at the bottom. */
function rowsOf(model, height, letter) {
  const layers = model.layers.map((layer) => ({ kind: "layer", layer, name: layer.name }));
  const head = model.head ? [{ kind: "head", name: model.head.name }] : [];
  const all = [{ kind: "input", name: "x" }, ...layers, ...head].reverse();
  const room = height - letter - 14;
  const weights = all.map(({ kind }) => (kind === "layer" ? 2 : 1));
  const whole = weights.reduce((sum, one) => sum + one, 0);
  const gap = 18;
  let y = 8;
  return all.map((row, i) => {
    const size = ((room - gap * (all.length - 1)) * weights[i]) / whole;
    const place = { ...row, y, height: size };
    y += size + gap;
    return place;
  });
}

function paintColumn(pen, model, column, rows, look, isHere) {
  const { theme, letter, gate, scales } = look;
  const { middle, step, x, width } = column;
  if (isHere) {
    pen.fillStyle = theme.grid;
    pen.globalAlpha = 0.6;
    pen.fillRect(x + 2, 0, width - 4, rows.at(-1).y + rows.at(-1).height + letter + 10);
    pen.globalAlpha = 1;
  }
  rows.forEach((row, i) => {
    const values = valuesOf(model, row, step);
    const below = rows[i + 1];
    if (below) arrow(pen, middle, below.y - 2, middle, row.y + row.height + 2, share(model, row, step, gate, "Wx"), theme);
    if (row.kind === "layer" && step > 0) {
      const y = row.y + row.height / 2;
      const ends = [middle - width + STRIP / 2 + 2, middle - STRIP / 2 - 2];
      if (row.layer.turned) ends.reverse(); // its state comes from the column after
      arrow(pen, ends[0], y, ends[1], y, share(model, row, step, gate, "Uh"), theme);
    }
    if (values) paintStrip(pen, values, middle, row, scaleOf(model, row, scales));
    pen.strokeStyle = isHere ? theme.cursor : theme.axis;
    pen.lineWidth = isHere ? 1.5 : 0.75;
    pen.strokeRect(middle - STRIP / 2 - 0.5, row.y - 0.5, STRIP + 1, row.height + 1);
  });
  pen.font = `${isHere ? 600 : 400} ${letter}px ${theme.font}`;
  pen.textAlign = "center";
  pen.textBaseline = "top";
  pen.fillStyle = theme.text;
  const foot = rows.at(-1).y + rows.at(-1).height + 4;
  const token = model.tokens[step];
  pen.fillText(token === undefined ? `t = ${step + model.first}` : `${step + model.first} · ${token}`, middle, foot, width - 6);
}

function valuesOf(model, { kind, layer }, step) {
  if (kind === "input") return model.layer === 0 ? model.inputAt(step) : inputBelow(model, step);
  if (kind === "layer") return model.stateAt(step, layer);
  const own = model.ownStep(step, model.layers.at(-1));
  return model.head.readings.subarray(own * model.head.units, (own + 1) * model.head.units);
}

function inputBelow(model, step) {
  const { inputs, shapes } = model.layers[0];
  const [steps, features] = shapes.inputs;
  const own = model.ownStep(step, model.layers[0]);
  const place = Math.min(steps - 1, Math.floor((own * steps) / model.timesteps));
  return inputs.subarray(place * features, (place + 1) * features);
}

function scaleOf(model, { kind }, scales) {
  if (kind === "input") return scales.input;
  return kind === "head" ? scales.head : scales.state;
}

/** How much of the opened layer's sum comes over a line; the others' lines say nothing of that. */
function share(model, row, step, gate, from) {
  if (row.layer !== model.opened || !gate) return 0.15;
  const { fromInput, fromState, bias } = model.at(step).gates[gate];
  const [Wx, Uh, b] = [fromInput, fromState, bias].map(strength);
  return (from === "Wx" ? Wx : Uh) / (Wx + Uh + b || 1);
}

function paintStrip(pen, values, middle, { y, height }, scale) {
  const count = values.length;
  const stride = Math.max(1, Math.floor(count / (2 * height)));
  for (let i = 0; i < count; i += stride) {
    const [from, to] = [(i / count) * height, (Math.min(count, i + stride) / count) * height];
    pen.fillStyle = scale.css(values[i]);
    pen.fillRect(middle - STRIP / 2, y + from, STRIP, to - from + 0.3);
  }
}

function arrow(pen, x, y, toX, toY, size, theme) {
  const angle = Math.atan2(toY - y, toX - x);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const at = (along, across) => [toX - along * cos - across * sin, toY - along * sin + across * cos];
  pen.strokeStyle = pen.fillStyle = theme.muted;
  pen.lineWidth = 0.6 + WIDEST * size;
  pen.beginPath();
  pen.moveTo(x, y);
  pen.lineTo(...at(6, 0));
  pen.stroke();
  pen.beginPath();
  pen.moveTo(...at(7, -4 - 2 * size));
  pen.lineTo(...at(7, 4 + 2 * size));
  pen.lineTo(toX, toY);
  pen.fill();
}

/** The timestep of the column under a place; null where there is none. */
export function columnAt(columns, x) {
  return columns?.find((one) => x >= one.x && x < one.x + one.width)?.step ?? null;
}
