/**
 * The sentence on top of a file and the numbers it rests on: rnnviz/sentences/reading.py in the
 * browser for a run that was computed here; for the file's own run, what Python said.
 */

import { diagnosisOf, saturationOf } from "./file_diagnosis.js";
import { made } from "./file_elements.js";
import { rangeOf } from "./file_lenses.js";
import { counted, filled, number, power } from "./file_numbers.js";
import { percent } from "./words.js";

const [MOSTLY, EDGE, LITTLE] = [0.5, 0.05, 3];
const SHARE = 4; // the sentence takes at most a fifth of the time while a knob is held
const PIECEWISE = ["linear", "relu", "hard_sigmoid", "hard_sigmoid_keras2"];

export class Reading {
  constructor(room, data) {
    Object.assign(this, { room, data });
  }

  /** What Python said of the file's own run. */
  show(layer, language) {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.#write(this.data.readings[`${layer} ${language}`]);
  }

  /** What is to be said of a run that was computed here; the picture does not wait for it. */
  showComputed(trace, language, radius) {
    this.wanted = { trace, language, radius };
    // Where it takes long, the hand has most of the time.
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      const { trace: latest, language: spoken, radius: now } = this.wanted;
      const begun = performance.now();
      this.#write(readingOf(latest, now, (key) => this.data.sentence(key, spoken)));
      this.took = performance.now() - begun;
    }, SHARE * (this.took ?? 0));
  }

  #write({ headline, meaning, numbers }) {
    const list = made("p", { className: "rf-numbers" });
    for (const [label, value] of numbers) {
      const entry = made("span", { textContent: `${label} ` });
      entry.append(made("b", { textContent: value }));
      list.append(entry);
    }
    this.room.replaceChildren(made("h2", { textContent: headline }), made("p", { textContent: meaning }), list);
  }
}

/** Headline, meaning and numbers of a trace, in the words of `say`. */
export function readingOf(trace, radius, say) {
  const result = saturationOf(trace);
  const found = diagnosisOf(trace, result);
  const values = valuesOf(trace, found);
  const [key, more] = headlineOf(trace, result, found);
  const headline = filled(say(`reading.${key}`), { ...values, ...more });
  let meaning = filled(say(`meaning.${meaningOf(trace, result, found)}`), values);
  if (found.onKink && found.steps && found.kind !== "diverged") meaning += ` ${filled(say("meaning.kink"), values)}`;
  return { headline, meaning, numbers: numbersOf(trace, result, found, radius, say) };
}

function moment(timestep) {
  return { step: timestep + 1, timestep };
}

function headlineOf(trace, result, found) {
  const { kind } = found;
  if (kind === "diverged") return [kind, moment(found.divergedAt)];
  if (kind === "dead") return [found.deadFrom ? "died" : "zero", moment(found.deadFrom)];
  if (kind === "brief") return [found.lowest < found.highest ? "brief" : "brief_one", {}];
  if (kind === "saturated") return saturatedOf(trace, result);
  if (kind === "contracting" && found.factor === 0) return ["lost", {}];
  if (kind === "linear") {
    const bend = 1 - found.straightness;
    if (!bend && PIECEWISE.includes(trace.layer.activation)) return ["straight", {}];
    return ["linear", { bend: percent((Math.floor(1000 * bend) + 1) / 1000) }];
  }
  return [kind, {}];
}

function saturatedOf(trace, result) {
  const { exactFrom, exactValue, share } = result;
  if (exactFrom === null) return ["mostly", { percent: percent(share) }];
  const end = exactFrom === 0 ? "_from_start" : "";
  if (exactValue === null) {
    const [low, high] = rangeOf(trace.layer).map((one) => number(one));
    return [`pinned_ends${end}`, { low, high, ...moment(exactFrom) }];
  }
  return [`pinned${end}`, { value: exactValue.toFixed(1).replace("-", "−"), ...moment(exactFrom) }];
}

function meaningOf(trace, result, found) {
  const { kind, gradient } = found;
  const isNothing = Math.abs(gradient) === Infinity;
  if (kind === "diverged") return kind;
  if (!found.steps) return result.share > MOSTLY ? "saturated" : "brief";
  if (kind === "dead") return isNothing ? "dead_zero" : "dead_left";
  if (isNothing) {
    const first = trace.timesteps - found.steps;
    return result.exactFrom !== null && result.exactFrom <= first ? "pinned" : "zero";
  }
  if (gradient < -LITTLE) return "vanishing";
  if (gradient > LITTLE) return kind === "growing" ? "growing" : "exploding";
  return found.rate < -EDGE ? "fading" : "alive";
}

function valuesOf(trace, found) {
  const reach = Math.max(1, found.reach);
  const values = {
    units: trace.units,
    dtype: "float64",
    activation: trace.layer.activation,
    low: number(found.lowest, 3),
    high: number(found.highest, 3),
    steps: counted(found.steps),
    gradient: power(found.gradient),
    factor: number(found.factor, 3, 1),
    kept: percent(Math.min(1, found.factor)),
    reach: Number.isFinite(reach) ? counted(Math.round(reach)) : "∞",
  };
  if (found.kind === "growing") values.more = untilOverflow(trace, found);
  return values;
}

/** After about how many steps a state that grows at this pace overflows. */
function untilOverflow({ states, units }, found) {
  const largest = states.subarray(-units).reduce((most, one) => Math.max(most, Math.abs(one)), 0);
  const left = Math.log10(Number.MAX_VALUE) - (largest > 0 ? Math.log10(largest) : 0);
  return counted(Math.max(1, Math.ceil((left * Math.LN10) / found.rate)));
}

function numbersOf(trace, result, found, radius, say) {
  const shown = [];
  if (result.bounded) {
    shown.push(["saturated", percent(result.share)]);
    shown.push([rangeOf(trace.layer)[0] < 0 ? "exact" : "exact_sigmoid", percent(result.shareExact)]);
  } else {
    const finite = trace.states.subarray(0, (found.divergedAt ?? trace.timesteps) * trace.units);
    if (finite.length) {
      const least = finite.reduce((low, one) => Math.min(low, one), Infinity);
      const most = finite.reduce((high, one) => Math.max(high, one), -Infinity);
      shown.push(["range", `${number(least)} … ${number(most)}`]);
    }
  }
  if (radius !== null) shown.push(["radius", number(radius)]);
  if (found.steps) shown.push(["gradient", power(found.gradient)]);
  return shown.map(([name, value]) => [say(`metric.${name}`), value]);
}
