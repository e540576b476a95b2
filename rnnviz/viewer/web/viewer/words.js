/**
 * Numbers and sentences as they are shown.
 */

/** Put values into a sentence of Python's i18n room. */
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

const WHOLE = new Intl.NumberFormat("en"); // made once: toLocaleString makes one for each number

/** A whole number with its thousands apart. */
export function whole(number) {
  return WHOLE.format(number);
}

/** The shortest text that reads back as the same number, as Python's repr writes it. */
export function shortest(value, single) {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "−inf";
  let text = String(single ? shortestSingle(value) : value);
  if (/^-?\d+$/.test(text)) text += ".0";
  return text.replaceAll("-", "−");
}

/** The number with the fewest digits that a float32 cannot tell from this one. */
function shortestSingle(value) {
  for (let digits = 1; digits <= 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === Math.fround(value)) return rounded;
  }
  return value;
}

/** A number that is only known roughly; a large one as 3.23e+9, which an axis has room for. */
export function rough(value) {
  if (!Number.isFinite(value)) return shortest(value);
  const rounded = Number(value.toPrecision(3));
  const isLarge = Math.abs(rounded) >= 1e5;
  const text = isLarge ? rounded.toExponential(2).replace(/\.?0+e/, "e") : String(rounded);
  return text.replaceAll("-", "−");
}

/** A share as per cent, never rounded up to "all" or down to "none": as Python's percent does. */
export function percent(share) {
  if (share === 0 || share === 1) return `${100 * share}%`;
  if (share > 0.999) return "> 99.9%";
  if (share < 0.001) return "< 0.1%";
  return `${(100 * share).toFixed(1)}%`;
}
