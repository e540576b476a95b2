/**
 * Hands on the stage: pointer, wheel, pinch and keys become cursor moves, choices and zooms.
 *
 * One finger or the main mouse button moves the cursor; with the zoom tool or Shift it draws a box.
 * Two fingers and the wheel zoom. Vertical swipes and a scroll that is under way stay the page's.
 */

const CLICK = 5; // pixels a pointer may wander and still have clicked
const THIN = 12; // a box thinner than this zooms along one axis only
const SCROLLING = 300; // ms after the page's last scroll in which the wheel is the page's

export class Gestures {
  /** @param {object} viewer with stage, tool, moveTo, choose, release, zoomTo, resetZoom, drawCursor */
  constructor(viewer) {
    this.viewer = viewer;
    this.stage = viewer.stage;
    this.element = viewer.stage.element;
    this.pointers = new Map();
    this.action = null;
    this.scrolledAt = -Infinity;
    const listen = (name, take) => this.element.addEventListener(name, take, { passive: false });
    listen("pointerdown", (event) => this.#down(event));
    listen("pointermove", (event) => this.#move(event));
    listen("pointerup", (event) => this.#up(event));
    listen("pointercancel", (event) => this.#cancel(event));
    listen("wheel", (event) => this.#wheel(event));
    listen("dblclick", () => viewer.resetZoom());
    listen("keydown", (event) => this.#key(event));
    this.onScroll = () => (this.scrolledAt = performance.now());
    document.addEventListener("scroll", this.onScroll, { capture: true, passive: true });
  }

  destroy() {
    document.removeEventListener("scroll", this.onScroll, { capture: true });
  }

  #point(event) {
    const box = this.element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  #down(event) {
    const point = this.#point(event);
    const part = this.stage.partAt(point.x, point.y);
    if (part === null || event.button !== 0) return;
    this.element.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, point);
    if (this.pointers.size === 2) {
      this.#startPinch();
      return;
    }
    const isBox = part !== "beside" && (this.viewer.tool === "zoom" || event.shiftKey);
    this.action = { name: isBox ? "box" : "scrub", part, start: point, moved: false };
    // A finger may be about to scroll the page, so it first has to move sideways or lift.
    if (this.action.name === "scrub" && event.pointerType !== "touch") this.#scrub(point);
  }

  #move(event) {
    const point = this.#point(event);
    if (!this.pointers.has(event.pointerId)) return;
    this.pointers.set(event.pointerId, point);
    const { action } = this;
    if (!action) return;
    const wandered = Math.hypot(point.x - action.start.x, point.y - action.start.y) > CLICK;
    action.moved ||= wandered;
    if (action.name === "pinch") this.#pinch();
    else if (!action.moved) return;
    else if (action.name === "scrub") this.#scrub(point);
    else this.viewer.drawCursor(this.#box(point));
  }

  #up(event) {
    const point = this.#point(event);
    const { action } = this;
    this.pointers.delete(event.pointerId);
    if (this.pointers.size) return; // the second finger of a pinch is still down
    this.action = null;
    if (!action || action.name === "pinch") return;
    if (action.name === "box") this.#zoomToBox(action, point);
    else if (action.moved) this.viewer.release();
    else this.#click(action.part, point);
  }

  #cancel(event) {
    this.pointers.delete(event.pointerId);
    if (this.action?.moved && this.action.name === "scrub") this.viewer.release();
    this.action = null;
    this.viewer.drawCursor();
  }

  #scrub(point) {
    if (this.action.part === "beside") return;
    this.viewer.moveTo(Math.floor(this.stage.at(point.x, point.y).step));
  }

  #click(part, { x, y }) {
    const { step, unit } = this.stage.at(x, y);
    if (part !== "beside") this.viewer.moveTo(Math.floor(step));
    if (part === "heat" || part === "beside") this.viewer.choose(Math.floor(unit));
    this.viewer.release();
  }

