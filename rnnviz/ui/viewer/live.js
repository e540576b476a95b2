/**
 * A slider that is being dragged says nothing to Streamlit until it is let go. This watches the
 * slider itself and shows the picture of every value it passes.
 *
 * Small pictures of the whole range are asked for when the finger goes down. Large ones are asked
 * for one by one: a new wish goes out only when the last answer is there, and is always for the
 * newest value, so nothing ever queues.
 */

const SLIDER = '.stSlider input[type="range"]';
const PATIENCE = 8000; // ms after which an unanswered wish counts as lost
const SETTLING = 1500; // ms in which a released value keeps its preview without Python's answer

export class LiveKnobs {
  /** @param {object} viewer with base, preview and ask */
  constructor(viewer) {
    this.viewer = viewer;
    this.knobs = [];
    this.pictures = new Map();
    this.onDown = (event) => this.#down(event);
    this.onUp = () => this.#up();
    document.addEventListener("pointerdown", this.onDown, true);
    for (const name of ["pointerup", "pointercancel"]) window.addEventListener(name, this.onUp, true);
  }

  destroy() {
    this.observer?.disconnect();
    document.removeEventListener("pointerdown", this.onDown, true);
    for (const name of ["pointerup", "pointercancel"]) {
      window.removeEventListener(name, this.onUp, true);
    }
  }

  /** A new picture came from Python; keep what was sent ahead as long as it belongs to it. */
  renew(base) {
    this.knobs = base.knobs ?? [];
    const known = [...this.pictures.values()].some((one) => one.experiment === base.experiment);
    if (!known || this.look !== base.look) this.pictures.clear();
    const released = this.released;
    if (released && (released.experiment === base.experiment || isOver(released))) this.#settle();
  }

  /** Pictures that were asked for. */
  take(parcel) {
    this.waiting = null;
    if (parcel.look !== this.viewer.base.look) return;
    this.look = parcel.look;
    if (parcel.knob !== this.knobOfPictures) this.pictures.clear();
    this.knobOfPictures = parcel.knob;
    parcel.pictures.forEach((one, i) => this.pictures.set(parcel.first + i, one));
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
    if (this.knobOfPictures !== knob.name) this.pictures.clear();
    this.waiting = null;
    if (knob.ahead && this.pictures.size < knob.count) this.#ask(0, knob.count - 1);
    this.observer = new MutationObserver(() => this.#moved());
    this.observer.observe(slider, { attributes: true });
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
    if (index === start) this.viewer.preview(null);
    else if (picture) this.viewer.preview(picture);
    else if (!knob.ahead) this.#ask(index, index);
  }

  #ask(first, last) {
    if (this.waiting && performance.now() - this.waiting < PATIENCE) return;
    this.waiting = performance.now();
    this.viewer.ask({ knob: this.drag.knob.name, first, last, look: this.viewer.base.look });
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
      else this.released = { experiment, at: performance.now() };
    });
  }

  #settle() {
    this.released = null;
    this.viewer.preview(null);
  }
}

function isOver({ at }) {
  return performance.now() - at > SETTLING;
}

function nameOf(slider) {
  const label = slider.getAttribute("aria-label");
  if (label) return label;
  const ids = (slider.getAttribute("aria-labelledby") ?? "").split(" ");
  return ids.map((id) => document.getElementById(id)?.textContent ?? "").join(" ").trim();
}
