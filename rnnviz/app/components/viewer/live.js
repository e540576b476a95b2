/**
 * A slider that is being dragged says nothing to Streamlit until it is let go; one that is moved by
 * keys does, but the answer is a whole page. This watches the slider itself and shows the picture of
 * every value it passes.
 *
 * Small pictures of the whole range are asked for when a finger goes down on the slider or the focus
 * comes to it. Large ones are asked for one by one, and under a finger only: a new wish goes out only
 * when the last answer is there, and is always for the newest value, so nothing ever queues.
 */

import { endTurn, takeTurn } from "./meeting.js";

const SLIDER = '.stSlider input[type="range"]';
const PATIENCE = 3000; // ms after which an unanswered wish counts as lost
const SETTLING = 1500; // ms in which a value keeps its preview when Python answers with another one
const REACH = 2; // stops on either side of the hand of which the page's words are fetched with its own
const MOVES = ["Arrow", "Page", "Home", "End"];

export class LiveKnobs {
  /**
   * @param {object} viewer with base and preview
   * @param {object} said says what the setting under the hand does
   * @param {function} ask sends a wish to Python
   */
  constructor(viewer, said, ask) {
    Object.assign(this, { viewer, said, ask });
    this.knobs = [];
    this.pictures = new Map();
    this.sentences = new Map();
    this.deafness = new AbortController();
    const listen = (target, name, take) =>
      target.addEventListener(name, take, { capture: true, signal: this.deafness.signal });
    listen(document, "pointerdown", (event) => this.#down(event));
    listen(document, "focusin", (event) => this.#focus(event.target));
    listen(document, "keydown", (event) => this.#key(event));
    for (const name of ["pointerup", "pointercancel"]) listen(window, name, () => this.#up());
  }

  destroy() {
    this.observer?.disconnect();
    endTurn(this);
    this.deafness.abort();
    clearTimeout(this.patience);
  }

  /** A new picture came from Python; keep what was sent ahead as long as it belongs to it. */
  renew(base) {
    if (this.ours !== base.experiment && !this.drag) this.said.own(false);
    this.ours = base.experiment;
    this.knobs = base.knobs ?? [];
    const known = [...this.pictures.values()].some((one) => one.experiment === base.experiment);
    if (!known || this.look !== base.look) this.#forget();
    if (this.released === base.experiment) this.#settle();
    else if (this.released) this.patience ??= setTimeout(() => this.#settle(), SETTLING);
    if (!this.drag) this.#focus(document.activeElement);
  }

  /** Pictures that were asked for. */
  take(parcel) {
    this.waiting = null;
    endTurn(this);
    if (parcel.look !== this.viewer.base.look) return;
    this.look = parcel.look;
    if (parcel.knob !== this.knobOfPictures) this.#forget();
    this.knobOfPictures = parcel.knob;
    parcel.pictures.forEach((one, i) => this.pictures.set(parcel.first + i, one));
    if (parcel.said) parcel.said.forEach((one, i) => this.sentences.set(parcel.first + i, one));
    else this.hasRange = this.knobs.some((one) => one.name === parcel.knob && one.ahead);
    if (!this.drag || this.drag.knob.name !== parcel.knob) return;
    const late = !this.pictures.has(this.drag.index);
    if (late) this.viewer.preview(parcel.pictures.at(-1));
    this.#show();
  }

  #down(event) {
    const slider = event.target.closest?.(".stSlider")?.querySelector(SLIDER);
    const knob = slider && this.knobs.find((one) => one.label === nameOf(slider));
    if (!knob) return;
    this.#settle();
    this.drag = { knob, slider, start: Number(slider.value), index: Number(slider.value) };
    this.waiting = null;
    this.#prepare(knob);
    this.observer = new MutationObserver(() => this.#moved());
    this.observer.observe(slider, { attributes: true });
    clearInterval(this.insisting);
    this.insisting = setInterval(() => (this.drag ? this.#insist() : clearInterval(this.insisting)), 1000);
  }

  /** Have the whole range at hand, where it is small. */
  #prepare(knob) {
    if (this.knobOfPictures !== knob.name) this.#forget();
    if (knob.ahead && !this.hasRange) this.#ask(knob, 0, knob.count - 1);
  }

  #forget() {
    this.pictures.clear();
    this.sentences.clear();
    this.hasRange = false;
  }

  /** The knob whose slider has the focus, if its pictures may be sent ahead. */
  #focused(element) {
    if (!element?.matches?.(SLIDER)) return null;
    return this.knobs.find((one) => one.ahead && one.label === nameOf(element));
  }

  #focus(element) {
    const knob = this.#focused(element);
    if (knob) this.#prepare(knob);
  }

  /** Streamlit hears the key as well, and answers in its time. */
  #key({ key, target: slider }) {
    const knob = !this.drag && MOVES.some((one) => key.startsWith(one)) && this.#focused(slider);
    if (!knob || knob.name !== this.knobOfPictures) return;
    const before = slider.value;
    // React moves the slider after all who listen to the key.
    setTimeout(() => {
      const picture = this.pictures.get(Number(slider.value));
      if (!picture || slider.value === before) return;
      this.#settle();
      this.released = picture.experiment;
      this.viewer.preview(picture);
      this.said.show(this.sentences.get(Number(slider.value)) ?? null);
    });
  }

  /** Ask again for what was lost on its way, as long as the hand is there. */
  #insist() {
    if (!this.drag) return;
    this.#prepare(this.drag.knob);
    this.#show();
  }

  #moved() {
    const { drag } = this;
    const index = Number(drag.slider.value);
    if (index === drag.index) return;
    drag.index = index;
    this.#show();
  }

