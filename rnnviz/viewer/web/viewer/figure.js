/**
 * Any Plotly figure in the page: one persistent element, so that zoom and camera stay when its
 * numbers change; where its x axis counts timesteps it carries the viewers' time cursor. Traces may
 * follow the cursor, and a click may be told to the host.
 */

import { channelOf } from "./channel.js";
import { Follow } from "./follow.js";
import { readPayload, readPrefix } from "./payload.js";
import { plotly } from "./plotly.js";

const CONFIG = {
  responsive: true,
  displaylogo: false,
  // Where nothing hovers, the bar would stand over the chart for good; fingers zoom without it.
  displayModeBar: matchMedia("(hover: hover)").matches ? "hover" : false,
  // The first would send the figure to Plotly's own servers; nothing leaves this machine.
  modeBarButtonsToRemove: ["sendChartToCloud", "select2d", "lasso2d"],
};
// What a drag does on a map is the page's to say: it has a control for it.
const MAP_CONFIG = { ...CONFIG, modeBarButtonsToRemove: [...CONFIG.modeBarButtonsToRemove, "zoom2d", "pan2d"] };
const MOST_CORNERS = 200;

/**
 * Put a figure into a host's element; returns it, with `update(bytes)` and its clean-up `destroy`.
 *
 * @param {object} host element, and as wanted tell(name, value), group
 */
export function mount(host) {
  return new Figure(host);
}

class Figure {
  constructor({ element, tell = () => {}, group = "page" }) {
    this.tell = tell;
    this.channel = channelOf(group);
    this.root = document.createElement("div");
    this.root.className = "rv-figure";
    this.root.dataset.testid = "figure-view";
    this.plot = document.createElement("div");
    this.line = document.createElement("div");
    this.line.className = "rv-figure-cursor";
    this.line.hidden = true;
    this.behind = Object.assign(document.createElement("output"), { className: "rv-figure-behind", hidden: true });
    this.root.append(this.plot, this.line, this.behind);
    this.cell = Object.assign(document.createElement("div"), { className: "rv-figure-cell", hidden: true });
    this.root.append(this.cell);
    this.follow = new Follow(this.plot);
    element.append(this.root);
  }

  destroy() {
    this.deaf?.();
    this.deafToPreviews?.();
    this.deafToCells?.();
    this.channel.wantCursor(this, false);
    this.follow.destroy();
    window.Plotly?.purge(this.plot);
    this.root.remove();
  }

  /** Take a figure from the host. */
  async update(bytes) {
    const { checksum, timestep: reveal } = readPrefix(bytes);
    if (checksum !== this.checksum) await this.show(checksum, { ...readPayload(bytes), reveal });
  }

  /** Take a figure that is read already; its mark tells it from the one before. */
  async show(checksum, { figure, name, follow, picks, at, map, reveal }) {
    if (checksum === this.checksum) return;
    this.checksum = checksum;
    this.at = at;
    this.channel.wantCursor(this, at !== null && at !== undefined);
    this.root.dataset.view = name;
    delete this.root.dataset.painted;
    const layout = asTallAsTheScreen({ autosize: true, uirevision: "keep", ...figure.layout });
    this.root.style.minHeight = `${layout.height ?? 0}px`;
    const Plotly = await plotly();
    if (checksum !== this.checksum) return;
    await Plotly.react(this.plot, figure.data, layout, map ? MAP_CONFIG : CONFIG);
    // What was drawn around cells comes back as a trace, on every map of the page.
    if (this.plot.layout.selections?.length) await Plotly.relayout(this.plot, { selections: [] });
    this.map = map;
    this.#drawCell(null);
    this.axis = layout.meta?.time_axis?.replace(/^x/, "xaxis");
    this.first = layout.meta?.first_step ?? 0;
    this.picks = picks;
    this.follow.take(follow);
    this.#listen();
    this.#fitCursor();
    this.#drawCursor();
    this.root.dataset.painted = checksum;
    this.#sayBehind();
    if (reveal) this.#reveal();
  }

