/**
 * The state viewer: one component that paints a network's states and follows the hand.
 *
 * Streamlit calls the default export whenever the data or the theme changed. Everything between two
 * such calls (cursor, zoom, play) happens here, without the server.
 */

import { readPayload, readPrefix, shortest } from "./payload.js";
import { Stage } from "./stage.js";

const viewers = new WeakMap();

/** Entry point: mount or update the viewer in a component's element. */
export default function mount(component) {
  let viewer = viewers.get(component.parentElement);
  if (!viewer) {
    viewer = new Viewer(component.parentElement);
    viewers.set(component.parentElement, viewer);
  }
  viewer.update(component);
  // Streamlit runs the clean-up of a call that a newer one overtook, too: only a viewer that has
  // really left the page may be taken down.
  return () => setTimeout(() => component.parentElement.isConnected || viewer.destroy());
}

class Viewer {
  constructor(parent) {
    this.root = document.createElement("section");
    this.root.className = "rv-viewer";
    this.root.dataset.testid = "state-viewer";
    this.root.innerHTML = `
      <div class="rv-stage"></div>
      <div class="rv-time">
        <button type="button" class="rv-play"></button>
        <input type="range" class="rv-cursor" min="1" step="1">
        <output class="rv-step"></output>
      </div>`;
    parent.append(this.root);
    const find = (name) => this.root.querySelector(`.${name}`);
    this.slider = find("rv-cursor");
    this.output = find("rv-step");
    this.playButton = find("rv-play");
    this.stage = new Stage(find("rv-stage"));
    this.cursor = { step: 0, unit: null };
    this.sent = [];
    this.slider.addEventListener("input", () => this.moveTo(this.slider.value - this.first));
    this.slider.addEventListener("change", () => this.release());
    this.observer = new ResizeObserver(() => this.redraw());
    this.observer.observe(this.root);
    this.dragOnHeatmap();
  }

  destroy() {
    this.observer.disconnect();
    viewers.delete(this.root.parentElement);
    this.root.remove();
  }

  get first() {
    return this.picture.first;
  }

  /** Take a new message from Python. */
  update({ data, setStateValue, setTriggerValue }) {
    this.setStateValue = setStateValue;
    this.setTriggerValue = setTriggerValue;
    const prefix = readPrefix(data);
    if (prefix.checksum !== this.checksum) {
      this.checksum = prefix.checksum;
      this.picture = readPayload(data);
      this.label();
    }
    this.#takeCursor(prefix);
    this.redraw();
  }

  /** Follow Python's cursor, unless it is only the echo of our own. */
  #takeCursor({ timestep, unit }) {
    const told = `${timestep},${unit}`;
    const isEcho = this.sent.includes(told) || told === this.told;
    this.told = told;
    if (!isEcho) this.cursor = { step: timestep, unit: this.cursor.unit };
    this.cursor.step = Math.min(this.cursor.step, this.picture.timesteps - 1);
  }

  label() {
    const { words, timesteps } = this.picture;
    this.slider.min = this.first;
    this.slider.max = timesteps - 1 + this.first;
    this.slider.setAttribute("aria-label", words.cursor);
    this.playButton.setAttribute("aria-label", words.play);
    this.playButton.textContent = "▶";
  }

  /** Repaint everything: new data, new size or new theme. */
  redraw() {
    if (!this.picture || !this.root.clientWidth) return;
    delete this.root.dataset.experiment;
    this.stage.show(this.picture, this.theme());
    this.stage.paint();
    this.drawCursor();
    const painted = this.checksum;
    this.stage.frame().then(() => afterPaint(() => {
      if (painted === this.checksum) this.root.dataset.experiment = this.picture.experiment;
    }));
  }

  theme() {
    const style = getComputedStyle(this.root);
    const background = style.getPropertyValue("--st-background-color").trim();
    return this.picture.themes[isDark(background) ? "dark" : "light"];
  }

  drawCursor() {
    const { words, timesteps } = this.picture;
    const step = this.cursor.step + this.first;
    const values = { step: step.toLocaleString("en"), steps: timesteps.toLocaleString("en") };
    this.slider.value = step;
    this.output.textContent = fill(words.step, values);
    this.slider.setAttribute("aria-valuetext", fill(words.step, values));
    this.stage.paintCursor(this.cursor, fill(words.at_step, values));
  }

  moveTo(step) {
    const next = Math.min(this.picture.timesteps - 1, Math.max(0, Math.round(step)));
    if (next === this.cursor.step) return;
    this.cursor.step = next;
    this.pending ??= requestAnimationFrame(() => {
      this.pending = null;
      this.drawCursor();
    });
  }

  /** The hand let go: tell Python. */
  release() {
    const told = `${this.cursor.step},${this.cursor.unit ?? 0}`;
    if (this.sent.at(-1) === told) return;
    this.sent = [...this.sent.slice(-20), told];
    this.setStateValue("cursor", { timestep: this.cursor.step, unit: this.cursor.unit });
  }

  dragOnHeatmap() {
    const element = this.stage.element;
    const move = (event) => {
      const box = element.getBoundingClientRect();
      const { step } = this.stage.at(event.clientX - box.left, event.clientY - box.top);
      this.moveTo(Math.floor(step));
    };
    element.addEventListener("pointerdown", (event) => {
      element.setPointerCapture(event.pointerId);
      this.dragging = true;
      move(event);
    });
    element.addEventListener("pointermove", (event) => this.dragging && move(event));
    element.addEventListener("pointerup", () => {
      this.dragging = false;
      this.release();
    });
  }
}

/** Put values into a sentence of the i18n room. */
function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

function isDark(colour) {
  const hex = colour.match(/^#(..)(..)(..)/);
  const rgb = hex ? hex.slice(1).map((part) => parseInt(part, 16)) : colour.match(/\d+/g);
  if (!rgb) return false;
  return 0.3 * rgb[0] + 0.59 * rgb[1] + 0.11 * rgb[2] < 128;
}

/** Run once the frame that is being prepared is on the screen. */
function afterPaint(action) {
  if (document.hidden) return setTimeout(action);
  requestAnimationFrame(() => setTimeout(action));
}
