/**
 * Traces of a Plotly figure that show something else at each step of the time cursor. What they
 * show was sent ahead, so that they move with the hand: on a canvas above the figure, because
 * Plotly itself takes several frames to redraw. Where the cursor rests, Plotly draws them again.
 */

const REST = 300; // ms without a move, after which Plotly takes over

export class Follow {
  /** @param {HTMLElement} plot the Plotly element; the canvas lies over it */
  constructor(plot) {
    this.plot = plot;
    this.canvas = document.createElement("canvas");
    this.canvas.className = "rv-figure-follow";
    plot.after(this.canvas);
    this.moves = [];
  }

  /** Take what is shown when: one entry a trace, {trace, points, x, y}, time-major or null. */
  take(moves = []) {
    this.moves = moves;
    this.shown = undefined;
    this.timesteps = Math.min(...moves.map(({ x, y, points }) => (x ?? y).length / points));
    this.#rest();
  }

  destroy() {
    clearTimeout(this.timer);
    this.moves = [];
  }

  /** Show a step; painted once a frame, the last wish wins. */
  moveTo(step) {
    this.wanted = Math.max(0, Math.min(step, this.timesteps - 1));
    if (!this.moves.length || this.wanted === this.shown) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#settle(), REST);
    this.drawing ??= requestAnimationFrame(() => {
      this.drawing = undefined;
      this.#draw();
    });
  }

  #at({ points, ...all }, name, step) {
    return all[name]?.subarray(step * points, (step + 1) * points);
  }

  #draw() {
    const { _fullData: traces, _fullLayout: layout } = this.plot;
    if (!layout || !this.moves.length) return;
    this.shown = this.wanted;
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    const { width, height } = layout;
    if (this.canvas.width !== width * ratio) this.canvas.width = width * ratio;
    if (this.canvas.height !== height * ratio) this.canvas.height = height * ratio;
    Object.assign(this.canvas.style, { width: `${width}px`, height: `${height}px` });
    const pen = this.canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    for (const move of this.moves) {
      const trace = traces[move.trace];
      const x = this.#at(move, "x", this.shown) ?? trace.x;
      const y = this.#at(move, "y", this.shown) ?? trace.y;
      paint(pen, trace, axisOf(layout, trace.xaxis), axisOf(layout, trace.yaxis), x, y);
      hide(this.plot, trace, true);
    }
  }

  /** Let Plotly draw the step, so that hovering tells what it shows. */
  async #settle() {
    const step = this.shown;
    if (step === undefined || !this.plot._fullData) return;
    for (const name of ["x", "y"]) {
      const moves = this.moves.filter((move) => move[name]);
      if (!moves.length) continue;
      const values = moves.map((move) => this.#at(move, name, step));
      await window.Plotly.restyle(this.plot, { [name]: values }, moves.map(({ trace }) => trace));
    }
    if (step === this.shown) this.#rest();
  }

  #rest() {
    clearTimeout(this.timer);
    this.canvas.getContext("2d").clearRect(0, 0, this.canvas.width, this.canvas.height);
    for (const { trace } of this.moves) hide(this.plot, this.plot._fullData[trace], false);
  }
}

function axisOf(layout, id) {
  return layout[id.replace(/^([xy])/, "$1axis")];
}

/** Hide or show what Plotly drew of a trace. */
function hide(plot, { uid, type }, hidden) {
  const drawn = type === "bar" ? ".barlayer .trace.bars" : `.trace${uid}`;
  for (const element of plot.querySelectorAll(drawn)) {
    element.style.visibility = hidden ? "hidden" : "";
  }
}

function paint(pen, trace, xaxis, yaxis, x, y) {
  pen.save();
  pen.beginPath();
  pen.rect(xaxis._offset - 8, yaxis._offset - 8, xaxis._length + 16, yaxis._length + 16);
  pen.clip();
  const left = (value) => xaxis._offset + xaxis.d2p(value);
  const top = (value) => yaxis._offset + yaxis.d2p(value);
  if (trace.type === "bar") paintBars(pen, trace, left, top, x, y);
  else paintDots(pen, trace.marker, left, top, x, y);
  pen.restore();
}

function paintBars(pen, { marker, width }, left, top, x, y) {
  pen.fillStyle = marker.color;
  const thick = Math.abs(top(y[0]) - top(y[0] + width));
  for (let i = 0; i < x.length; i++) {
    pen.fillRect(left(0), top(y[i]) - thick / 2, left(x[i]) - left(0), thick);
  }
}

function paintDots(pen, { size, color, opacity, symbol, line }, left, top, x, y) {
  pen.globalAlpha = opacity ?? 1;
  pen.fillStyle = pen.strokeStyle = color;
  pen.lineWidth = line?.width ?? 0;
  for (let i = 0; i < x.length; i++) {
    if (!Number.isFinite(x[i]) || !Number.isFinite(y[i])) continue;
    pen.beginPath();
    pen.arc(left(x[i]), top(y[i]), size / 2, 0, 2 * Math.PI);
    if (symbol === "circle-open") pen.stroke();
    else pen.fill();
  }
}
