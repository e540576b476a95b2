/**
 * Paints the diagram of one step: matrices and strips in their colours, the sum, the curve of the
 * activation, and the way of the state back to the next step. Lines are as wide as what they carry.
 */

import { activation } from "./activations.js";
import { image } from "./colours.js";
import { strength } from "./model.js";
import { brief } from "./numbers.js";

const WIDEST = 9;

/** Paint all parts at a timestep; `look` holds theme, scales, letter and the plan. */
export function paintStep(pen, model, at, unit, look) {
  const { plan } = look;
  const flow = strengths(model, at, look.gate);
  plan.parts.forEach((part, i) => {
    if (part.kind === "matrix") paintMatrix(pen, model, part, at, look);
    else if (part.kind === "strip") paintStrip(pen, part, at, look);
    else if (part.kind === "curve") paintCurve(pen, model, part, at, unit, look);
    else paintOp(pen, part, plan.parts[i - 1], flow, look);
  });
  if (plan.single && model.opened.recurrent) paintLoop(pen, flow, look);
  paintUnit(pen, model, unit, look);
  plan.parts.forEach((part) => paintNumbers(pen, model, part, at, unit, look));
}

/** Which share of the sum comes from the input, from the state before, and from the bias. */
function strengths(model, at, gate) {
  const terms = at.gates[gate];
  if (!terms) return { Wx: 0.5, Uh: 0.5, b: 0.2, h: 0.5 };
  const [Wx, Uh, b] = [terms.fromInput, terms.fromState, terms.bias].map(strength);
  const whole = Wx + Uh + b || 1;
  const most = Math.max(Math.abs(model.state.low), Math.abs(model.state.high)) || 1;
  return { Wx: Wx / whole, Uh: Uh / whole, b: b / whole, h: Math.min(1, strength(at.state) / most) };
}

function paintMatrix(pen, model, part, at, { scales, theme, images, gate }) {
  const index = Math.max(0, (model.gates ?? []).indexOf(gate));
  // Weights that are all scaled alike have the colours that they had; those that are all 0 have not.
  const key = `${part.name}.${index}.${model.weightLimit > 0}`;
  if (!images.has(key)) {
    const { rows, columns, at: value } = model.matrix(part.name, index);
    images.set(key, image(rows, columns, value, scales.weight));
  }
  pen.imageSmoothingEnabled = false;
  pen.drawImage(images.get(key), part.x, part.y, part.width, part.height);
  outline(pen, part, theme);
  const { above } = part;
  paintCells(pen, above.values(at), above, scales[above.scale], true);
  outline(pen, above, theme);
}

function paintStrip(pen, part, at, { scales, theme }) {
  const values = part.values(at);
  if (!values) return;
  paintCells(pen, values, part, scales[part.scale], false);
  outline(pen, part, theme);
}

/** Cells of a vector, from the top (or the left) on; with less than a pixel each, every k-th. */
function paintCells(pen, values, { x, y, width, height }, scale, across) {
  const length = across ? width : height;
  const count = values.length;
  const stride = Math.max(1, Math.floor(count / (2 * length)));
  for (let i = 0; i < count; i += stride) {
    const [from, to] = [(i / count) * length, (Math.min(count, i + stride) / count) * length];
    pen.fillStyle = scale.css(values[i]);
    if (across) pen.fillRect(x + from, y, to - from + 0.3, height);
    else pen.fillRect(x, y + from, width, to - from + 0.3);
  }
}

function outline(pen, { x, y, width, height }, theme) {
  pen.strokeStyle = theme.axis;
  pen.lineWidth = 0.75;
  pen.strokeRect(x - 0.5, y - 0.5, width + 1, height + 1);
}

function paintOp(pen, part, before, flow, { theme, letter }) {
  const y = part.y + part.height / 2;
  const share = flow[before?.id] ?? 0.15;
  pen.strokeStyle = theme.axis;
  pen.lineWidth = 0.5 + WIDEST * share;
  if (before && part.label) {
    pen.beginPath();
    pen.moveTo(part.x + 1, y);
    pen.lineTo(part.x + part.width - 1, y);
    pen.globalAlpha = 0.55;
    pen.stroke();
    pen.globalAlpha = 1;
  }
  pen.fillStyle = theme.text;
  pen.font = `600 ${letter}px ${theme.font}`;
  pen.textAlign = "center";
  pen.textBaseline = "bottom";
  pen.fillText(part.label, part.x + part.width / 2, y - 5);
}

