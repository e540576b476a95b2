/**
 * What is under the pointer, in full precision.
 */

import { Dismissal } from "./dismiss.js";
import { valueAt } from "./input_band.js";
import { seriesOf, valueOf } from "./payload.js";
import { fill, percent, rough, shortest, whole } from "./words.js";

export class Hover {
  constructor(viewer) {
    this.viewer = viewer;
    this.stage = viewer.stage;
    this.tip = document.createElement("div");
    this.tip.className = "rv-tip";
    this.tip.hidden = true;
    this.stage.element.append(this.tip);
    const { element } = this.stage;
    element.addEventListener("pointermove", (event) => this.#at(event));
    element.addEventListener("pointerleave", () => this.hide());
    element.addEventListener("pointerdown", (event) => {
      if (event.pointerType !== "touch") this.hide();
    });
    element.addEventListener("click", (event) => this.#at(event));
    this.dismissal = new Dismissal(element, () => this.hide());
  }

  destroy() {
    this.dismissal.destroy();
  }

  hide() {
    this.tip.hidden = true;
    this.last = null;
  }

  /** Show again what lies under a resting pointer, after the picture changed. */
  refresh() {
    if (this.last) this.#show(this.last);
  }

  #at(event) {
    if (event.buttons || this.viewer.gestures.action?.moved) return this.hide();
    const box = this.stage.element.getBoundingClientRect();
    this.last = { x: event.clientX - box.left, y: event.clientY - box.top };
    this.dismissal.shown(event);
    return this.#show(this.last);
  }

  #show({ x, y }) {
    const part = this.stage.partAt(x, y);
    const lines = part === null ? null : this.#lines(part, x, y);
    this.tip.hidden = !lines;
    if (!lines) return;
    this.tip.replaceChildren(
      ...lines.map(([name, text]) =>
        Object.assign(document.createElement("div"), { className: `rv-tip-${name}`, textContent: text }),
      ),
    );
    const { width, height } = this.stage;
    const { offsetWidth, offsetHeight } = this.tip;
    const left = x + 16 + offsetWidth > width ? x - 16 - offsetWidth : x + 16;
    const top = Math.min(height - offsetHeight, Math.max(0, y - offsetHeight - 10));
    this.tip.style.transform = `translate(${Math.max(0, left)}px, ${top}px)`;
  }

  #lines(part, x, y) {
    const { step, unit } = this.stage.at(x, y);
    const { timesteps, units } = this.stage.picture;
    const inside = (value, length) => Math.min(length - 1, Math.max(0, Math.floor(value)));
    if (typeof part === "number") return this.#ofStrip(part, inside(step, timesteps));
    if (part === "input") return this.#ofInput(inside(step, timesteps), y);
    const t = part === "beside" ? this.viewer.cursor.step : inside(step, timesteps);
    return describe(this.stage, t, inside(unit, units));
  }

  /** A feature of the input, its token with it; of curves, all of them. */
  #ofInput(step, y) {
    const { input: pane, picture } = this.stage;
    const { input, heat } = pane;
    const token = input.tokens[step];
    const lines = token === undefined ? [] : [["value", token]];
    if (input.curve) {
      const value = (strip) => shortest(valueAt(strip, pane, step), input.field.single);
      const named = (i) => input.names[i] ?? `x[${step}, ${i}]`;
      const several = input.strips.map((strip, i) => ["code", `${named(i)} = ${value(strip)}`]);
      return [["place", stepText(picture, step, step)], ...lines, ...several];
    }
    const share = 1 - (y - heat.y) / heat.height;
    const feature = Math.min(input.features - 1, Math.max(0, Math.floor(share * input.features)));
    return [...lines, ...(describe(pane, step, feature) ?? [])];
  }

  #ofStrip(i, step) {
    const { picture } = this.stage;
    const strip = picture.strips[i];
    const { levels, steps, start } = seriesOf(strip, this.stage.view);
    const { mean, minimum, maximum } = levels;
    const k = Math.floor((step - start) / steps);
    const text = (value) => (strip.percent ? percent(value) : shortest(value));
    const first = start + k * steps;
    const last = Math.min(picture.timesteps, first + steps) - 1;
    const value = text(mean[k]) + (minimum ? ` (${text(minimum[k])} … ${text(maximum[k])})` : "");
    return [["place", stepText(picture, first, last)], ["value", value], ["note", strip.title]];
  }
}

/** What a cell holds, as lines of [kind, text]; null where nothing is known. */
export function describe(stage, step, unit) {
  const { picture } = stage;
  const tile = stage.tileAt(step, unit);
  if (!tile) return null;
  const c = Math.floor((step - tile.step) / tile.steps);
  const r = Math.floor((unit - tile.unit) / tile.units);
  const i = c * tile.rows + r;
  if (tile.values) return exact(picture, step, unit, tile.values[i]);
  const t = tile.step + c * tile.steps;
  const u = tile.unit + r * tile.units;
  const place =
    `${stepText(picture, t, Math.min(tile.end, t + tile.steps) - 1)} · ` +
    unitText(picture, u, Math.min(tile.top, u + tile.units) - 1);
  const { mean, minimum, maximum } = tile.levels;
  const about = (level) => shadeText(level[i], picture.field);
  const lines = [["place", place], ["value", `≈ ${about(mean)}`]];
  if (minimum) lines.push(["note", `${about(minimum)} … ${about(maximum)}`]);
  lines.push(["note", picture.words.zoom_for_digits]);
  return lines;
}

function exact(picture, step, unit, value) {
  const { field, first, words } = picture;
  const text = shortest(value, field.single);
  const [t, u] = [step + first, unit + first];
  const named = field.name === "input" ? words.feature : words.unit;
  const place = `${fill(words.at, { timestep: whole(t) })} · ${fill(named, { unit: whole(u) })}`;
  const lines = [["place", place], ["value", text]];
  if (field.highMark !== null && value >= Number(field.highMark)) lines.push(["note", field.highTitle]);
  if (field.lowMark !== null && value <= Number(field.lowMark)) lines.push(["note", field.lowTitle]);
  if (Number.isNaN(value) && field.missingTitle) lines.push(["note", field.missingTitle]);
  if (field.array) lines.push(["code", `${field.array}[${step}, ${unit}]`]);
  return lines;
}

function shadeText(shade, field) {
  if (shade === 255 && field.highMark !== null) return shortest(Number(field.highMark));
  if (shade === 1 && field.lowMark !== null) return shortest(Number(field.lowMark));
  return rough(valueOf(shade, field));
}

function stepText({ first, words }, from, to) {
  const span = from === to ? whole(from + first) : `${whole(from + first)}…${whole(to + first)}`;
  return fill(words.at, { timestep: span });
}

function unitText({ first, words }, from, to) {
  const span = from === to ? whole(from + first) : `${whole(from + first)}…${whole(to + first)}`;
  return fill(words.unit, { unit: span });
}
