/**
 * A lesson by itself: cards, predictions and tasks beside the viewer, and no server.
 *
 * It is a host of the viewer's contract (CONTRACT.md). Python ran every experiment that the lesson
 * can come to, and the file has a table of what is measured on each. Where experiments differ in the
 * size of their weights alone, their states are computed here, from one set of weights.
 */

import { mount } from "./viewer.js";
import { layersOf, readBlock } from "./file_data.js";
import { drawChoices, made, Theme, THEMES } from "./file_elements.js";
import { run } from "./file_engine.js";
import { pictureOf, rangeOf } from "./file_lenses.js";
import { LessonCard } from "./file_lesson_card.js";
import { filled } from "./file_numbers.js";
import { attached } from "./payload.js";

/** Show a lesson's data in an element; resolves to the page once its first card is there. */
export async function open(element, text) {
  return new LessonPage(element, ...(await readBlock(text)));
}

class LessonPage {
  constructor(element, data, arrays) {
    Object.assign(this, { element, data, arrays });
    this.language = data.language;
    this.part = (name) => element.querySelector(`[data-part="${name}"]`);
    this.numbers = new Map(data.settings.map(({ values }, i) => [this.#key(values), i]));
    this.pictures = new Map();
    this.viewer = mount({ element: this.part("viewer") });
    this.card = new LessonCard(this.part("card"), this);
    this.theme = new Theme(data.theme, (name) => this.viewer.theme(name));
    document.addEventListener("keydown", (event) => this.#pressed(event));
    this.begin();
    this.theme.dress();
  }

  /** Go to the first card, with nothing answered. */
  begin() {
    this.answers = new Map();
    this.held = [];
    this.values = { ...this.data.start };
    this.#at(0);
  }

  /** Turn to another card: forwards with what it sets, back to what was there. */
  turn(by) {
    const index = this.index + by;
    const { cards } = this.data;
    if (!cards[index]) return;
    this.held[this.index] = this.values;
    this.values = by < 0 ? this.held[index] : { ...this.values, ...cards[index].changes };
    this.#at(index);
  }

  /** Pick an answer of the prediction, and turn on. */
  pick(option) {
    this.answers.set(this.index, option);
    this.turn(1);
  }

  /** Move knobs; the last of several moves before a frame is the one that is shown. */
  set(values) {
    this.values = { ...this.values, ...values };
    this.card.follow();
    this.showing ??= requestAnimationFrame(() => {
      this.showing = undefined;
      this.#show();
    });
  }

  /** Whether a knob may stand there while the others are where they are. */
  allows(values) {
    return this.numbers.has(this.#key({ ...this.values, ...values }));
  }

  /** The number of the experiment that the knobs stand at. */
  get number() {
    return this.numbers.get(this.#key(this.values));
  }

  say(key, values = {}) {
    return filled(this.data.sentences[this.language][key], values);
  }

  #key(values) {
    return this.data.names.map((name) => JSON.stringify(values[name])).join(" ");
  }

  #at(index) {
    this.index = index;
    const { look } = this.data.cards[index];
    this.#write();
    if (look.timestep !== undefined) this.viewer.moveTo(look.timestep);
    if (look.unit !== undefined) this.viewer.choose(look.unit);
  }

  /** Everything anew: another card, or another language. */
  #write() {
    const { data, language } = this;
    document.documentElement.lang = language;
    document.title = this.part("title").textContent = data.titles[language];
    drawChoices(this.part("languages"), {
      options: ["ko", "en"],
      chosen: language,
      label: (one) => data.sentences[one]["file.own_name"],
      take: (one) => {
        this.language = one;
        this.pictures.clear();
        this.#write();
      },
      title: this.say("file.language"),
    });
    drawChoices(this.part("themes"), {
      options: THEMES,
      chosen: this.theme?.chosen ?? data.theme,
      label: (one) => this.say(`file.theme.${one}`),
      take: (one) => {
        this.theme.choose(one);
        this.#write();
      },
      title: this.say("file.colours"),
    });
    this.card.write();
    this.#show();
  }

  #show() {
    const { number, language } = this;
    this.viewer.show(this.pictureAt(number));
    const { headline, meaning } = this.data.settings[number].readings[language];
    this.part("reading").replaceChildren(
      made("h2", { textContent: headline }),
      made("p", { textContent: meaning }),
    );
  }

  /** The picture of an experiment: the file's own, or one that is computed from its weights. */
  pictureAt(number) {
    const { variant, factors, name } = this.data.settings[number];
    const base = this.#base(variant);
    if (!factors) return { ...base, experiment: name };
    const { engine, layer, layers } = this.data.variants[variant];
    const traces = run(layers, this.arrays[engine.inputs], base.timesteps, factors);
    const trace = traces[layer];
    const say = (key) => this.data.sentences[this.language][key];
    const picture = pictureOf(base, trace, rangeOf(trace.layer), "state", "auto", say);
    return { ...picture, experiment: name };
  }

  #base(variant) {
    const found = this.data.variants[variant];
    if (found.engine) found.layers ??= layersOf(found.engine, this.arrays);
    if (!this.pictures.has(variant)) {
      const header = structuredClone(found.pictures[this.language]);
      this.pictures.set(variant, attached(header, this.arrays));
    }
    return this.pictures.get(variant);
  }

  /** N and B turn cards and P plays, as on the page. */
  #pressed(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const key = event.key.toLowerCase();
    if (key === "n") this.card.press("next");
    else if (key === "b") this.card.press("back");
    else if (key === "p") this.viewer.root.querySelector(".rv-play").click();
  }
}
