/**
 * The picture of a run that was computed here: what each lens shows, on which scale, and the strips.
 *
 * As rnnviz/views/_plot/lenses.py, states.py and picture.py have it; tests hold every number against
 * them. What does not change with the numbers (titles, panels) is the file's own picture.
 */

import { ACTIVATIONS, slopeOf } from "./activations.js";
import { cellOf } from "./cells.js";
import { shadesOf } from "./payload.js";
import { fill } from "./words.js";

const SATURATED_FROM = 0.99;
const DIGITS = 16; // of saturation that float64 can tell from infinitely many, rounded up
const OWN_BELOW = 0.1;
const [LEAST, GREATEST] = [1e-300, 8e307];
const EASY = [1, 1.5, 2, 3, 4, 5, 6, 8, 10, 12];
const ROUND = [1, 1.5, 2, 3, 4, 5, 6, 8, 10];
const LENSES = {
  state: [(trace) => trace.states, stateScale],
  digits: [digits, digitsScale],
  preactivation: [(trace) => trace.arguments, argumentScale],
  slope: [singleSlopes, slopeScale],
  change: [change, changeScale],
  magnitude: [(trace) => trace.states.map((h) => Math.log10(Math.abs(h))), magnitudeScale],
};

/** The picture of a trace through a lens, to be shown over the file's own picture. */
export function pictureOf(base, trace, range, lens, contrast, say) {
  const [valuesOf, scaleOf] = LENSES[lens];
  const values = valuesOf(trace);
  const plain = { lowMark: null, highMark: null, kind: "diverging", ...scaleOf(values, trace, range) };
  const scale = contrasted(plain, values, contrast);
  const field = { ...base.field, ...scale, ...ownWords(scale, lens, trace.layer.activation, say) };
  const { timesteps, units } = trace;
  const place = { step: 0, unit: 0, end: timesteps, top: units, steps: 1, units: 1 };
  const tile = { ...place, columns: timesteps, rows: units, values };
  tile.levels = { mean: shadesOf(values, field) };
  const [saturated, mean] = byStep(trace, range);
  const title = { text: field.title };
  return {
    ...base,
    field,
    tiles: [tile],
    strips: stripsOf(base, saturated, mean, range, scale.own && lens === "state" ? scale : null),
    layout: { ...base.layout, xaxis2: { ...base.layout.xaxis2, title } },
  };
}

function stripsOf(base, saturated, mean, range, own) {
  const limit = symmetricLimit(mean);
  const [low, high] = isBounded(range) ? range : [-limit, limit];
  const ends = own ? [Math.min(own.low, 0), Math.max(own.high, 0)] : [low, high];
  const strip = (old, values, axis) => ({ ...old, start: 0, end: values.length, steps: 1, axis, levels: { mean: values } });
  const [first, second] = base.strips;
  if (!second) return [strip(first, mean, axisOf(...ends, ".3~g"))];
  return [strip(first, saturated, axisOf(0, 1, ".0%")), strip(second, mean, axisOf(...ends, ".3~g"))];
}

function axisOf(low, high, tickformat) {
  const spread = high - low;
  const tickvals = low < 0 && high > 0 ? [low, 0, high] : [low, high];
  return { range: [low - 0.06 * spread, high + 0.06 * spread], tickvals, tickformat };
}

function ownWords({ own, low, high }, lens, activation, say) {
  const title = say(`field.${lens}.title`);
  const isKinked = lens === "slope" && Boolean(ACTIVATIONS[activation].kinks);
  const missingTitle = say(isKinked ? "field.slope.missing" : "field.missing.title");
  if (!own) return { title, missingTitle, ownTitle: "" };
  const ends = { low: brief(low), high: brief(high) };
  return { title: `${title} · ${say("contrast.short")}`, missingTitle, ownTitle: fill(say("contrast.own"), ends) };
}

function brief(value) {
  return String(Number(value.toPrecision(3))).replaceAll("-", "−");
}

/** Whether a state has ends on both sides; without, nothing can saturate. */
export function isBounded([low, high]) {
  return Number.isFinite(low) && Number.isFinite(high);
}

/** The least and greatest value that a layer's state can take. */
export function rangeOf(layer) {
  const [low, high] = ACTIVATIONS[layer.activation].ends;
  if (cellOf(layer).isActivation) return [low, high];
  const bound = Math.max(Math.abs(low), Math.abs(high));
  return [-bound, bound];
}

/** Share of saturated units and mean state at each timestep. */
export function byStep({ states, timesteps, units }, range) {
  const [share, mean] = [new Float64Array(timesteps), new Float64Array(timesteps)];
  const near = nearEnd(range);
  for (let t = 0; t < timesteps; t++) {
    let [count, sum] = [0, 0];
    for (let u = t * units; u < (t + 1) * units; u++) {
      count += near(states[u]);
      sum += states[u];
    }
    share[t] = count / units;
    mean[t] = sum / units;
  }
  return [share, mean];
}

