/**
 * GRU (rnnviz/engine/cells/gru.py): h = z·h₋ + (1 − z)·ĥ. With `resetAfter` the reset gate multiplies
 * what U made of the state, its own bias and all; without, the state itself.
 */

import { slopeOf } from "./activations.js";
import { biasOf, gateOf, mapped, product, recurrentProducts } from "./algebra.js";

const GATES = ["z", "r", "h"];

export const CELL = {
  gates: GATES,
  ofState: ["h"],
  candidate: "h",
  diagram: [
    { gate: "r" }, "", { gate: "z" }, "∘", { state: "before" }, "+(1−z)∘", { gate: "h", label: "ĥ" }, "=",
    { state: "h" },
  ],
  step(layer, x, before, _, apply) {
    const { units, resetAfter } = layer;
    const gates = {};
    GATES.forEach((name, g) => {
      const candidate = name === "h";
      const fromInput = product(x, layer.kernel, g, units, 3 * units);
      const read = candidate && !resetAfter ? mapped(units, (u) => gates.r.value[u] * before[u]) : before;
      const fromState = product(read, layer.recurrent, g, units, 3 * units);
      let bias = biasOf(layer, g, 3);
      if (resetAfter) {
        const second = biasOf(layer, g, 3, 1);
        if (candidate) for (let u = 0; u < units; u++) fromState[u] = gates.r.value[u] * (fromState[u] + second[u]);
        else bias = mapped(units, (u) => bias[u] + second[u]);
      }
      gates[name] = gateOf(layer, apply(name), fromInput, fromState, bias);
    });
    const z = gates.z.value;
    return { gates, state: mapped(units, (u) => z[u] * before[u] + (1 - z[u]) * gates.h.value[u]), cell: null };
  },
  jacobian({ layer, gates, states, units }, t) {
    const { z, r, h } = Object.fromEntries(Object.entries(gates[t]).map(([name, { value }]) => [name, value]));
    const [act, gate] = [slopeOf(layer.activation), slopeOf(layer.recurrentActivation)];
    const by = (value) => mapped(units, value);
    const before = by((u) => (t ? states[(t - 1) * units + u] : layer.initial[u]));
    const candidate = by((u) => (1 - z[u]) * act(h[u]));
    const update = by((u) => (before[u] - h[u]) * gate(z[u]));
    const resetSlope = by((u) => gate(r[u]));
    const { forth, back } = recurrentProducts(layer, 3);
    const after = layer.resetAfter;
    const made = after ? forth(before, 2).map((one, u) => one + layer.bias[3 * units + 2 * units + u]) : null;
    return {
      push: (change) => {
        const [toZ, toR] = [forth(change, 0), forth(change, 1)];
        const reset = by((u) => resetSlope[u] * toR[u]);
        const inner = after
          ? forth(change, 2).map((one, u) => r[u] * one + reset[u] * made[u])
          : forth(by((u) => r[u] * change[u] + reset[u] * before[u]), 2);
        return by((u) => z[u] * change[u] + update[u] * toZ[u] + candidate[u] * inner[u]);
      },
      pull: (gradient) => {
        const out = by((u) => z[u] * gradient[u]);
        back(by((u) => update[u] * gradient[u]), 0, out);
        const inner = by((u) => candidate[u] * gradient[u]);
        if (after) {
          back(by((u) => r[u] * inner[u]), 2, out);
          back(by((u) => resetSlope[u] * made[u] * inner[u]), 1, out);
          return out;
        }
        const read = new Float64Array(units);
        back(inner, 2, read);
        for (let u = 0; u < units; u++) out[u] += r[u] * read[u];
        back(by((u) => resetSlope[u] * before[u] * read[u]), 1, out);
        return out;
      },
    };
  },
};
