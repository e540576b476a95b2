/**
 * The activations that the browser knows (rnnviz/engine/activations.py): the function, its slope told
 * from its value, the ends of its values, its greatest slope, and where its slope jumps.
 */

const [FREE, HARD] = [Infinity, { ends: [0, 1], kinks: [-3, 3] }];

export const ACTIVATIONS = {
  tanh: { apply: Math.tanh, slope: (h) => (1 - h) * (1 + h), ends: [-1, 1] },
  relu: { apply: (z) => Math.max(z, 0), slope: (h) => (h > 0 ? 1 : 0), ends: [0, FREE], kinks: [0] },
  sigmoid: { apply: (z) => 1 / (1 + Math.exp(-z)), slope: (h) => h * (1 - h), ends: [0, 1], greatest: 1 / 4 },
  linear: { apply: (z) => z, slope: () => 1, ends: [-FREE, FREE] },
  hard_sigmoid: {
    ...HARD, greatest: 1 / 6,
    apply: (z) => Math.min(1, Math.max(0, z / 6 + 0.5)),
    slope: (h) => (h > 0 && h < 1 ? 1 / 6 : 0),
  },
  hard_sigmoid_keras2: {
    ...HARD, greatest: 1 / 5, kinks: [-2.5, 2.5],
    apply: (z) => Math.min(1, Math.max(0, z / 5 + 0.5)),
    slope: (h) => (h > 0 && h < 1 ? 1 / 5 : 0),
  },
  elu: { apply: (z) => (z > 0 ? z : Math.expm1(z)), slope: (h) => Math.min(h, 0) + 1, ends: [-1, FREE] },
  softplus: {
    apply: (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))),
    slope: (h) => -Math.expm1(-h),
    ends: [0, FREE],
  },
  softsign: { apply: (z) => z / (1 + Math.abs(z)), slope: (h) => (1 - Math.abs(h)) ** 2, ends: [-1, 1] },
};

/** The function of that name; undefined where the browser does not know it. */
export function activation(name) {
  return ACTIVATIONS[name]?.apply;
}

/** The slope of an activation, told from its value. */
export function slopeOf(name) {
  return ACTIVATIONS[name].slope;
}
