/**
 * SimpleRNN (rnnviz/engine/cells/simple_rnn.py): h = act(x·W + h₋·U + b).
 */

import { slopeOf } from "./activations.js";
import { biasOf, gateOf, product, recurrentProducts } from "./algebra.js";

export const CELL = {
  gates: ["h"],
  ofState: ["h"],
  candidate: "h",
  isActivation: true,
  diagram: null,
  step(layer, x, before, _, apply) {
    const { units } = layer;
    const fromInput = product(x, layer.kernel, 0, units, units);
    const fromState = product(before, layer.recurrent, 0, units, units);
    const h = gateOf(layer, apply("h"), fromInput, fromState, biasOf(layer, 0, 1));
    return { gates: { h }, state: h.value, cell: null };
  },
  jacobian({ layer, states, units }, t) {
    const slopes = states.subarray(t * units, (t + 1) * units).map(slopeOf(layer.activation));
    const { forth, back } = recurrentProducts(layer, 1);
    return {
      push: (change) => forth(change, 0).map((one, u) => one * slopes[u]),
      pull: (gradient) => {
        const out = new Float64Array(units);
        back(gradient.map((one, u) => one * slopes[u]), 0, out);
        return out;
      },
    };
  },
};