  /** Show the picture of where the slider stands, or ask for it. */
  #show() {
    const { knob, index, start } = this.drag;
    const picture = this.pictures.get(index);
    if (index === start) {
      this.viewer.preview(null);
      this.said.own();
      this.#hear(knob, index);
      return;
    }
    if (picture) this.viewer.preview(picture);
    const sentences = this.sentences.get(index);
    this.said.show(sentences ?? null);
    if (picture || !knob.ahead) this.#hear(knob, index);
    if (!picture && !knob.ahead) this.#ask(knob, index, index);
  }

  /** Fetch what the page says of where the slider stands, and of the stops that the hand may reach next. */
  #hear(knob, index) {
    if (!this.viewer.base.saidIn || (knob.ahead && !this.hasRange)) return;
    const reach = knob.ahead ? REACH : 0;
    const near = reach && 1;
    const inside = (stop) => Math.max(0, Math.min(knob.count - 1, stop));
    for (let stop = inside(index - near); stop <= inside(index + near); stop += 1) {
      if (this.sentences.has(stop)) continue;
      return this.#ask(knob, inside(index - reach), inside(index + reach), true);
    }
  }

  /** One wish at a time: pictures of a range, or one picture with what the page says of it. */
  #ask(knob, first, last, said = false) {
    if (this.waiting && performance.now() - this.waiting < PATIENCE) return;
    this.waiting = performance.now();
    takeTurn(this, () => {
      this.waiting = performance.now();
      this.ask({ knob: knob.name, first, last, said, look: this.viewer.base.look });
    });
  }

  #up() {
    if (!this.drag) return;
    // React may still move the slider in this very event.
    setTimeout(() => {
      if (!this.drag) return;
      this.#moved();
      this.observer.disconnect();
      const { start, index } = this.drag;
      const experiment = this.viewer.picture.experiment;
      this.drag = null;
      if (index === start) this.viewer.preview(null);
      else this.released = experiment;
    });
  }

  #settle() {
    clearTimeout(this.patience);
    this.patience = undefined;
    const known = this.viewer.previewed?.experiment === this.viewer.base.experiment;
    if (this.released) this.said.own(!known);
    this.released = null;
    this.viewer.preview(null);
  }
}

function nameOf(slider) {
  const label = slider.getAttribute("aria-label");
  if (label) return label;
  const ids = (slider.getAttribute("aria-labelledby") ?? "").split(" ");
  return ids.map((id) => document.getElementById(id)?.textContent ?? "").join(" ").trim();
}
