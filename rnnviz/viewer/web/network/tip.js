/**
 * What a part of the diagram says under the pointer: its name, its number, its line of code.
 */

import { shortest } from "./words.js";

/** Lines of [kind, text] for what lies under the pointer. */
export function linesOf(model, { part, unit, feature, index }, at, gate) {
  const { words } = model;
  const sentence = words[`part_${part.id.replace(/^gate:.*/, "gate")}`] ?? part.label;
  const lines = [["place", fillIn(sentence, { gate: part.gate ?? gate })]];
  if (part.kind === "matrix" && model.exact) {
    const value = model.matrix(part.name, Math.max(0, model.gates?.indexOf(gate) ?? 0)).at(unit, feature);
    lines.push(["value", shortest(value)], ["code", `${part.id}[${unit}, ${feature}]`]);
  } else if (part.kind === "curve") {
    const { z, value } = at.gates[gate];
    lines.push(["value", `${part.label}(${shortest(z[unit])}) = ${shortest(value[unit])}`]);
  } else if (part.values) {
    const values = part.values(at);
    const place = index ?? unit;
    if (values && model.exact) lines.push(["value", shortest(values[Math.min(place, values.length - 1)])]);
    const code = model.opened.code[part.id];
    if (code) lines.push(["code", `${code}  [${place}]`]);
  }
  if (part.kind === "matrix" || part.id === "b") lines.push(["note", words.tap_for_more]);
  return lines;
}

function fillIn(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
