/**
 * The cursor that walks by itself: as many steps a second as chosen, in time with the screen.
 */

import { setAttribute } from "./writing.js";

const SPEEDS = [2, 5, 10, 20, 50, 100, 500, 1000, 5000];
const CALM = 2; // steps a second to begin with for visitors who prefer reduced motion

export class Playback {
  /** @param {object} viewer with cursor, picture, moveTo and release */
  constructor(viewer, button, select) {
    Object.assign(this, { viewer, button, select });
    button.addEventListener("click", () => (this.isPlaying ? this.pause() : this.play()));
  }

  get isPlaying() {
    return this.frame !== undefined;
  }

  /** Name button and speeds; the choice of speed stays when the pictures change. */
  label({ words, timesteps }) {
    this.words = words;
    this.#showState();
    setAttribute(this.select, "aria-label", words.speed);
    const most = Math.max(50, timesteps / 5);
    const speeds = SPEEDS.filter((speed) => speed <= most);
    const text = speeds.join();
    if (text === this.offered) return;
    this.offered = text;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const chosen = Number(this.select.value) || (calm ? CALM : nearest(speeds, timesteps / 10));
    this.select.replaceChildren(...speeds.map((speed) => new Option(speed < 1000 ? `${speed}/s` : `${speed / 1000}k/s`, speed)));
    this.select.value = nearest(speeds, chosen);
  }

  play() {
    const { viewer } = this;
    const last = viewer.picture.timesteps - 1;
    if (viewer.cursor.step >= last) viewer.moveTo(0);
    let place = viewer.cursor.step;
    let before = performance.now();
    const walk = (now) => {
      // Whoever moves the cursor by hand while it plays takes it along.
      if (Math.floor(place) !== viewer.cursor.step) place = viewer.cursor.step;
      place += (Math.min(now - before, 250) / 1000) * Number(this.select.value);
      before = now;
      viewer.moveTo(Math.floor(place));
      if (viewer.cursor.step >= viewer.picture.timesteps - 1) this.pause();
      else this.frame = requestAnimationFrame(walk);
    };
    this.frame = requestAnimationFrame(walk);
    this.#showState();
  }

  pause() {
    if (!this.isPlaying) return;
    cancelAnimationFrame(this.frame);
    this.frame = undefined;
    this.#showState();
    this.viewer.release();
  }

  #showState() {
    const name = this.isPlaying ? this.words.pause : this.words.play;
    setAttribute(this.button, "aria-label", name);
    setAttribute(this.button, "title", name);
    setAttribute(this.button, "data-icon", this.isPlaying ? "pause" : "play");
  }
}

function nearest(values, wanted) {
  return values.reduce((best, value) =>
    Math.abs(value - wanted) < Math.abs(best - wanted) ? value : best,
  );
}
