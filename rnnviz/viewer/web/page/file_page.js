/**
 * A file by itself: the viewer with everything around it that a page of rnnviz has, and no server.
 *
 * It is a host of the viewer's contract (CONTRACT.md). Languages, themes, layers and lenses are
 * switched here; where the file carries an engine, the knobs compute the run anew.
 */

import { mount } from "./viewer.js";
import { mount as mountNetwork } from "./network.js";
import { unpacked } from "./file_data.js";
import { drawChoices, made, Theme, THEMES } from "./file_elements.js";
import { FileFigure } from "./file_figures.js";
import { Knobs } from "./file_knobs.js";
import { Reading } from "./file_reading.js";

/** Show a file's data in an element; resolves to the page once its picture is there. */
export async function open(element, text) {
  return new Page(element, await unpacked(text));
}

class Page {
  constructor(element, data) {
    Object.assign(this, { element, data });
    const { language, layer, lens } = data;
    Object.assign(this, { language, layer, lens });
    this.part = (name) => element.querySelector(`[data-part="${name}"]`);
    this.viewer = mount({ element: this.part("viewer"), help: () => this.#help(true) });
    if (Object.keys(data.networks).length) {
      this.network = mountNetwork({ element: this.part("network"), tell: (name, value) => this.#open(name, value) });
    }
    this.reading = new Reading(this.part("reading"), data);
    this.figures = data.figures.map((one) => new FileFigure(this.part("figures"), one, data.arrays));
    if (data.engine) this.knobs = new Knobs(this.part("knobs"), this);
    this.theme = new Theme(data.theme, (name) => {
      this.viewer.theme(name);
      this.network?.theme(name);
      this.#showFigures();
    });
    document.addEventListener("keydown", (event) => this.#key(event));
    this.theme.dress();
    this.show();
    this.viewer.moveTo(data.timestep);
  }

  /** Write and paint everything: another language, layer or lens. */
  show() {
    const { data, language, layer, lens } = this;
    document.documentElement.lang = language;
    document.title = this.say("view.states.title");
    this.viewer.show(data.picture(layer, lens, language));
    this.#write();
    this.#showFigures();
    this.knobs?.write();
    if (this.knobs) this.knobs.compute();
    else {
      this.#showNetwork();
      this.reading.show(layer, language);
    }
  }

  #showFigures() {
    const { theme } = document.documentElement.dataset;
    for (const one of this.figures) one.show(this.language, theme);
  }

  #showNetwork() {
    const { data, layer, language } = this;
    this.network?.show(structuredClone(data.networks[`${layer} ${language}`]), data.arrays);
  }

  /** Show a run that was computed here, and the network that does it; null for the file's own. */
  preview(picture, traces = null) {
    if (!traces) this.#showNetwork();
    else this.network?.show(...this.data.network(this.layer, this.language, picture.experiment, traces));
    this.viewer.preview(picture);
  }

  say(key) {
    return this.data.sentence(key, this.language);
  }

  #write() {
    const { data, language } = this;
    this.part("title").textContent = this.say("view.states.title");
    this.part("parameters").replaceChildren(...data.captions[language].map((line) => made("p", { textContent: line })));
    this.part("how-to-read").textContent = this.say(`lens.${this.lens}.how_to_read`);
    this.#choices("languages", ["ko", "en"], language, (one) => data.sentence("file.own_name", one), (one) => {
      this.language = one;
      this.show();
    }, this.say("file.language"));
    this.#choices("themes", THEMES, this.theme.chosen, (one) => this.say(`file.theme.${one}`), (one) => {
      this.theme.choose(one);
      this.show();
    }, this.say("file.colours"));
    this.#choices("lenses", data.layers[this.layer].lenses, this.lens, (one) => this.say(`lens.${one}.label`), (one) => {
      this.lens = one;
      this.show();
    }, this.say("lens.label"));
    const layers = data.layers.length > 1 ? data.layers.map((_, i) => i) : [];
    this.#choices("layers", layers, this.layer, (one) => data.layers[one].name, (one) => this.#takeLayer(one), this.say("file.layers"));
    if (!this.part("help").hidden) this.#help(true);
  }

  #takeLayer(layer) {
    this.layer = layer;
    if (!this.data.layers[layer].lenses.includes(this.lens)) this.lens = "state";
    this.show();
  }

  #open(name, value) {
    if (name === "layer" && this.data.layers[value]) this.#takeLayer(value);
  }

  #choices(name, options, chosen, label, take, title) {
    drawChoices(this.part(name), { options, chosen, label, take, title });
  }

  #key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "?") this.#help(this.part("help").hidden);
    else if (event.key === "Escape" && !this.part("help").hidden) this.#help(false);
    else if (event.key === "p" || event.key === "P") this.viewer.root.querySelector(".rv-play").click();
  }

  #help(shown) {
    const help = this.part("help");
    help.hidden = !shown;
    if (!shown) return;
    const rows = this.data.keys.map(([name, keys]) => [made("dt", { textContent: keys }), made("dd", { textContent: this.say(`keys.${name}`) })]);
    const close = made("button", { type: "button", textContent: this.say("keys.close") });
    close.addEventListener("click", () => this.#help(false));
    const list = made("dl", {});
    list.append(...rows.flat());
    help.replaceChildren(made("h2", { textContent: this.say("keys.title") }), list, close);
    close.focus();
  }
}
