/**
 * The cursor that walks by itself: as many steps a second as chosen, in time with the screen. Viewers of
 * a group share one cursor, so one of them walks, and the button of each stops it.
 */

import { setAttribute } from "./writing.js";

const SPEEDS = [2, 5, 10, 20, 50, 100, 500, 1000, 5000];
const CALM = 2; // steps a second to begin with for visitors who prefer reduced motion

export class Playback {
  /** @param {object} viewer with cursor, picture, moveTo and release */
  constructor(viewer, button, select) {
    Object.assign(this, { viewer, button, select });
    this.player = null; // the playback of the group that walks
    button.addEventListener("click", () => (this.player ? viewer.channel.tellPlayer(null) : this.play()));
  }

  /** Hear which playback of the group walks now; returns a function that ends it. */
  listen() {
    return this.viewer.channel.hearPlayer((player) => {
      this.player = player;
      if (player !== this && this.isPlaying) this.#end(!player);
      this.#showState();
    });
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
      if (!this.isPlaying) return; // stopped by who heard of it
      if (viewer.cursor.step >= viewer.picture.timesteps - 1) this.pause();
      else this.frame = requestAnimationFrame(walk);
    };
    this.frame = requestAnimationFrame(walk);
    viewer.channel.tellPlayer(this);
  }

  pause() {
    if (this.isPlaying) this.viewer.channel.tellPlayer(null);
  }

  /** Walk no further; the cursor rests here unless another walks on. */
  #end(rests) {
    cancelAnimationFrame(this.frame);
    this.frame = undefined;
    if (rests) this.viewer.release();
  }

  #showState() {
    if (!this.words) return; // no picture yet
    const name = this.player ? this.words.pause : this.words.play;
    setAttribute(this.button, "aria-label", name);
    setAttribute(this.button, "title", name);
    setAttribute(this.button, "data-icon", this.player ? "pause" : "play");
  }
}

function nearest(values, wanted) {
  return values.reduce((best, value) =>
    Math.abs(value - wanted) < Math.abs(best - wanted) ? value : best,
  );
}
