/**
 * LSTM (rnnviz/engine/cells/lstm.py): c = f·c₋ + i·g, h = o·act(c); its state is h, then c.
 */

import { activation, slopeOf } from "./activations.js";
import { biasOf, gateOf, mapped, product, recurrentProducts } from "./algebra.js";

const GATES = ["i", "f", "c", "o"];

export const CELL = {
  gates: GATES,
  ofState: ["c"],
  candidate: "c",
  hasCell: true,
  diagram: [
    { gate: "f" }, "∘", { state: "cellBefore" }, "+", { gate: "i" }, "∘", { gate: "c", label: "g" }, "=",
    { state: "cell" }, { activation: true }, { gate: "o" }, "∘", { state: "h" },
  ],
  step(layer, x, before, cellBefore, apply) {
    const { units } = layer;
    const gates = {};
    GATES.forEach((name, g) => {
      const fromInput = product(x, layer.kernel, g, units, 4 * units);
      const fromState = product(before, layer.recurrent, g, units, 4 * units);
      gates[name] = gateOf(layer, apply(name), fromInput, fromState, biasOf(layer, g, 4));
    });
    const { i, f, c, o } = gates;
    const after = mapped(units, (u) => f.value[u] * cellBefore[u] + i.value[u] * c.value[u]);
    const act = activation(layer.activation);
    return { gates, state: mapped(units, (u) => o.value[u] * act(after[u])), cell: after };
  },
  jacobian({ layer, gates, cells, units }, t) {
    const { i, f, c, o } = Object.fromEntries(Object.entries(gates[t]).map(([name, { value }]) => [name, value]));
    const [act, gate] = [slopeOf(layer.activation), slopeOf(layer.recurrentActivation)];
    const before = (u) => (t ? cells[(t - 1) * units + u] : layer.initial[units + u]);
    const squashed = cells.subarray(t * units, (t + 1) * units).map(layer.apply);
    // ∂c_t and the part of ∂h_t past c, by the pre-activation of each gate.
    const by = (value) => mapped(units, value);
    const byCell = [
      by((u) => c[u] * gate(i[u])),
      by((u) => before(u) * gate(f[u])),
      by((u) => i[u] * act(c[u])),
    ];
    const byOutput = by((u) => squashed[u] * gate(o[u]));
    const through = by((u) => o[u] * act(squashed[u]));
    const { forth, back } = recurrentProducts(layer, 4);
    return {
      push: (change) => {
        const out = new Float64Array(2 * units);
        const onward = [0, 1, 2, 3].map((one) => forth(change, one));
        for (let u = 0; u < units; u++) {
          const cell = f[u] * change[units + u] + byCell.reduce((sum, one, k) => sum + one[u] * onward[k][u], 0);
          out[units + u] = cell;
          out[u] = through[u] * cell + byOutput[u] * onward[3][u];
        }
        return out;
      },
      pull: (gradient) => {
        const out = new Float64Array(2 * units);
        const cell = by((u) => gradient[units + u] + through[u] * gradient[u]);
        byCell.forEach((one, k) => back(one.map((value, u) => value * cell[u]), k, out));
        back(byOutput.map((value, u) => value * gradient[u]), 3, out);
        for (let u = 0; u < units; u++) out[units + u] = f[u] * cell[u];
        return out;
      },
    };
  },
};
