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
const REACH = 2; // stops on either side of the hand whose words come with those of its own
const MOVES = ["Arrow", "Page", "Home", "End"];
const sides = new Map(); // LiveKnobs by the key of their viewer: an answer to one may serve another

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
    if (sides.get(this.key) === this) sides.delete(this.key);
    this.observer?.disconnect();
    endTurn(this);
    this.deafness.abort();
    clearTimeout(this.patience);
  }

  /** A new picture came from Python; keep what was sent ahead as long as it belongs to it. */
  renew(base) {
    this.key = base.key;
    sides.set(base.key, this);
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
    if (parcel.look === this.viewer.base.look) this.#take(parcel);
    endTurn(this);
  }

  #take(parcel) {
    this.look = parcel.look;
    if (parcel.knob !== this.knobOfPictures) this.#forget();
    this.knobOfPictures = parcel.knob;
    parcel.pictures.forEach((one, i) => this.#keep(parcel.first + i, one, i ? null : parcel.network));
    if (parcel.said) this.#takeSaid(parcel);
    else this.hasRange = this.knobs.some((one) => one.name === parcel.knob && one.ahead);
    if (!this.drag || this.drag.knob.name !== parcel.knob) return;
    const late = parcel.pictures.length && !this.pictures.has(this.drag.index);
    if (late) this.viewer.preview(this.pictures.get(parcel.first + parcel.pictures.length - 1));
    this.#show();
  }

  #takeSaid({ knob, said }) {
    // Where not even the stops around the hand come in one answer, no others are asked for.
    this.isSlow = said.length < Math.min(this.wished, 2 * REACH + 1);
    for (const [stop, sentences] of said) {
      this.sentences.set(stop, sentences);
      if (sentences?.beside) sides.get(sentences.beside.key)?.hearBeside(knob, stop, sentences.beside);
    }
  }

  /** What is said of the viewer beside came along, and of this one with it. */
  hearBeside(knob, stop, sentences) {
    if (this.knobOfPictures !== knob) return;
    this.sentences.set(stop, sentences);
    if (this.drag?.knob.name === knob && this.drag.index === stop) this.#show();
  }

  /** Keep a picture, with the network that it comes from where that came along. */
  #keep(stop, picture, network) {
    const known = this.pictures.get(stop)?.network ?? null;
    this.pictures.set(stop, { ...picture, network: network ?? known });
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
    this.hasRange = this.isSlow = false;
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

  /**
   * Fetch what the page says of where the slider stands and of the stops around it, then of all others:
   * each answer has the whole page's frame work for it, so a few long ones cost a hand less than many.
   */
  #hear(knob, index) {
    if (!this.viewer.base.saidIn || (knob.ahead && !this.hasRange)) return;
    if (!knob.ahead) return this.#hearOf(knob, index, index, index);
    const inside = (stop) => Math.max(0, Math.min(knob.count - 1, stop));
    const [first, last] = [inside(index - REACH), inside(index + REACH)];
    if (!this.#isSaid(inside(index - 1), inside(index + 1))) return this.#hearOf(knob, first, last, index);
    if (!this.isSlow) this.#hearOf(knob, 0, knob.count - 1, index);
  }

  #hearOf(knob, first, last, at) {
    while (first < last && this.sentences.has(first)) first += 1;
    while (first < last && this.sentences.has(last)) last -= 1;
    if (!this.#isSaid(first, last)) this.#ask(knob, first, last, at);
  }

  /** One wish at a time: pictures of a range; with `at`, what the page says of it, from there on. */
  #ask(knob, first, last, at = null) {
    if (this.waiting && performance.now() - this.waiting < PATIENCE) return;
    this.waiting = performance.now();
    takeTurn(this, () => {
      if (at !== null && this.#isSaid(first, last)) {
        this.waiting = null;
        endTurn(this);
        return;
      }
      this.waiting = performance.now();
      this.wished = last - first + 1;
      this.ask({ knob: knob.name, first, last, at, look: this.viewer.base.look });
    });
  }

  #isSaid(first, last) {
    for (let stop = first; stop <= last; stop += 1) if (!this.sentences.has(stop)) return false;
    return true;
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