  #listen() {
    if (this.deaf) return;
    this.deaf = this.channel.hearCursor((step) => {
      this.step = step;
      this.#drawCursor();
      this.#sayBehind();
      this.follow.moveTo(step);
    });
    this.deafToPreviews = this.channel.hearPreview((experiment) => {
      this.isOld = experiment !== null;
      this.#sayBehind();
    });
    this.plot.on("plotly_afterplot", () => {
      this.#drawCell(null);
      this.#fitCursor();
      this.#drawCursor();
    });
    this.plot.on("plotly_relayouting", () => this.#drawCursor());
    this.plot.on("plotly_click", ({ points: [point] }) => this.#pick(point));
    this.plot.on("plotly_hover", ({ points: [point] }) => this.#point(point));
    this.plot.on("plotly_unhover", () => this.#point(null));
    this.plot.on("plotly_selected", (event) => this.#select(event));
    this.deafToCells = this.channel.hearCell((map, cell) => map === this.map && this.#drawCell(cell));
  }

  /** Scroll the figure into sight, as far up as what stands above it allows. */
  #reveal() {
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const { bottom } = this.root.getBoundingClientRect();
    if (bottom <= window.innerHeight) return;
    this.root.scrollIntoView({ block: "end", behavior: calm ? "auto" : "smooth" });
  }

  /** Tell the host where a click was; the count tells two clicks on one place apart. */
  #pick({ x, y }) {
    if (!this.picks) return;
    this.clicks = (this.clicks ?? 0) + 1;
    this.tell("pick", { x, y, count: this.clicks });
  }

  /** Tell every map of this name which cell the pointer is over. */
  #point(point) {
    if (this.map) this.channel.tellCell(this.map, point && { x: point.x, y: point.y });
  }

  /** Frame the cell that the pointer is over, on this map or on the one beside it. */
  #drawCell(cell) {
    const layout = this.plot._fullLayout;
    this.cell.hidden = !cell || !layout?.xaxis;
    if (this.cell.hidden) {
      delete this.root.dataset.cell;
      return;
    }
    const { xaxis, yaxis } = layout;
    const [left, right] = [xaxis.d2p(cell.x - 0.5), xaxis.d2p(cell.x + 0.5)];
    const [top, bottom] = [yaxis.d2p(cell.y + 0.5), yaxis.d2p(cell.y - 0.5)];
    const seen = right > 0 && left < xaxis._length && bottom > 0 && top < yaxis._length;
    this.cell.hidden = !seen;
    Object.assign(this.cell.style, {
      left: `${xaxis._offset + left}px`,
      top: `${yaxis._offset + top}px`,
      width: `${right - left}px`,
      height: `${bottom - top}px`,
    });
    this.root.dataset.cell = `${cell.x},${cell.y}`;
  }

  /** Tell the host what was drawn around cells: a box, or a line by hand. */
  #select(event) {
    const line = this.map && cornersOf(event);
    if (!line) return;
    const each = Math.max(1, Math.ceil(line.x.length / MOST_CORNERS));
    const [x, y] = [line.x, line.y].map((all) => all.filter((_, k) => k % each === 0).map(Number));
    this.tell("selection", { map: this.map, x, y, moment: Date.now() });
  }

  /**
   * Say which timestep the figure belongs to, while the cursor stands at another one; and veil it
   * while a slider is held at another setting, which it does not name.
   */
  #sayBehind() {
    const first = this.plot._fullLayout?.meta?.first_step ?? 0;
    const isEarlier = Number.isInteger(this.at) && this.step !== undefined && this.step !== this.at;
    const isBehind = isEarlier || Boolean(this.isOld);
    this.root.classList.toggle("rv-is-behind", isBehind);
    this.root.classList.toggle("rv-is-old", Boolean(this.isOld));
    this.behind.hidden = !isBehind;
    this.behind.textContent = isEarlier ? `t = ${this.at + first} …` : "…";
  }

  /** Give the line a piece in each panel of its column: between them stand titles, to be read. */
  #fitCursor() {
    const layout = this.plot._fullLayout;
    const axis = this.axis && layout?.[this.axis];
    const tops = new Map();
    for (const { xaxis, yaxis } of Object.values((axis && layout._plots) ?? {})) {
      if (Math.abs(xaxis._offset - axis._offset) < 1) tops.set(yaxis._offset, yaxis._length);
    }
    const pieces = [...tops].map(([top, height]) => {
      const piece = document.createElement("i");
      Object.assign(piece.style, { top: `${top}px`, height: `${height}px` });
      return piece;
    });
    this.line.replaceChildren(...pieces);
  }

  /** Move the line; Plotly itself is left alone, it would take a frame or two. */
  #drawCursor() {
    const layout = this.plot._fullLayout;
    const axis = this.axis && layout?.[this.axis];
    const x = axis && this.step !== undefined ? axis.d2p(this.step + this.first) : NaN;
    this.line.hidden = !(x >= 0 && x <= axis?._length);
    if (this.line.hidden) return;
    this.line.style.transform = `translateX(${axis._offset + x}px)`;
  }
}

/** The corners of a selection; nothing where it has no area. */
function cornersOf(event) {
  if (event?.lassoPoints?.x?.length > 2) return event.lassoPoints;
  if (!event?.range?.x) return null;
  const { x: [left, right], y: [low, high] } = event.range;
  return { x: [left, right, right, left], y: [low, low, high, high] };
}

const SCREEN = 814; // pixels of the screen that Python's heights are made for
const MOST_ON = 420;

/** A figure that may fill the screen gets what a tall one has to spare; its legend keeps its distance. */
function asTallAsTheScreen(layout) {
  const more = Math.min(MOST_ON, window.innerHeight - SCREEN);
  if (!layout.meta?.fills || !layout.height || more <= 0) return layout;
  const { t = 0, b = 0 } = layout.margin ?? {};
  const before = layout.height - t - b;
  const legend = layout.legend && { ...layout.legend, y: ((layout.legend.y ?? 1) * before) / (before + more) };
  return { ...layout, height: layout.height + more, ...(legend && { legend }) };
}