/** A function that tells whether a state counts as saturated. */
export function nearEnd([low, high]) {
  if (!isBounded([low, high])) return () => false;
  const [middle, half] = [(low + high) / 2, (high - low) / 2];
  return (h) => Math.abs(h - middle) > SATURATED_FROM * half;
}

function digits({ states, layer }) {
  const [low, high] = rangeOf(layer);
  const half = (high - low) / 2;
  return states.map((h) => 0 - Math.log10(Math.min(h - low, high - h) / half));
}

/** Slopes of the activation at each cell. */
export function slopes({ states, arguments: z, layer }) {
  const slope = slopeOf(layer.activation);
  if (cellOf(layer).isActivation) return states.map(slope);
  const apply = layer.apply;
  return z.map((one) => slope(apply(one)));
}

/** The same, NaN where there is not one slope: on a kink, or where z is not a number. */
function singleSlopes(trace) {
  const kinks = ACTIVATIONS[trace.layer.activation].kinks ?? [];
  const z = trace.arguments;
  return slopes(trace).map((slope, i) => (kinks.includes(z[i]) || Number.isNaN(z[i]) ? NaN : slope));
}

function change({ states, units, layer }) {
  return states.map((h, i) => Math.abs(h - (i < units ? layer.initial[i] : states[i - units])));
}

function endsOf(values) {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return least <= most ? [least, most] : null;
}

function symmetricLimit(values) {
  const ends = endsOf(values);
  const limit = ends ? Math.max(Math.abs(ends[0]), Math.abs(ends[1])) : 0;
  return limit > 0 ? Math.min(Math.max(limit, LEAST), GREATEST) : 1;
}

function roundedUp(limit, steps, slack) {
  if (!(limit > 1e-290 && limit < 1e290)) return limit;
  const unit = 10 ** Math.floor(Math.log10(limit));
  return Number((steps.find((step) => step * unit >= limit * slack) * unit).toPrecision(2));
}

function signed(values) {
  const limit = symmetricLimit(values);
  return { low: -limit, high: limit, lowMark: -Infinity, highMark: Infinity };
}

function stateScale(values, trace, range) {
  if (!isBounded(range)) return signed(values);
  return { low: range[0], high: range[1], lowMark: range[0], highMark: range[1] };
}

function digitsScale(values) {
  const ends = endsOf(values);
  const high = Math.max(DIGITS, ends ? Math.ceil(ends[1]) : 0);
  return { low: 0, high, kind: "sequential", highMark: Infinity };
}

function argumentScale(values) {
  const scale = signed(values);
  const limit = roundedUp(scale.high, EASY, 1);
  return { ...scale, low: -limit, high: limit };
}

function slopeScale(values, { layer }) {
  return { low: 0, high: ACTIVATIONS[layer.activation].greatest ?? 1, kind: "sequential", lowMark: 0 };
}

function changeScale(values, trace, range) {
  const bounded = isBounded(range);
  const high = bounded ? range[1] - range[0] : symmetricLimit(values);
  return { low: 0, high, kind: "sequential", lowMark: 0, highMark: bounded ? null : Infinity };
}

function magnitudeScale(values, trace, range) {
  const [least, most] = endsOf(values) ?? [0, 0];
  const high = Math.max(Math.ceil(most), 0);
  const low = least < high ? Math.floor(least) : high - 1;
  const highMark = isBounded(range) ? null : Infinity;
  return { low, high, kind: "sequential", lowMark: -Infinity, highMark };
}

/** A scale of its own where the values use too little of the fixed one, or where it is asked for. */
function contrasted(scale, values, contrast) {
  const isSigned = scale.low < 0;
  const kept = { ...scale, own: false };
  if (contrast === "fixed" || (isSigned && scale.low !== -scale.high) || scale.high <= 0) return kept;
  const ends = endsOf(values);
  if (!ends || Math.max(-ends[0], ends[1]) < LEAST) return kept;
  const [least, most] = ends;
  const limit = Math.max(-least, most);
  if (contrast === "auto" && (!isSigned || limit > OWN_BELOW * scale.high)) return kept;
  if (least * most > 0 && most - least <= OWN_BELOW * limit && most > least) {
    return { ...scale, low: least, high: most, kind: "sequential", own: true };
  }
  const end = Math.min(roundedUp(limit, ROUND, 0.999999), scale.high);
  if (end >= scale.high || (!isSigned && scale.low !== 0)) return kept;
  return { ...scale, low: isSigned ? -end : 0, high: end, own: true };
}
