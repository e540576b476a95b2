/**
 * The views below the viewer of a file: Plotly's figures that go where the cursor goes.
 */

import { channelOf } from "./channel.js";
import { mount } from "./figure.js";
import { made } from "./file_elements.js";
import { readPayload } from "./payload.js";

export class FileFigure {
  /**
   * @param {HTMLElement} room gets title, explanation and figure
   * @param {object} part said, packed and steps, as export/file_figures.py makes them
   * @param {Array} arrays of the file
   */
  constructor(room, part, arrays) {
    Object.assign(this, part, { arrays });
    this.title = made("h2", {});
    this.how = made("p", { className: "rf-how" });
    const element = made("div", {});
    room.append(this.title, this.how, element);
    this.figure = mount({ element });
    channelOf().hearCursor((step) => {
      this.step = step;
      if (this.steps) this.#soon();
    });
  }

  /** Show it in a language and a theme. */
  show(language, theme) {
    this.language = language;
    this.look = `${language} ${theme}`;
    this.title.textContent = this.said[language].title;
    this.how.textContent = this.said[language].how_to_read;
    this.base = readPayload(this.arrays[this.packed[this.look]]);
    this.#soon();
  }

  /** One figure at a time is drawn, and the last wish wins: Plotly takes some frames. */
  async #soon() {
    this.isOld = true;
    if (this.isDrawing || !this.base) return;
    this.isDrawing = true;
    while (this.isOld) {
      this.isOld = false;
      await new Promise(requestAnimationFrame);
      await this.#draw();
    }
    this.isDrawing = false;
  }

  #draw() {
    if (!this.steps) return this.figure.show(this.look, this.base);
    const { stops, pieces, changes } = this.steps;
    const after = stops.findIndex((stop) => stop > (this.step ?? 0));
    const place = after < 0 ? stops.length - 1 : Math.max(0, after - 1);
    const figure = changed(this.base.figure, changes[this.language][place].map((one) => pieces[one]));
    return this.figure.show(`${this.look} ${place}`, { ...this.base, figure, at: stops[place] });
  }
}

/** A figure with other values at some paths. */
function changed(figure, pieces) {
  const found = structuredClone(figure);
  for (const [path, value] of pieces) {
    const holder = path.slice(0, -1).reduce((part, key) => part[key], found);
    holder[path.at(-1)] = structuredClone(value);
  }
  return found;
}
