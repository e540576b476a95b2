/**
 * A training while it runs: loss, output over target, states, eigenvalues of U and the gradient
 * through time. Every checkpoint that was sent is kept here, so scrubbing needs no server.
 */

import { parseFrames, readMessage } from "./training_frames.js";
import * as paint from "./training_paint.js";
import { themeOf } from "./training_theme.js";

const BODY = `
  <div class="rt-top">
    <label class="rt-scrub"><span></span><input type="range" min="0" max="0" step="1" value="0"></label>
    <output class="rt-measure"></output>
    <output class="rt-status" aria-live="off"></output>
  </div>
  <div class="rt-panels"></div>`;
const PANELS = ["loss", "output", "states", "gradient", "eigenvalues"];
const views = new WeakMap();

/** Entry point: mount or update the view in a component's element. */
export default function mount(component) {
  const { parentElement } = component;
  if (!views.has(parentElement)) views.set(parentElement, new TrainingView(parentElement));
  views.get(parentElement).update(component);
  return () => setTimeout(() => parentElement.isConnected || views.get(parentElement)?.destroy());
}

class TrainingView {
  constructor(parent) {
    this.parent = parent;
    this.root = document.createElement("section");
    this.root.className = "rt-training";
    this.root.dataset.testid = "training-view";
    this.root.innerHTML = BODY;
    parent.append(this.root);
    const part = (name) => this.root.querySelector(name);
    this.range = part("input");
    this.label = part(".rt-scrub span");
    this.measure = part(".rt-measure");
    this.status = part(".rt-status");
    this.frames = new Map();
    this.steps = [];
    this.at = -1;
    this.follows = true;
    this.told = -1;
    this.lacking = 0;
    this.painted = 0;
    this.panels = new Map(PANELS.map((name) => [name, this.#panel(name, part(".rt-panels"))]));
    this.range.addEventListener("input", () => this.#scrub());
    this.range.addEventListener("change", () => this.#tell());
    this.resize = new ResizeObserver(() => this.#ask());
    this.resize.observe(this.root);
  }

  destroy() {
    this.resize.disconnect();
    views.delete(this.parent);
    this.root.remove();
  }

  update({ data, setStateValue }) {
    this.setStateValue = setStateValue;
    const { head, frames } = readMessage(data);
    const anew = head.id !== this.head?.id || head.step < this.head.step;
    if (anew) {
      this.frames.clear();
      this.follows = true;
      this.#tell();
    }
    this.head = head;
    const looked = this.steps[this.at];
    for (const frame of parseFrames(frames, head.shape)) this.frames.set(frame.step, frame);
    this.steps = [...this.frames.keys()].sort((a, b) => a - b);
    // Frames that were left out come in between: the same step stays in sight.
    this.at = this.steps.indexOf(looked);
    this.root.classList.toggle("rt-large", head.large);
    this.label.textContent = head.words.checkpoint;
    this.range.max = String(Math.max(0, this.steps.length - 1));
    if (this.at < 0) this.at = this.steps.length - 1;
    this.#askForAll(anew);
    for (const [name, { title }] of this.panels) title.textContent = head.words[name];
    this.panels.get("eigenvalues").figure.hidden = !head.shape.eigenvalues;
    this.status.textContent = head.status;
    this.#ask();
  }

  #panel(name, parent) {
    const figure = document.createElement("figure");
    figure.className = `rt-panel rt-${name}`;
    const title = document.createElement("figcaption");
    const canvas = document.createElement("canvas");
    canvas.setAttribute("role", "img");
    figure.append(title, canvas);
    parent.append(figure);
    return { figure, title, canvas };
  }

  #scrub() {
    this.at = Number(this.range.value);
    this.follows = this.at === this.steps.length - 1;
    this.#ask();
  }

  /** Tell Python which step is looked at, −1 for the last one, once the slider is let go. */
  #tell() {
    const at = this.follows ? -1 : this.steps[this.at];
    if (at !== this.told) this.setStateValue("at", at);
    this.told = at;
  }

  /** A view that has come back has no frames, and one that was busy may have missed a message. */
  #askForAll(anew) {
    const { head } = this;
    if (this.frames.size >= head.frames || !(anew || !head.busy)) return;
    const before = this.askedAt;
    this.askedAt = `${head.id} ${head.frames}`;
    if (before === this.askedAt) return; // asked already, and there is no more
    this.lacking = Date.now() % 1e9;
    this.setStateValue("lacking", this.lacking);
  }

  #ask() {
    this.asked ??= requestAnimationFrame(() => {
      this.asked = undefined;
      this.#paint();
    });
  }

  #paint() {
    // Every checkpoint that has come is shown, and what has fallen behind catches up.
    const behind = this.steps.length - 1 - this.at;
    if (this.follows && behind > 0) this.at += Math.max(1, Math.ceil(behind / 6));
    if (this.follows && this.at < this.steps.length - 1) this.#ask();
    this.range.value = String(this.at);
    const frame = this.frames.get(this.steps[this.at]);
    if (!frame || !this.root.isConnected) return;
    const { head } = this;
    const theme = themeOf(this.root);
    const size = head.large ? 17 : 12.5;
    const history = this.steps.map((step) => this.frames.get(step));
    for (const [name, { figure, title, canvas }] of this.panels) {
      if (figure.hidden) continue;
      const surface = paint.surface(canvas, theme, size);
      const said = paint[name](surface, head, frame, history);
      canvas.setAttribute("aria-label", `${title.textContent}. ${said ?? ""}`);
    }
    const value = head.percent ? `${(100 * frame.measure).toFixed(1)}%` : frame.measure.toPrecision(4) + head.unit;
    const measured = head.measure.replace("{}", value);
    this.measure.textContent = [`${head.words.checkpoint} ${frame.step.toLocaleString()}`, measured].join(" · ");
    this.range.setAttribute("aria-valuetext", String(frame.step));
    this.painted += 1;
    this.root.dataset.painted = String(this.painted);
    this.root.dataset.step = String(frame.step);
    this.root.dataset.trained = String(head.step);
  }
}
