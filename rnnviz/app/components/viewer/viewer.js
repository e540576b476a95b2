/**
 * The state viewer: one component that paints a network's states and follows the hand.
 *
 * Streamlit calls the default export whenever the data or the theme changed. Everything between two
 * such calls (cursor, zoom, play, a slider under the finger) happens in the browser.
 */

import { photograph } from "./snapshot.js";
import {
  channel,
  cursorNow,
  hearAsked,
  hearCursor,
  hearSent,
  hearUnit,
  tellCursor,
  tellPreview,
  tellUnit,
} from "./channel.js";
import { composed } from "./compose.js";
import { build, furnish, showWindow } from "./toolbar.js";
import { Gestures } from "./gestures.js";
import { describe, Hover } from "./hover.js";
import { LiveKnobs } from "./live.js";
import { readPayload, readPrefix } from "./payload.js";
import { Playback } from "./playback.js";
import { Said } from "./said.js";
import { Stage } from "./stage.js";
import { Reporting } from "./reporting.js";
import { themeOf } from "./theme.js";
import { fill, whole } from "./words.js";

const REST = 250; // ms of rest after which a screen reader is told what is at the cursor

const viewers = new WeakMap();

/** Entry point: mount or update the viewer in a component's element. */
export default function mount(component) {
  const { parentElement } = component;
  if (!viewers.has(parentElement)) viewers.set(parentElement, new Viewer(parentElement));
  viewers.get(parentElement).update(component);
  // Streamlit also runs the clean-up of a call that a newer one overtook: only a viewer that has
  // really left the page may be taken down.
  return () => setTimeout(() => parentElement.isConnected || viewers.get(parentElement)?.destroy());
}

