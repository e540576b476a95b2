/**
 * What a viewer tells its host, and when: where the cursor was let go, and what is visible.
 */

const SOON = 250; // ms of rest after which keys and zooms are told
const MOVING = 350; // ms between two reports of a cursor that is on its way
const REMEMBERED = 20;

export class Reporting {
  /** @param {object} viewer with cursor, stage, base, previewed, host and channel */
  constructor(viewer) {
    this.viewer = viewer;
    this.sent = [];
    this.window = "null"; // a host takes all of it for granted
  }

  destroy() {
    clearTimeout(this.cursorTimer);
    clearTimeout(this.windowTimer);
    clearTimeout(this.movingTimer);
  }

  /** Whether the host's cursor is only the echo of one that was told. */
  knows(told) {
    return this.sent.includes(told);
  }

  /** The host knows this cursor, whoever told it. */
  remember(told) {
    this.sent = [...this.sent.slice(-REMEMBERED), told];
  }

  /** The host set the cursor itself: what was told before is old. */
  forgetAllBut(told) {
    this.sent = [told];
  }

  /** The cursor is on its way: told now and then where a part of the page waits for the host. */
  moving() {
    if (!this.viewer.channel.cursorIsWanted || this.movingTimer) return;
    this.movingTimer = setTimeout(() => {
      this.movingTimer = undefined;
      this.#cursor();
    }, MOVING);
  }

  /** The hand let go; keys that repeat are told once they rest. */
  cursor({ soon = false } = {}) {
    clearTimeout(this.cursorTimer);
    this.cursorTimer = setTimeout(() => this.#cursor(), soon ? SOON : 0);
  }

  #cursor() {
    const { step, unit } = this.viewer.cursor;
    const told = `${step},${unit ?? 0}`;
    if (told === this.sent.at(-1)) return;
    this.remember(told);
    this.viewer.channel.tellSent(told, this.viewer);
    this.viewer.host.tell("cursor", { timestep: step, unit, moment: Date.now() });
  }

  /** What is visible may have changed. */
  visible() {
    clearTimeout(this.windowTimer);
    this.windowTimer = setTimeout(() => this.#visible(), SOON);
  }

  /** All that is visible is told as well where there are more pixels than cells. */
  #visible() {
    const { stage, base, previewed } = this.viewer;
    if (previewed) return;
    const part = stage.window ?? (stage.isCoarse(base.tiles[0]) ? stage.view : null);
    const window_ = part && {
      first: Math.floor(part.step), last: Math.ceil(part.end),
      low: Math.floor(part.unit), high: Math.ceil(part.top),
    };
    const text = JSON.stringify(window_);
    if (text === this.window) return;
    this.window = text;
    this.viewer.host.tell("window", window_);
  }
}
