/**
 * Traces of a Plotly figure that show something else at each step of the time cursor. What they
 * show was sent ahead, so that they move with the hand.
 */

export class Follow {
  /**
   * @param {HTMLElement} plot the Plotly element
   * @param {Array} moves one a trace: {trace, points, x, y}, x and y time-major or null
   */
  constructor(plot, moves) {
    this.plot = plot;
    this.moves = moves;
    this.timesteps = Math.min(...moves.map(({ x, y, points }) => (x ?? y).length / points));
  }

  /** Show a step; painted once a frame, the last wish wins. */
  moveTo(step) {
    this.wanted = Math.max(0, Math.min(step, this.timesteps - 1));
    if (this.wanted === this.shown || !this.moves.length) return;
    this.drawing ??= requestAnimationFrame(() => {
      this.drawing = undefined;
      this.#draw();
    });
  }

  #draw() {
    this.shown = this.wanted;
    for (const name of ["x", "y"]) {
      const moves = this.moves.filter((move) => move[name]);
      if (!moves.length) continue;
      const cut = ({ points, [name]: all }) =>
        all.subarray(this.shown * points, (this.shown + 1) * points);
      window.Plotly.restyle(this.plot, { [name]: moves.map(cut) }, moves.map(({ trace }) => trace));
    }
  }
}