class Viewer {
  constructor(parent) {
    this.parent = parent;
    this.root = document.createElement("section");
    this.root.className = "rv-viewer";
    this.root.dataset.testid = "state-viewer";
    this.parts = build(this.root);
    parent.append(this.root);
    this.stage = new Stage(this.parts.stage);
    this.cursor = { step: 0, unit: null };
    this.tool = "cursor";
    this.reporting = new Reporting(this);
    this.playback = new Playback(this, this.parts.play, this.parts.speed);
    this.gestures = new Gestures(this);
    this.hover = new Hover(this);
    this.said = new Said(() => this.base?.saidIn);
    this.live = new LiveKnobs(this);
    this.#listen();
    this.observer = new ResizeObserver(() => this.#resized());
    this.observer.observe(this.root);
    // Words on a canvas do not change by themselves when their font arrives.
    if (document.fonts.status === "loading") document.fonts.ready.then(() => this.redraw());
    const others = (teller) => teller && teller !== this;
    this.unhear = [
      hearCursor((step, teller) => others(teller) && this.#follow(step)),
      // Two viewers share one cursor in Python, which answers both of them.
      hearSent((told, teller) => others(teller) && this.reporting.remember(told)),
      hearUnit((unit, teller) => others(teller) && this.#takeUnit(unit)),
      hearAsked((step) => this.#goTo(step)),
    ];
  }

  destroy() {
    this.playback.pause();
    this.said.own();
    this.observer.disconnect();
    this.gestures.destroy();
    this.live.destroy();
    this.reporting.destroy();
    for (const end of this.unhear) end();
    if (this.meeting?.viewer === this) this.meeting.viewer = null;
    viewers.delete(this.parent);
    this.root.remove();
  }

  #listen() {
    const { cursor, zoom, reset, camera, level } = this.parts;
    cursor.addEventListener("input", () => this.moveTo(cursor.value - this.picture.first));
    cursor.addEventListener("change", () => this.release({ soon: true }));
    zoom.addEventListener("click", () => this.#takeTool(this.tool === "zoom" ? "cursor" : "zoom"));
    reset.addEventListener("click", () => this.resetZoom());
    level.addEventListener("change", () => {
      this.stage.level = level.value;
      this.redraw();
    });
    this.parts["keys-button"].addEventListener("click", () =>
      document.dispatchEvent(new CustomEvent("rnnviz:keys")),
    );
    camera.addEventListener("click", () => {
      const { cursor: at, picture } = this;
      photograph(this.stage, { cursor: at, title: this.#title(), name: picture.words.file_name });
    });
  }

  /** Take a message from Python. */
  update({ data, setStateValue }) {
    this.setStateValue = setStateValue;
    const prefix = readPrefix(data);
    if (prefix.checksum !== this.checksum) {
      this.checksum = prefix.checksum;
      this.base = readPayload(data);
      this.#meet();
      this.#compose();
    }
    this.#takeCursor(prefix);
    this.live.renew(this.base);
    this.redraw();
  }

  /** Find the two components that serve this viewer, and the zoom of an earlier life of it. */
  #meet() {
    this.meeting = channel(this.base.key);
    if (this.meeting.viewer === this) return;
    this.meeting.viewer = this;
    this.stage.window = this.meeting.window;
  }

  /** Follow Python's cursor, unless it is only the echo of our own. */
  #takeCursor({ timestep, unit, arrival }) {
    const told = `${timestep},${unit}`;
    const isNew = told !== this.told && !this.reporting.knows(told);
    if (isNew || arrival !== this.arrival) {
      this.cursor = { step: timestep, unit: this.told === undefined && unit === 0 ? null : unit };
      this.reporting.forgetAllBut(told);
      this.follows = false;
    }
    this.told = told;
    this.arrival = arrival;
    const last = this.base.timesteps - 1;
    this.cursor.step = Math.min(this.cursor.step, last);
    // Python brings a cursor inside this run; a longer run beside it may stand further on.
    this.beyond = this.cursor.step === last && cursorNow() > last ? cursorNow() : null;
    if (this.cursor.unit >= this.base.units) this.cursor.unit = this.base.units - 1;
  }

  /** Something came that this viewer asked for. */
  receive(parcel) {
    if (!this.base) return;
    if (parcel.pictures) this.live.take(parcel);
    else if (!this.previewed && parcel.tiles.length) this.#refine();
  }

  /** Finer cells came for what is shown already. */
  #refine() {
    this.#compose();
    this.painting ??= withNextFrame(() => this.#paint());
  }

  #compose() {
    this.picture = composed(this.base, this.previewed, this.meeting.parcel);
  }

  /** Ask Python for pictures of other settings. */
  ask(wish) {
    this.meeting.ask?.(wish);
  }

  /** Show the picture of another setting for the time being; null goes back to Python's. */
  preview(other) {
    if (!other && !this.previewed) return;
    this.previewed = other;
    tellPreview(other?.experiment ?? null, this.base.key);
    this.#compose();
    this.redraw();
  }

  /** Paint everything with the next frame, however much of it changed: data, size, theme. */
  redraw() {
    if (!this.picture || !this.root.clientWidth) return;
    delete this.root.dataset.experiment;
    if (this.stage.picture) this.painting ??= withNextFrame(() => this.#paint());
    else this.#paint(); // a hand may be quicker than the first frame
  }

  #paint() {
    this.painting = undefined;
    if (!this.root.clientWidth) return;
    const { picture } = this;
    this.stage.show(picture, themeOf(this.root, this.base.themes));
    furnish(this.root, this.parts, this.stage);
    this.playback.label(picture);
    this.stage.paint();
    this.drawCursor();
    this.hover.refresh();
    this.reporting.visible();
    this.root.dataset.experiment = picture.experiment;
  }

  #resized() {
    if (this.root.clientWidth !== this.shownWidth) this.redraw();
    this.shownWidth = this.root.clientWidth;
  }

  #values() {
    const { first, timesteps } = this.picture;
    return {
      timestep: whole(this.cursor.step + first),
      step: whole(this.cursor.step + 1),
      steps: whole(timesteps),
    };
  }

  #title() {
    const token = this.picture.input?.tokens[this.cursor.step];
    const place = fill(this.picture.words.at, this.#values());
    return token === undefined ? place : `${place} · ${token}`;
  }

  /** Paint what follows the cursor, and a zoom box that is being drawn. */
  drawCursor(box = null) {
    const { words, first } = this.picture;
    const { cursor, step } = this.parts;
    const values = this.#values();
    cursor.value = this.cursor.step + first;
    step.firstChild.textContent = this.#title();
    step.lastChild.textContent = fill(words.step, values);
    cursor.setAttribute("aria-valuetext", `${this.#title()}, ${fill(words.step, values)}`);
    this.stage.paintCursor(this.cursor, this.#title(), box);
    // Whoever follows says nothing: by the time it is drawn, the one it follows may be further on.
    if (!this.follows) tellCursor(this.beyond ?? this.cursor.step, this);
  }

  /** Go where another viewer's cursor went, as far as this run goes; Python hears from that one. */
  #follow(step) {
    if (!this.picture) return;
    const last = this.picture.timesteps - 1;
    this.follows = true;
    this.beyond = step > last ? step : null;
    if (this.cursor.step === Math.min(step, last)) return;
    this.cursor.step = Math.min(step, last);
    this.#soonDraw();
  }

  /** Move the cursor to a step; painted once a frame, told to Python on release. */
  moveTo(step) {
    const next = Math.min(this.picture.timesteps - 1, Math.max(0, Math.round(step)));
    if (next === this.cursor.step) return;
    this.beyond = null;
    this.follows = false;
    this.cursor.step = next;
    this.reporting.moving();
    this.#soonDraw();
  }

  /** Choose a unit by its index. */
  choose(unit) {
    this.cursor.unit = Math.min(this.picture.units - 1, Math.max(0, unit));
    tellUnit(this.cursor.unit, this);
    this.#soonDraw();
  }

  /** Another part of the page chose a unit; the link keeps it. */
  #takeUnit(unit) {
    if (!this.picture) return;
    this.cursor.unit = Math.min(this.picture.units - 1, unit);
    this.#soonDraw();
    if (!this.follows) this.release();
  }

