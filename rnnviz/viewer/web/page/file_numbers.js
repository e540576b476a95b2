/**
 * Numbers as the sentences write them: rnnviz/sentences/numbers.py and i18n/fields.py in the browser.
 */

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const [LEAST, GREATEST] = [1e-3, 1e5];
const MOST_DIGITS = 15;
const SAME = 1e-9;

/** A number with so many significant digits; more of them where it would look like a landmark. */
export function number(value, digits = 4, beside = null) {
  if (!Number.isFinite(value)) return value === Infinity ? "∞" : value === -Infinity ? "−∞" : "–";
  const isNear = () => Number(value.toExponential(digits - 1)) === beside && Math.abs(value - beside) > SAME * Math.abs(beside);
  while (beside !== null && digits < MOST_DIGITS && isNear()) digits += 1;
  const [mantissa, exponent] = (value + 0).toExponential(digits - 1).split("e");
  const size = Math.abs(Number(`${mantissa}e${exponent}`));
  if (size && !(size >= LEAST && size < GREATEST)) {
    const plain = withoutZeros(mantissa);
    const raised = powerOfTen(Number(exponent));
    return (plain === "1" ? raised : `${plain}·${raised}`).replaceAll("-", "−");
  }
  const places = size ? Math.max(0, digits - 1 - Number(exponent)) : 0;
  return withoutZeros(apart(Number(`${mantissa}e${exponent}`).toFixed(places))).replaceAll("-", "−");
}

/** A whole number with its thousands apart. */
export function counted(value) {
  return apart(String(value)).replaceAll("-", "−");
}

/** 10 to the nearest whole power. */
export function powerOfTen(logarithm) {
  const digits = String(evenly(logarithm));
  return `10${[...digits].map((one) => (one === "-" ? "⁻" : RAISED[one])).join("")}`;
}

/** The number with that log₁₀; beyond the range written out, only its power of ten. */
export function power(logarithm, digits = 2) {
  if (Number.isNaN(logarithm)) return "–";
  if (!Number.isFinite(logarithm)) return logarithm < 0 ? "0" : "∞";
  if (logarithm >= Math.log10(LEAST) && logarithm < Math.log10(GREATEST)) return number(10 ** logarithm, digits);
  return powerOfTen(logarithm);
}

/** Python rounds halves to the even neighbour. */
export function evenly(value) {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

function apart(text) {
  const [whole, rest] = text.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return rest === undefined ? grouped : `${grouped}.${rest}`;
}

function withoutZeros(text) {
  return text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
}

/** Fill a sentence: plain fields, {steps:step|steps} and {step:번째}; others are left to Python. */
export function filled(sentence, values) {
  return sentence.replace(/\{(\w+)(?::([^}]*))?\}/g, (whole, name, spec) => {
    const value = values[name];
    if (value === undefined) return whole;
    if (spec === "번째") return String(value) === "1" ? "첫 번째" : `${value}번째`;
    if (spec?.includes("|")) {
      const [one, several] = spec.split("|");
      return `${value} ${String(value) === "1" ? one : several}`;
    }
    return String(value);
  });
}
