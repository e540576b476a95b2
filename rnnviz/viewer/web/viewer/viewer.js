/**
 * The state viewer: paints a network's states and follows the hand, in any page.
 *
 * CONTRACT.md is its specification: what a host gives, what it is told, when. Everything between two
 * payloads (cursor, zoom, play) happens in the browser.
 */

import { photograph } from "./snapshot.js";
import { channelOf } from "./channel.js";
import { composed } from "./compose.js";
import { build, furnish, showWindow } from "./toolbar.js";
import { Gestures } from "./gestures.js";
import { describe, Hover } from "./hover.js";
import { readPayload, readPrefix } from "./payload.js";
import { Playback } from "./playback.js";
import { Stage } from "./stage.js";
import { Reporting } from "./reporting.js";
import { themeOf } from "./theme.js";
import { Width } from "./width.js";
import { fill, whole } from "./words.js";
import { setAttribute, setText } from "./writing.js";

/** Version of the contract: a host checks that it is the one that it was written for. */
export const VERSION = 1;
const REST = 250; // ms of rest after which a screen reader is told what is at the cursor

const windows = new Map(); // what was visible, by a viewer's key: a viewer may be made anew

/** Put a viewer into a host's element; returns the viewer, whose `destroy` is the clean-up. */
export function mount(host) {
  const viewer = new Viewer(host);
  if (host.data) viewer.update(host.data);
  return viewer;
}