  /** Another part of the page asked for a timestep. */
  #goTo(step) {
    if (!this.picture || this.follows) return;
    this.moveTo(step);
    this.release();
  }

  #soonDraw() {
    this.drawing ??= requestAnimationFrame(() => {
      this.drawing = undefined;
      if (this.stage.follow(this.cursor.step)) this.#zoomed();
      else this.drawCursor();
    });
  }

  zoomTo(part) {
    this.stage.zoomTo(part);
    this.zooming ??= requestAnimationFrame(() => {
      this.zooming = undefined;
      this.#zoomed();
    });
  }

  resetZoom() {
    this.#takeTool("cursor");
    if (this.stage.window) this.zoomTo(null);
  }

  #zoomed() {
    this.stage.paint();
    this.drawCursor();
    this.hover.refresh();
    showWindow(this.root, this.parts.reset, this.stage);
    this.meeting.window = this.stage.window;
    this.reporting.visible();
  }

  #takeTool(tool) {
    this.tool = tool;
    this.parts.zoom.setAttribute("aria-pressed", String(tool === "zoom"));
  }

  /** The hand let go. */
  release(when) {
    this.reporting.cursor(when);
  }

  /** Say to a screen reader what is at the cursor, once it rests. */
  announce() {
    clearTimeout(this.sayTimer);
    this.sayTimer = setTimeout(() => {
      const { step, unit } = this.cursor;
      const lines = unit === null ? [["place", this.#title()]] : describe(this.stage, step, unit);
      this.parts.live.textContent = (lines ?? []).map(([, text]) => text).join(", ");
    }, REST);
  }
}

/** Run while the next frame is prepared; where nothing is seen there are no frames. */
function withNextFrame(action) {
  return document.hidden ? setTimeout(action) : requestAnimationFrame(action);
}
