/**
 * What a layer does in one timestep, term by term, and over all of them, from its own weights: the
 * arithmetic of the engine (rnnviz/engine) in the browser, so that no server is needed to move.
 *
 * Sums may differ from NumPy's in the last digits, so what is shown as the run's own number is always
 * taken from the run.
 */

import { activation } from "./activations.js";
import { row } from "./algebra.js";
import { cellOf } from "./cells.js";

/** The names of a layer's gates, of a plain one its only pre-activation; null for an unknown cell. */
export function gatesOf(layer) {
  const cell = cellOf(layer);
  const known = cell?.gates.every((gate) => activation(activationOf(layer, gate)));
  return known ? cell.gates : null;
}

/** The activation that a gate's pre-activation goes through. */
export function activationOf(layer, gate) {
  const own = cellOf(layer)?.ofState.includes(gate);
  return own ? layer.activation : layer.recurrentActivation;
}

/**
 * One timestep of a layer.
 *
 * Returns `gates`, by name {fromInput, fromState, bias, z, value} (arrays of units), and the `state`
 * and `cell` state after it.
 */
export function stepOf(layer, x, before, cellBefore) {
  const apply = (gate) => activation(activationOf(layer, gate));
  return cellOf(layer).step(layer, x, before, cellBefore, apply);
}

/**
 * States (and cell states) of a layer with other weights or inputs, computed as far as they are asked
 * for: `unrollTo(t)` has them up to and with timestep t. The layer below must be as far already.
 */
export function unrolling(layer, timesteps) {
  const { units, features, inputs } = layer;
  const states = new Float64Array(timesteps * units);
  const cells = cellOf(layer).hasCell ? new Float64Array(timesteps * units) : null;
  let { before, cellBefore } = atStart(layer);
  let done = 0;
  const unrollTo = (t) => {
    for (const end = Math.min(t + 1, timesteps); done < end; done++) {
      const after = stepOf(layer, row(inputs, features, done), before, cellBefore);
      states.set(after.state, done * units);
      cells?.set(after.cell, done * units);
      [before, cellBefore] = [after.state, after.cell];
    }
  };
  return { states, cells, unrollTo };
}

/** What a layer's state is before the first timestep. */
export function atStart(layer) {
  const { initial, units } = layer;
  const before = row(initial, units, 0);
  return { before, cellBefore: cellOf(layer)?.hasCell ? row(initial, units, 1) : null };
}

/** Multiplications of a whole run: what says whether the browser may do it while a hand waits. */
export function costOf(layer, timesteps) {
  return timesteps * (gatesOf(layer)?.length ?? 0) * layer.units * (layer.units + layer.features);
}
