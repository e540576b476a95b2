/**
 * The knobs of a file: what they are moved to is computed here, and painted with the next frame.
 */

import { made } from "./file_elements.js";
import { run } from "./file_engine.js";
import { pictureOf, rangeOf } from "./file_lenses.js";

export class Knobs {
  /** @param {HTMLElement} room is filled with the sliders; @param {object} page the file's page */
  constructor(room, page) {
    Object.assign(this, { room, page, data: page.data });
    this.values = Object.fromEntries(this.data.engine.knobs.map(({ name, value }) => [name, value]));
    this.layers = this.data.engineLayers;
    this.rows = this.data.engine.knobs.map((knob) => this.#row(knob));
    this.home = made("button", { type: "button" });
    this.home.dataset.part = "home";
    this.home.addEventListener("click", () => this.set(Object.fromEntries(this.data.engine.knobs.map(({ name, value }) => [name, value]))));
    room.append(...this.rows.map(({ row }) => row), this.home);
  }

  #row(knob) {
    const label = made("label", {});
    const name = made("span", {});
    const shown = made("output", {});
    const slider = made("input", { type: "range", min: 0, max: knob.options.length - 1, step: 1 });
    slider.dataset.knob = knob.name;
    slider.addEventListener("input", () => this.set({ [knob.name]: knob.options[slider.value] }));
    label.append(name, shown, slider);
    return { knob, row: label, name, shown, slider };
  }

  /** Names and values, in the page's language. */
  write() {
    for (const { knob, name, shown, slider } of this.rows) {
      const value = this.values[knob.name];
      name.textContent = this.page.say(`knob.${knob.name}.label`);
      shown.textContent = String(value);
      slider.value = knob.options.indexOf(value);
      slider.setAttribute("aria-valuetext", String(value));
    }
    this.home.textContent = this.page.say("file.home");
    this.home.disabled = this.isHome;
  }

  /** Whether every knob is where the file's run had it. */
  get isHome() {
    return this.data.engine.knobs.every(({ name, value }) => this.values[name] === value);
  }

  /** Move knobs; the last of several moves before a frame is the one that is computed. */
  set(values) {
    Object.assign(this.values, values);
    this.write();
    this.computing ??= requestAnimationFrame(() => {
      this.computing = undefined;
      this.compute();
    });
  }

  /** How much the weights of every layer are multiplied by, relative to the file's run. */
  get factors() {
    return factorsOf(this.data.engine.knobs, this.values);
  }

  /** Compute the run of the knobs and show it; where all are at home, the file's own run. */
  compute() {
    const { page, data } = this;
    const { layer, lens, language } = page;
    if (this.isHome) {
      page.preview(null);
      page.reading.show(layer, language);
      return;
    }
    const traces = run(this.layers, data.inputs, data.timesteps, this.factors);
    const trace = traces[layer];
    const base = data.picture(layer, lens, language);
    const say = (key) => data.sentence(key, language);
    const picture = pictureOf(base, trace, rangeOf(trace.layer), lens, data.contrast, say);
    picture.experiment = `${base.experiment} ${JSON.stringify(this.values)}`;
    page.preview(picture, traces);
    page.reading.showComputed(trace, language, this.#radius(layer));
  }

  /** The spectral radius of U, which grows as its factor; null where the run has none. */
  #radius(layer) {
    const radius = this.data.engine.layers[layer].radius;
    return radius === null ? null : radius * this.factors.recurrent;
  }
}

/** What the values of knobs multiply each kind of weight by, relative to those of the file. */
export function factorsOf(knobs, values) {
  const by = Object.fromEntries(knobs.map(({ name, value }) => [name, values[name] / value]));
  const { weight_scale: scale = 1, input_gain: input = 1, recurrent_gain: recurrent = 1 } = by;
  return { kernel: scale * input, recurrent: scale * recurrent, bias: scale };
}
