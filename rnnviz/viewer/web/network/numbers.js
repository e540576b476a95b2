/**
 * Numbers as the diagram and NumPy write them.
 */

/** A number in few digits, never rounded up to a whole end: 0.99999 is not 1. */
export function brief(value) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "−inf";
  let text = String(Number(value.toPrecision(4)));
  if (Math.abs(Number(text)) === 1 && Math.abs(value) < 1) text = value > 0 ? "0.9999…" : "-0.9999…";
  if (Math.abs(value) >= 1e5 || (value !== 0 && Math.abs(value) < 1e-4)) text = value.toExponential(2);
  return text.replace("-", "−");
}

/** A number as Python writes it with `:g`. */
export function general(value) {
  const exponent = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)));
  const digits = Number(value.toPrecision(6));
  if (exponent >= -4 && exponent < 6) return String(digits);
  return digits.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
}

const WIDTH = 75;
const DIGITS = 8;
const MOST_SHOWN = 1000;
const EDGE = 3;

/** A vector as ``print`` of NumPy writes it: eight decimals at most, all of one width. */
export function printed(values) {
  const all = Array.from(values);
  const shown = all.length > MOST_SHOWN ? [...all.slice(0, EDGE), ...all.slice(-EDGE)] : all;
  const texts = written(shown);
  if (all.length > MOST_SHOWN) texts.splice(EDGE, 0, "...");
  return folded(texts);
}

/** The elements of an array as text, by the rules of numpy.array2string. */
function written(values) {
  const sizes = values.filter((one) => Number.isFinite(one) && one !== 0).map(Math.abs);
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  const science = sizes.length > 0 && (most >= 1e8 || least < 1e-4 || most / least > 1000);
  const parts = values.map((one) => (Number.isFinite(one) ? split(one, science) : null));
  const size = (name) => Math.max(1, ...parts.map((part) => part?.[name].length ?? 0));
  const [left, right] = [size("whole"), Math.max(...parts.map((part) => part?.decimals.length ?? 0))];
  const fill = science ? "0" : " ";
  const exponent = science ? size("exponent") : 0;
  const width = left + 1 + right + (science ? exponent : 0);
  const special = Math.max(0, ...values.filter((one) => !Number.isFinite(one)).map((one) => named(one).length));
  return parts.map((part, i) => {
    if (!part) return named(values[i]).padStart(Math.max(width, special));
    const tail = science ? part.exponent.padEnd(exponent) : "";
    const text = `${part.whole.padStart(left)}.${part.decimals.padEnd(right, fill)}${tail}`;
    return text.padStart(Math.max(width, special));
  });
}

function named(value) {
  return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

/** Whole part, decimals and exponent of the shortest text with at most eight decimals. */
function split(value, science) {
  const sign = Object.is(value, -0) || value < 0 ? "-" : "";
  if (!science) {
    const [whole, decimals = ""] = shortest(Math.abs(value), (one, digits) => one.toFixed(digits)).split(".");
    return { whole: sign + whole, decimals: decimals.replace(/0+$/, ""), exponent: "" };
  }
  const text = shortest(Math.abs(value), (one, digits) => one.toExponential(digits));
  const [mantissa, power] = text.split("e");
  const [whole, decimals = ""] = mantissa.split(".");
  const size = Math.abs(Number(power)).toString().padStart(2, "0");
  return {
    whole: sign + whole,
    decimals: decimals.replace(/0+$/, ""),
    exponent: `e${power.startsWith("-") ? "-" : "+"}${size}`,
  };
}

function shortest(value, text) {
  for (let digits = 0; digits <= DIGITS; digits++) {
    if (Number(text(value, digits)) === value) return text(value, digits);
  }
  return text(value, DIGITS);
}

/** Elements between brackets, in lines that are broken where NumPy breaks them. */
function folded(texts) {
  const lines = [];
  let line = " ";
  for (const text of texts) {
    if (line.length + text.length > WIDTH - 1 && line.length > 1) {
      lines.push(line.trimEnd());
      line = " ";
    }
    line += `${text} `;
  }
  lines.push(line.slice(0, -1));
  return `[${lines.join("\n").slice(1)}]`;
}
