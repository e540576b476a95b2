/**
 * What a run that was computed here does to its state: rnnviz/analysis/saturation.py and
 * diagnosis.py in the browser. The tests hold the sentences that come of it against Python's.
 */

import { ACTIVATIONS } from "./activations.js";
import { cellOf } from "./cells.js";
import { isBounded, nearEnd, rangeOf, slopes } from "./file_lenses.js";

const MOSTLY = 0.5;
const EDGE = 0.05;
const STRAIGHT = 0.95;
const LONG_ENOUGH = 50;
const MOST_STEPS = 200;
const LEAST_STEPS = 16;
const NUMBERS_READ = 5e7;
const MOST_ROUNDS = 40;
const SETTLED = 1e-7; // of log ‖∏J‖ a round
const SQUARES_ARE_LOST = 1e-150;

/** What pins the states of a trace, and when. */
export function saturationOf(trace) {
  const { states, units, timesteps, layer } = trace;
  const range = rangeOf(layer);
  const [low, high] = range;
  const bounded = isBounded(range);
  const near = nearEnd(range);
  let [pressed, exact, exactFrom] = [0, 0, 0];
  for (let t = 0; t < timesteps; t++) {
    let ends = 0;
    for (let i = t * units; i < (t + 1) * units; i++) {
      pressed += near(states[i]);
      if (bounded) ends += states[i] === low || states[i] === high;
    }
    exact += ends;
    if (ends < units) exactFrom = t + 1;
  }
  const from = bounded && exactFrom < timesteps ? exactFrom : null;
  return {
    bounded,
    share: pressed / states.length,
    shareExact: exact / states.length,
    exactFrom: from,
    exactValue: from === null ? null : onlyValue(states.subarray(from * units)),
  };
}

function onlyValue(states) {
  return states.every((one) => one === states[0]) ? states[0] : null;
}

/** The diagnosis of a trace: its kind and the numbers that it rests on. */
export function diagnosisOf(trace, saturation) {
  const { timesteps, units, states } = trace;
  const divergedAt = firstNotFinite(trace);
  const end = divergedAt ?? timesteps;
  const [first, steps] = lastFiniteSteps(trace, end);
  const part = states.subarray(first * units, end * units);
  const found = {
    steps,
    gradient: steps ? gradientOf(trace, first, end) : NaN,
    straightness: end ? straightness(trace, first, end) : NaN,
    lowest: part.reduce((least, one) => Math.min(least, one), Infinity),
    highest: part.reduce((most, one) => Math.max(most, one), -Infinity),
    moving: end > 0 && moves(trace, end),
    onKink: (ACTIVATIONS[trace.layer.activation].kinks ?? []).some((kink) => trace.arguments.subarray(first * units, end * units).includes(kink)),
    divergedAt,
    deadFrom: zeroFrom(trace),
  };
  found.rate = steps ? (found.gradient * Math.LN10) / steps : NaN;
  found.factor = found.rate < 700 ? Math.exp(found.rate) : found.rate >= 700 ? Infinity : NaN;
  found.reach = found.rate < 0 ? Math.log(1e-3) / found.rate : Infinity;
  found.kind = kindOf(found, saturation);
  return found;
}

function kindOf(found, saturation) {
  if (found.divergedAt !== null) return "diverged";
  if (found.deadFrom !== null) return "dead";
  const pinned = saturation.share > MOSTLY;
  if (!found.steps) return pinned ? "saturated" : "brief";
  if (found.rate > EDGE) {
    if (!saturation.bounded) return "growing";
    return found.steps >= LONG_ENOUGH && found.moving ? "chaotic" : "expanding";
  }
  if (pinned) return "saturated";
  if (found.rate >= -EDGE) return "edge";
  return found.straightness >= STRAIGHT && Number.isFinite(found.rate) ? "linear" : "contracting";
}

function firstNotFinite({ states, cells, units }) {
  const bad = (values) => (values ? values.findIndex((one) => !Number.isFinite(one)) : -1);
  const places = [bad(states), bad(cells)].filter((one) => one >= 0);
  return places.length ? Math.floor(Math.min(...places) / units) : null;
}

/** First step of the end of a run that is looked at, and how many steps that are. */
function lastFiniteSteps({ layer, units }, end) {
  if (end <= 1) return [0, 0];
  const size = units * (cellOf(layer).hasCell ? 2 : 1);
  let most = Math.floor(Math.max(LEAST_STEPS, Math.min(MOST_STEPS, NUMBERS_READ / size ** 2)));
  if (!cellOf(layer).isActivation) most = Math.max(LEAST_STEPS, Math.floor(most / 8));
  const first = Math.max(0, end - 1 - most) + 1;
  return [first, end - first];
}

function straightness(trace, first, end) {
  if (trace.gates) return NaN;
  const part = slopes(trace).subarray(first * trace.units, end * trace.units);
  const greatest = part.reduce((most, one) => Math.max(most, one), 0);
  return greatest > 0 ? part.reduce((least, one) => Math.min(least, one), Infinity) / greatest : NaN;
}

function moves({ states, cells, units, layer }, end) {
  const changed = (values, initial) => {
    for (let u = 0; u < units; u++) {
      const before = end > 1 ? values[(end - 2) * units + u] : initial[u];
      if (values[(end - 1) * units + u] !== before) return true;
    }
    return false;
  };
  return changed(states, layer.initial) || (cells !== null && changed(cells, layer.initial.subarray(units)));
}

function zeroFrom({ states, units, timesteps }) {
  let last = states.length - 1;
  while (last >= 0 && states[last] === 0) last -= 1;
  const from = Math.floor(last / units) + 1;
  return from < timesteps ? from : null;
}

/** log₁₀ of the spectral norm of the product of the Jacobians of steps first … end − 1. */
function gradientOf(trace, first, end) {
  // The Jacobian of a step is two functions: a change of the state forwards, a gradient backwards.
  const { jacobian } = cellOf(trace.layer);
  const steps = Array.from({ length: end - first }, (_, i) => jacobian(trace, first + i));
  const size = trace.units * (trace.cells ? 2 : 1);
  let change = Float64Array.from({ length: size }, (_, i) => Math.cos(1 + 7.3 * i) + 0.1);
  let grown = -Infinity;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const before = grown;
    for (const [apply, order] of [["push", steps], ["pull", steps.toReversed()]]) {
      [change, grown] = carried(change, order.map((one) => one[apply]));
      if (grown === -Infinity) return grown;
    }
    if (Math.abs(grown - before) < SETTLED) break;
  }
  return grown / Math.LN10;
}

/** A change after all steps, of length 1, and log of how it grew. */
function carried(change, steps) {
  let size = 0;
  let now = scaled(change, 1 / Math.sqrt(dot(change)));
  for (const step of steps) {
    now = step(now);
    let length = Math.sqrt(dot(now));
    if (length < SQUARES_ARE_LOST) {
      const largest = now.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
      if (!(largest > 0)) return [now, -Infinity];
      length = largest * Math.sqrt(dot(scaled(now, 1 / largest)));
    }
    now = scaled(now, 1 / length);
    size += Math.log(length);
  }
  return [now, size];
}

function scaled(vector, factor) {
  return vector.map((one) => one * factor);
}

function dot(vector) {
  let sum = 0;
  for (const one of vector) sum += one * one;
  return sum;
}