  /** The rectangle from where the box began, clipped to the heatmap; thin ones span an axis. */
  #box(point) {
    const { heat } = this.stage;
    const { start, part } = this.action;
    const hold = (value, low, size) => Math.min(low + size, Math.max(low, value));
    const [left, right] = [start.x, point.x].map((x) => hold(x, heat.x, heat.width)).sort(order);
    const [high, low] = [start.y, point.y].map((y) => hold(y, heat.y, heat.height)).sort(order);
    const box = { x: left, y: high, width: right - left, height: low - high };
    if (part !== "heat" || box.height < THIN) Object.assign(box, { y: heat.y, height: heat.height });
    else if (box.width < THIN) Object.assign(box, { x: heat.x, width: heat.width });
    return box;
  }

  #zoomToBox(action, point) {
    this.action = action;
    const box = this.#box(point);
    this.action = null;
    if (!action.moved || box.width < THIN || box.height < THIN) {
      this.viewer.drawCursor();
      return;
    }
    const from = this.stage.at(box.x, box.y + box.height);
    const to = this.stage.at(box.x + box.width, box.y);
    this.viewer.zoomTo({ step: from.step, end: to.step, unit: from.unit, top: to.unit });
  }

  #wheel(event) {
    const point = this.#point(event);
    const part = this.stage.partAt(point.x, point.y);
    const pagesTurn = performance.now() - this.scrolledAt < SCROLLING && !event.ctrlKey;
    if (part === null || pagesTurn) return;
    const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
    const isOut = !sideways && event.deltaY > 0;
    if (!this.stage.window && (isOut || sideways) && !event.ctrlKey) return; // nothing to leave
    event.preventDefault();
    if (sideways) this.#pan(event.deltaX);
    else this.#scale(Math.exp(Math.max(-1, Math.min(1, event.deltaY / 250))), point, part);
  }

  #pan(pixels) {
    const { step, end, unit, top } = this.stage.view;
    const shift = (pixels / this.stage.heat.width) * (end - step);
    this.viewer.zoomTo({ step: step + shift, end: end + shift, unit, top });
  }

  /** Zoom by a factor around a point; over the strips along time, beside along units only. */
  #scale(factor, point, part) {
    const { step, end, unit, top } = this.stage.view;
    const fixed = this.stage.at(point.x, point.y);
    const across = part === "beside" ? 1 : factor;
    const upward = part === "heat" || part === "beside" ? factor : 1;
    this.viewer.zoomTo({
      step: fixed.step - (fixed.step - step) * across,
      end: fixed.step + (end - fixed.step) * across,
      unit: fixed.unit - (fixed.unit - unit) * upward,
      top: fixed.unit + (top - fixed.unit) * upward,
    });
  }

  #startPinch() {
    const held = [...this.pointers.values()].map(({ x, y }) => this.stage.at(x, y));
    this.action = { name: "pinch", held, start: { x: 0, y: 0 } };
    this.viewer.drawCursor();
  }

  /** Keep the two cells that the fingers took hold of under the fingers. */
  #pinch() {
    const [a, b] = [...this.pointers.values()];
    const [p, q] = this.action.held;
    const { heat, view } = this.stage;
    const x = spanUnder(a.x - heat.x, b.x - heat.x, p.step, q.step, heat.width, view.end - view.step);
    const from = heat.y + heat.height;
    const y = spanUnder(from - a.y, from - b.y, p.unit, q.unit, heat.height, view.top - view.unit);
    this.viewer.zoomTo({ step: x[0], end: x[1], unit: y[0], top: y[1] });
  }

  #key(event) {
    if (event.altKey || event.metaKey || event.ctrlKey) return;
    const { viewer, stage } = this;
    const { timesteps, units } = stage.picture;
    const { step, unit } = viewer.cursor;
    const page = Math.max(1, Math.round((stage.view.end - stage.view.step) / 10));
    const moves = {
      ArrowLeft: step - 1, ArrowRight: step + 1, PageDown: step - page, PageUp: step + page,
      Home: 0, End: timesteps - 1,
    };
    const scales = { "+": 0.7, "=": 0.7, "-": 1 / 0.7 };
    if (event.shiftKey && event.key in moves) this.#pan(moves[event.key] > step ? 40 : -40);
    else if (event.key in moves) viewer.moveTo(moves[event.key]);
    else if (event.key === "ArrowUp") viewer.choose(Math.min(units - 1, (unit ?? -1) + 1));
    else if (event.key === "ArrowDown") viewer.choose(Math.max(0, (unit ?? units) - 1));
    else if (event.key in scales) this.#scale(scales[event.key], this.#cursorPoint(), "heat");
    else if (event.key === "0" || event.key === "Escape") viewer.resetZoom();
    else return;
    event.preventDefault();
    viewer.announce();
    viewer.release({ soon: true });
  }

  #cursorPoint() {
    const { heat } = this.stage;
    const { step, unit } = this.viewer.cursor;
    const x = this.stage.xOf(step + 0.5);
    return { x, y: unit === null ? heat.y + heat.height / 2 : this.stage.yOf(unit + 0.5) };
  }
}

const order = (a, b) => a - b;

/** The span of an axis that puts `p` and `q` at pixels `a` and `b` of `size`; shifts if too close. */
function spanUnder(a, b, p, q, size, span) {
  const scale = Math.abs(a - b) < 24 || Math.abs(p - q) < 1e-9 ? span / size : (q - p) / (b - a);
  const start = (p + q) / 2 - (scale * (a + b)) / 2;
  return scale > 0 ? [start, start + scale * size] : [start, start + span];
}