/** The activation with every unit on it, the chosen one large. */
function paintCurve(pen, model, part, at, unit, { theme, gate, scales }) {
  const apply = activation(part.label);
  const { z, value } = at.gates[gate];
  const limit = Math.min(40, Math.max(3, model.argumentLimit));
  const [low, high] = [apply(-limit), apply(limit)];
  const x = (one) => part.x + ((Math.min(limit, Math.max(-limit, one)) + limit) / (2 * limit)) * part.width;
  const y = (one) => part.y + 3 + (1 - (one - low) / (high - low || 1)) * (part.height - 6);
  pen.fillStyle = theme.grid;
  pen.globalAlpha = 0.5;
  pen.fillRect(part.x, part.y, part.width, part.height);
  pen.globalAlpha = 1;
  outline(pen, part, theme);
  pen.strokeStyle = theme.muted;
  pen.lineWidth = 1.2;
  pen.beginPath();
  for (let i = 0; i <= 60; i++) {
    const one = -limit + (2 * limit * i) / 60;
    pen.lineTo(x(one), y(apply(one)));
  }
  pen.stroke();
  const stride = Math.max(1, Math.ceil(z.length / 64));
  for (let u = 0; u < z.length; u += stride) {
    pen.fillStyle = scales.state.css(value[u]);
    pen.fillRect(x(z[u]) - 1.5, y(value[u]) - 1.5, 3, 3);
  }
  dot(pen, x(z[unit]), y(value[unit]), 4, scales.state.css(value[unit]), theme.cursor);
}

function dot(pen, x, y, size, fill, line) {
  if (!Number.isFinite(x) || !Number.isFinite(y)) return;
  pen.beginPath();
  pen.arc(x, y, size, 0, 2 * Math.PI);
  pen.fillStyle = fill;
  pen.fill();
  pen.lineWidth = 0.8;
  pen.strokeStyle = line;
  pen.stroke();
}

/** From h back over everything to the top of U: what makes the network recurrent. */
function paintLoop(pen, flow, { plan, theme, scales }) {
  const from = plan.parts.find(({ id }) => id === "h");
  const to = plan.parts.find(({ id }) => id === "U").above;
  const y = 7;
  const [right, left] = [from.x + from.width / 2, to.x + to.width - 8];
  pen.strokeStyle = pen.fillStyle = scales.state.css(scales.state.high * 0.6);
  pen.lineWidth = 1 + (WIDEST - 3) * flow.Uh;
  pen.lineJoin = "round";
  pen.beginPath();
  pen.moveTo(right, from.y - 2);
  pen.lineTo(right, y);
  pen.lineTo(left, y);
  pen.lineTo(left, to.y - 7);
  pen.stroke();
  pen.beginPath();
  pen.moveTo(left - 6, to.y - 8);
  pen.lineTo(left + 6, to.y - 8);
  pen.lineTo(left, to.y - 1);
  pen.fill();
}

/** A line through the row of the chosen unit, in everything that has one row a unit. */
function paintUnit(pen, model, unit, { plan, theme }) {
  const { rows } = model.matrix("kernel");
  for (const { kind, x, y, width, height } of plan.parts) {
    if (kind !== "matrix" && kind !== "strip") continue;
    const size = Math.max(2, height / rows);
    const top = y + (Math.min(unit, rows - 1) + 0.5) * (height / rows) - size / 2;
    for (const [thick, colour] of [[3, theme.halo], [1.2, theme.cursor]]) {
      pen.lineWidth = thick;
      pen.strokeStyle = colour;
      pen.strokeRect(x - 1.5, top - 1, width + 3, size + 2);
    }
  }
}

/** The name of a part above it, and its number at the chosen unit below. */
function paintNumbers(pen, model, part, at, unit, { theme, letter, words, width }) {
  if (part.kind === "op") return;
  const x = part.x + part.width / 2;
  const size = letter - 1;
  pen.textAlign = "center";
  pen.textBaseline = "top";
  pen.fillStyle = theme.text;
  pen.font = `600 ${size}px ${theme.font}`;
  const below = part.y + part.height + 4;
  pen.fillText(part.label, x, below);
  pen.font = `${size}px ${theme.font}`;
  pen.fillStyle = theme.muted;
  const number = numberOf(model, part, at, unit);
  const half = pen.measureText(number).width / 2;
  pen.fillText(number, Math.max(half, Math.min(x, width - half)), below + letter + 1);
  if (!part.above) return;
  pen.textBaseline = "bottom";
  const t = at.t + model.first;
  const before = at.t ? words.h_at.replace("{t}", t - 1) : words.h_start;
  const name = part.above.id === "x" ? words.x_at.replace("{t}", t) : before;
  const token = part.above.id === "x" ? model.tokens[at.t] : undefined;
  pen.fillStyle = theme.text;
  pen.textAlign = "left";
  pen.fillText(token === undefined ? name : `${name} · ${token}`, part.x, part.above.y - 2);
}

function numberOf(model, part, at, unit) {
  if (part.kind === "matrix") {
    const { rows, columns } = model.matrix(part.name);
    return model.exact ? `(${rows}, ${columns})` : "≈";
  }
  if (part.kind === "curve") return "";
  const values = part.values(at);
  return values ? brief(values[Math.min(unit, values.length - 1)]) : "";
}
