/**
 * The network of a payload at a timestep: its own arrays, or those of a setting under the hand.
 */

import { row } from "./algebra.js";
import { activationOf, atStart, costOf, gatesOf, stepOf, unrolling } from "./cell_step.js";
import { general } from "./numbers.js";

const ARRAYS = ["kernel", "recurrent", "bias", "inputs", "states", "cells", "initial", "mask"];
const MOST_WORK = 8e6; // multiplications that a frame can spare

/** Replace numbers of arrays by the arrays, and return the model. */
export function modelOf(header, arrays) {
  const layers = header.layers.map((layer) => ({
    ...layer,
    ...Object.fromEntries(ARRAYS.map((name) => [name, layer[name] === null ? null : arrays[layer[name]]])),
  }));
  const head = header.head && { ...header.head, readings: arrays[header.head.readings] };
  const eigenvalues = header.eigenvalues === null ? null : arrays[header.eigenvalues];
  return new Model({ ...header, layers, head, eigenvalues });
}

class Model {
  constructor(header) {
    Object.assign(this, header);
    this.opened = this.layers[this.layer];
    this.gates = this.exact ? gatesOf(this.opened) : null;
    const weights = ["kernel", "recurrent", "bias"].filter((name) => this.opened[name]);
    this.weightLimit = Math.max(...weights.map((name) => greatest(this.opened[name])));
    this.inputLimit = greatest(this.opened.inputs);
    this.cellLimit ??= Math.max(1, greatest(this.opened.cells));
    this.weights ??= this.opened.kernel; // those that this network's are a multiple of
  }

  /**
   * The same network with all weights of the recurrent layers scaled; null where that is too much for
   * a frame, or where a layer reads something else than all timesteps of the one below.
   */
  scaledTo(scale) {
    const factor = scale / this.weightScale;
    const work = this.layers.reduce((sum, one) => sum + costOf(one, this.timesteps), 0);
    if (!Number.isFinite(factor) || work > MOST_WORK || !this.#isChain) return null;
    const layers = [];
    for (const one of this.layers) {
      const layer = { ...one, inputs: layers.at(-1)?.states ?? one.inputs };
      for (const name of ["kernel", "recurrent", "bias"]) layer[name] = one[name].map((weight) => weight * factor);
      layers.push(Object.assign(layer, unrolling(layer, this.timesteps)));
    }
    const eigenvalues = this.eigenvalues?.map((one) => one * factor) ?? null;
    const limit = Math.abs(factor) * this.argumentLimit || 1;
    const listing = this.rescaled?.[scale === 1 ? 0 : 1]?.map((line) => line.replace("{scale}", general(scale))) ?? this.listing;
    return new Model({ ...this, layers, eigenvalues, limit, listing, weightScale: scale, head: null, preview: true });
  }

  /** Have the states up to a timestep; those of a preview are computed as far as they are looked at. */
  #upTo(t) {
    for (const layer of this.layers) layer.unrollTo?.(t);
  }

  get #isChain() {
    this.chain ??=
      this.plain && this.exact && this.layers.every((one, i, all) => {
        return gatesOf(one) && !one.both && (i === 0 || equal(one.inputs, all[i - 1].states));
      });
    return this.chain;
  }

  /** The state of a layer where the opened one is at a step: at the same timestep of the input. */
  stateAt(t, layer = this.opened) {
    const own = this.ownStep(t, layer);
    this.#upTo(own);
    const [steps, units] = layer.shapes.states;
    return row(layer.states, units, Math.min(steps - 1, Math.floor((own * steps) / this.timesteps)));
  }

  /** The step of a layer that belongs to the timestep of the input of a step of the opened one. */
  ownStep(t, layer) {
    return layer.turned ? this.timesteps - 1 - t : t;
  }

  /** Whether the opened layer passes over a step: its state is the one before. */
  isMasked(t) {
    return this.opened.mask?.[t] === 0;
  }

  inputAt(t) {
    const [steps, features] = this.opened.shapes.inputs;
    return row(this.opened.inputs, features, Math.min(steps - 1, Math.floor((t * steps) / this.timesteps)));
  }

  /** What was there before a timestep: the state, and the cell state beside it. */
  before(t) {
    const { opened } = this;
    if (t > 0) {
      const cellBefore = opened.cells && row(opened.cells, opened.units, t - 1);
      return { before: this.stateAt(t - 1), cellBefore };
    }
    if (opened.initial) return atStart(opened);
    return { before: new Float64Array(opened.shapes.states[1]), cellBefore: null };
  }

  /** Everything at a timestep; states and cell states are the run's own. */
  at(t) {
    this.#upTo(t);
    const { opened } = this;
    const x = this.inputAt(t);
    const { before, cellBefore } = this.before(t);
    const found = { t, isMasked: this.isMasked(t), x, before, cellBefore, state: this.stateAt(t), gates: {}, cell: null };
    if (!this.gates) return found;
    const step = stepOf(opened, x, before, cellBefore);
    const cell = opened.cells && row(opened.cells, opened.units, t);
    return { ...found, gates: step.gates, cell };
  }

  /** The name of the activation of a gate. */
  activationOf(gate) {
    return activationOf(this.opened, gate);
  }

  /** The greatest size of a pre-activation over (a sample of) the run, so that colours stay. */
  get argumentLimit() {
    this.limit ??= this.#argumentLimit();
    return this.limit;
  }

  #argumentLimit() {
    if (!this.gates) return 1;
    const stride = Math.max(1, Math.ceil(this.timesteps / 24));
    let limit = 0;
    for (let t = 0; t < this.timesteps; t += stride) {
      for (const { z } of Object.values(this.at(t).gates)) limit = Math.max(limit, greatest(z));
    }
    return limit || 1;
  }

  /** W (units × features) or U (units × units) of a gate, as the lecture has it: W[u, f]. */
  matrix(name, gate = 0) {
    const values = this.opened[name];
    const [height, width] = this.opened.shapes[name];
    const units = this.exact ? this.opened.units : width;
    return { rows: units, columns: height, at: (u, f) => values[f * width + gate * units + u] };
  }
}

/** The greatest finite size among numbers; 0 when there is none. */
export function greatest(values) {
  let most = 0;
  for (const value of values ?? []) {
    const size = Math.abs(value);
    if (size > most && size < Infinity) most = size;
  }
  return most;
}

function equal(one, other) {
  return one.length === other.length && one.every((value, i) => Object.is(value, other[i]));
}

/** Root mean square of numbers. */
export function strength(values) {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum / Math.max(1, values.length));
}
