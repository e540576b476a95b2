/**
 * What the diagram of one step is made of, and where each part lies: matrices as the lecture has
 * them (row u belongs to unit u), the vector that each is multiplied by above its columns, and all
 * vectors of units as strips beside each other, so that one row is one unit everywhere.
 */

import { cellOf } from "./cells.js";

const STRIP = 14;
const OP = 24;
const CURVE = 46;
const LEAST_MATRIX = 46;
const MOST_MATRIX = 250;
const SIDE = 8;

/** Heights of one line of the diagram, for letters of a size. */
export function heights(letter, large) {
  return { loop: 12, label: letter + 6, above: 10, body: large ? 120 : 92, below: 2 * (letter + 4) };
}

const strip = (id, label, scale, values, more = {}) => ({ kind: "strip", id, label, scale, values, ...more });
const op = (text) => ({ kind: "op", label: text });
const matrix = (id, label, name, above) => ({ kind: "matrix", id, label, name, above });

/** The parts of a step in order of reading, as [first line, second line]. */
export function partsOf(model, gate) {
  const { opened, gates } = model;
  const W = matrix("W", "W", "kernel", { id: "x", label: "x", scale: "input", values: (at) => at.x });
  const U = matrix("U", "U", "recurrent", { id: "before", label: "h₋", scale: "state", values: (at) => at.before });
  const h = strip("h", "h", "state", (at) => at.state);
  if (!gates) return [opened.recurrent ? [W, op("→"), U, op("→"), h] : [W, op("→"), h]];
  const of = (name) => (at) => at.gates[gate][name];
  const sums = [
    W, strip("Wx", "W·x", "argument", of("fromInput")), op("+"),
    U, strip("Uh", "U·h₋", "argument", of("fromState")), op("+"),
    strip("b", "b", "argument", of("bias")), op("="),
    strip("z", "z", "argument", of("z")),
  ];
  const curve = { kind: "curve", id: "activation", gate, label: model.activationOf(gate) };
  const { diagram } = cellOf(opened);
  return diagram ? [[...sums, curve], combination(model, diagram, h)] : [[...sums, curve, h]];
}

/** The line that says how the gates make the state. */
function combination(model, diagram, h) {
  const states = {
    h,
    before: strip("before", "h₋", "state", (at) => at.before),
    cellBefore: strip("cellBefore", "c₋", "cell", (at) => at.cellBefore),
    cell: strip("c", "c", "cell", (at) => at.cell),
  };
  return diagram.map((one) => {
    if (typeof one === "string") return op(one);
    if (one.activation) return op(model.opened.activation);
    if (one.state) return states[one.state];
    const scale = model.activationOf(one.gate) === "sigmoid" ? "gate" : "state";
    const values = (at) => at.gates[one.gate].value;
    return strip(`gate:${one.gate}`, one.label ?? one.gate, scale, values, { gate: one.gate });
  });
}

function fixedWidth({ kind, label }, letter) {
  if (kind === "strip") return STRIP;
  if (kind === "curve") return CURVE + 12;
  return kind === "op" ? Math.max(OP, 2.1 * letter, 8 + 0.6 * letter * label.length) : 0;
}

/** Lay the parts out in a width; returns {lines, parts, height}, parts with their places. */
export function planned(model, gate, width, letter, large) {
  const lines = partsOf(model, gate);
  const total = lines.flat().reduce((sum, part) => sum + fixedWidth(part, letter), 0);
  const joined = lines.length > 1 && total + 2 * LEAST_MATRIX + 40 < width - 2 * SIDE;
  const shown = joined ? [lines.flat()] : lines;
  const size = heights(letter, large);
  const each = Object.values(size).reduce((sum, one) => sum + one, 0);
  const parts = shown.flatMap((line, i) => placed(model, line, width, i * each, size, letter));
  return { parts, height: shown.length * each, size, single: shown.length === 1 };
}

function placed(model, line, width, top, size, letter) {
  const fixed = line.reduce((sum, part) => sum + fixedWidth(part, letter), 0);
  const matrices = line.filter(({ kind }) => kind === "matrix");
  const room = width - 2 * SIDE - fixed;
  const shares = matrices.map(({ name }) => Math.sqrt(model.matrix(name).columns));
  const whole = shares.reduce((sum, one) => sum + one, 0) || 1;
  const y = top + size.loop + size.label + size.above + 4;
  let x = SIDE;
  return line.map((part) => {
    let across = fixedWidth(part, letter);
    if (part.kind === "matrix") {
      const share = (room * shares[matrices.indexOf(part)]) / whole;
      across = Math.max(LEAST_MATRIX, Math.min(MOST_MATRIX, share)) - 4;
    }
    const place = { ...part, x, y, width: across, height: size.body, top };
    if (part.kind === "curve") Object.assign(place, { x: x + 6, width: CURVE });
    if (part.above) place.above = { ...part.above, x, y: y - size.above - 3, width: across, height: size.above };
    x += across + (part.kind === "matrix" ? 4 : 0);
    return place;
  });
}

/** The part under a point, with the unit (and feature) there; null where there is none. */
export function partAt({ parts }, model, x, y) {
  for (const part of parts) {
    const { above } = part;
    if (above && inside(above, x, y, 2)) {
      const count = model.matrix(part.name).columns;
      return { part: above, index: indexIn(x - above.x, above.width, count) };
    }
    if (part.kind === "op" || !inside(part, x, y)) continue;
    const units = model.matrix("kernel").rows;
    const hit = { part, unit: indexIn(y - part.y, part.height, units) };
    if (part.kind === "matrix") {
      hit.feature = indexIn(x - part.x, part.width, model.matrix(part.name).columns);
    }
    return hit;
  }
  return null;
}

function inside({ x: left, y: top, width, height }, x, y, slack = 0) {
  return x >= left - slack && x < left + width + slack && y >= top - slack && y < top + height + slack;
}

function indexIn(offset, length, count) {
  return Math.max(0, Math.min(count - 1, Math.floor((offset / length) * count)));
}