class Viewer {
  constructor({ element, tell = () => {}, group = "page", theme = null, help = null }) {
    this.host = { tell, help, theme };
    this.channel = channelOf(group);
    this.root = document.createElement("section");
    this.root.className = "rv-viewer";
    this.root.dataset.testid = "state-viewer";
    this.root.toggleAttribute("data-themed", theme !== null);
    this.parts = build(this.root);
    this.parts["keys-button"].hidden = !help;
    element.append(this.root);
    this.stage = new Stage(this.parts.stage);
    this.cursor = { step: 0, unit: null };
    this.tool = "cursor";
    this.parcel = null;
    this.reporting = new Reporting(this);
    this.playback = new Playback(this, this.parts.play, this.parts.speed);
    this.gestures = new Gestures(this);
    this.hover = new Hover(this);
    this.#listen();
    this.width = new Width(this.root, () => this.redraw());
    this.#watch();
    const { channel } = this;
    const others = (teller) => teller && teller !== this;
    this.unhear = [
      channel.hearCursor((step, teller) => others(teller) && this.#follow(step)),
      // Viewers of a group share one cursor at the host, which answers all of them.
      channel.hearSent((told, teller) => others(teller) && this.reporting.remember(told)),
      channel.hearUnit((unit, teller) => others(teller) && this.#takeUnit(unit)),
      channel.hearAsked((step) => this.#goTo(step)),
      this.playback.listen(),
    ];
  }

  destroy() {
    this.playback.pause();
    this.width.end();
    this.darkness.removeEventListener("change", this.onDarkness);
    this.gestures.destroy();
    this.hover.destroy();
    this.reporting.destroy();
    clearTimeout(this.sayTimer);
    for (const end of this.unhear) end();
    this.root.remove();
  }

  /** Paint again when the system turns dark, or a font arrives: canvases do not follow by themselves. */
  #watch() {
    this.onDarkness = () => this.redraw();
    this.darkness = matchMedia("(prefers-color-scheme: dark)");
    this.darkness.addEventListener("change", this.onDarkness);
    if (document.fonts.status === "loading") document.fonts.ready.then(() => this.redraw());
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
    this.parts["keys-button"].addEventListener("click", () => this.host.help());
    camera.addEventListener("click", () => {
      const { cursor: at, picture } = this;
      photograph(this.stage, { cursor: at, title: this.#title(), name: picture.words.file_name });
    });
  }

  /** Take a picture from the host; cheap when only the cursor differs from the last one. */
  update(bytes) {
    const prefix = readPrefix(bytes);
    if (prefix.checksum !== this.checksum) {
      this.checksum = prefix.checksum;
      this.#take(readPayload(bytes));
    }
    this.#takeCursor(prefix);
    this.redraw();
  }

  /** Take a picture that is read already, or was computed here; the cursor stays. */
  show(picture) {
    this.checksum = undefined;
    this.#take(picture);
    this.cursor.step = Math.min(this.cursor.step, picture.timesteps - 1);
    if (this.cursor.unit >= picture.units) this.cursor.unit = picture.units - 1;
    this.redraw();
  }

  #take(picture) {
    const isFirst = !this.base;
    this.base = picture;
    if (isFirst && picture.key) this.stage.window = windows.get(picture.key) ?? null;
    this.#compose();
  }

  /** Choose "light" or "dark"; null leaves it to the host's ground, or to the system. */
  theme(name) {
    this.host.theme = name;
    this.root.toggleAttribute("data-themed", name !== null);
    this.redraw();
  }

  /** Follow the host's cursor, unless it is only the echo of our own. */
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
    // The host brings a cursor inside this run; a longer run beside it may stand further on.
    const { cursorNow } = this.channel;
    this.beyond = this.cursor.step === last && cursorNow > last ? cursorNow : null;
    if (this.cursor.unit >= this.base.units) this.cursor.unit = this.base.units - 1;
  }

  /** Take finer cells of what is visible, or exact ones around the cursor. */
  receive(parcel) {
    this.parcel = parcel;
    if (this.base && !this.previewed && parcel.tiles?.length) this.#refine();
  }

  /** Finer cells came for what is shown already. */
  #refine() {
    this.#compose();
    this.painting ??= withNextFrame(() => this.#paint());
  }

  #compose() {
    this.picture = composed(this.base, this.previewed, this.parcel);
  }

  /** Show the picture of another setting for the time being; null goes back to the host's. */
  preview(other) {
    if (!other && !this.previewed) return;
    this.previewed = other;
    this.channel.tellPreview(other?.experiment ?? null, this.base.key, other?.network);
    this.#compose();
    this.#repaint();
  }

  /** Paint everything with the next frame, however much of it changed: data, size, theme. */
  redraw() {
    this.colours = null;
    this.#repaint();
  }

  /** The same in the colours of before: asking the page for them has all its styles computed anew. */
  #repaint() {
    if (!this.picture || !this.width.pixels) return;
    delete this.root.dataset.experiment;
    if (this.stage.picture) this.painting ??= withNextFrame(() => this.#paint());
    else this.#paint(); // a hand may be quicker than the first frame
  }

  #paint() {
    this.painting = undefined;
    if (!this.width.pixels) return;
    const { picture } = this;
    this.colours ??= themeOf(this.root, this.base.themes, this.host.theme);
    this.stage.show(picture, this.colours, this.width.pixels);
    furnish(this.root, this.parts, this.stage);
    this.playback.label(picture);
    this.stage.paint();
    this.drawCursor();
    this.hover.refresh();
    this.reporting.visible();
    this.root.dataset.experiment = picture.experiment;
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
    const [title, place] = [this.#title(), fill(words.step, values)];
    cursor.value = this.cursor.step + first;
    setText(step.firstChild, title);
    setText(step.lastChild, place);
    setAttribute(cursor, "aria-valuetext", `${title}, ${place}`);
    this.stage.paintCursor(this.cursor, title, box);
    // Whoever follows says nothing: by the time it is drawn, the one it follows may be further on.
    if (!this.follows) this.channel.tellCursor(this.beyond ?? this.cursor.step, this);
  }

  /** Go where another viewer's cursor went, as far as this run goes; the host hears from that one. */
  #follow(step) {
    if (!this.picture) return;
    const last = this.picture.timesteps - 1;
    this.follows = true;
    this.beyond = step > last ? step : null;
    if (this.cursor.step === Math.min(step, last)) return;
    this.cursor.step = Math.min(step, last);
    // At once: the one it follows is painting this very frame, and both are seen together.
    if (this.root.dataset.experiment) this.#draw();
    else this.#soonDraw();
  }

  /** Move the cursor to a step; painted once a frame, told to the host on release. */
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
    this.channel.tellUnit(this.cursor.unit, this);
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
      this.#draw();
    });
  }

  #draw() {
    if (this.stage.follow(this.cursor.step)) this.#zoomed();
    else this.drawCursor();
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
    if (this.base.key) windows.set(this.base.key, this.stage.window);
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
