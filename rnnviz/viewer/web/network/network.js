/**
 * The network drawn: one step with its numbers, the same unrolled in time, or as the notes' loop.
 *
 * Weights, inputs and states come once with the run. After that everything follows the viewers' time
 * cursor, the unit that was chosen anywhere, and the slider under the hand, without the server.
 */

import { channelOf } from "./channel.js";
import { scalesOf } from "./colours.js";
import { Details } from "./details.js";
import { Dismissal } from "./dismiss.js";
import { Listing } from "./listing.js";
import { modelOf } from "./model.js";
import { paintStep } from "./paint.js";
import { readParts, readPrefix } from "./payload.js";
import { partAt, planned } from "./plan.js";
import { themeOf } from "./theme.js";
import { linesOf } from "./tip.js";
import { columnAt, paintUnrolled, unrolledHeight } from "./unrolled_view.js";
import { Width } from "./width.js";
import { setAttribute, setHidden, setStyle, setText } from "./writing.js";

const MODES = ["step", "unrolled", "code"];
const PREVIEWS = 32; // ms between two networks of a slider that moves: the picture has every frame
const BODY = `
  <div class="rn-bar">
    <div class="rn-modes" role="group"></div>
    <div class="rn-layers" role="group"></div>
    <output class="rn-at"></output>
    <span class="rn-behind" hidden></span>
  </div>
  <div class="rn-stage" tabindex="0" role="img"><canvas></canvas><div class="rv-tip" hidden></div></div>
  <div class="rn-code" hidden></div>
  <div class="rn-details" hidden></div>`;

/** Put the diagram into a host's element; returns it, and its `destroy` is the clean-up. */
export function mount(host) {
  const view = new NetworkView(host);
  if (host.data) view.update(host.data);
  return view;
}

class NetworkView {
  constructor({ element, tell = () => {}, group = "page", theme = null }) {
    this.host = { tell, theme };
    this.channel = channelOf(group);
    this.root = document.createElement("section");
    this.root.className = "rn-network";
    this.root.dataset.testid = "network-view";
    this.root.innerHTML = BODY;
    this.root.toggleAttribute("data-themed", theme !== null);
    element.append(this.root);
    const part = (name) => this.root.querySelector(name);
    this.stage = part(".rn-stage");
    this.canvas = part("canvas");
    this.tip = part(".rv-tip");
    this.at = part(".rn-at");
    this.behind = part(".rn-behind");
    this.details = new Details(part(".rn-details"), this);
    this.listing = new Listing(part(".rn-code"), this);
    this.mode = "step";
    this.step = 0;
    this.unit = 0;
    this.images = new Map();
    this.#listen();
  }

  #listen() {
    this.width = new Width(this.root, () => this.redraw());
    this.onDarkness = () => this.redraw();
    this.darkness = matchMedia("(prefers-color-scheme: dark)");
    this.darkness.addEventListener("change", this.onDarkness);
    if (document.fonts.status === "loading") document.fonts.ready.then(() => this.redraw());
    this.unhear = [
      this.channel.hearCursor((step) => this.#moveTo(step)),
      this.channel.hearUnit((unit) => this.#choose(unit)),
      this.channel.hearPreview((experiment, _, network) => this.#preview({ experiment, network })),
    ];
    this.stage.addEventListener("pointermove", (event) => this.#hover(event));
    this.stage.addEventListener("pointerleave", () => (this.tip.hidden = true));
    this.dismissal = new Dismissal(this.stage, () => (this.tip.hidden = true));
    this.stage.addEventListener("click", (event) => this.#click(event));
  }

  destroy() {
    for (const end of this.unhear) end();
    this.width.end();
    this.darkness.removeEventListener("change", this.onDarkness);
    this.dismissal.destroy();
    clearTimeout(this.computing);
    cancelAnimationFrame(this.drawing);
    this.listing.destroy();
    this.root.remove();
  }

  /** Take a network from the host. */
  update(data) {
    const prefix = readPrefix(data);
    if (prefix.checksum !== this.checksum) {
      this.checksum = prefix.checksum;
      this.#accept(...readParts(data));
    }
    this.redraw();
  }

  /** Take a network whose header is read already, with its arrays. */
  show(header, arrays) {
    this.checksum = undefined;
    this.#accept(header, arrays);
    this.redraw();
  }

  #accept(header, arrays) {
    this.base = modelOf(header, arrays);
    this.#show(this.base);
    this.#furnish();
  }

  /** Choose "light" or "dark"; null leaves it to the host's ground, or to the system. */
  theme(name) {
    this.host.theme = name;
    this.root.toggleAttribute("data-themed", name !== null);
    this.redraw();
  }

  #show(model) {
    // Scaled weights keep their colours; those of another network have others.
    if (this.model?.weights !== model.weights) this.images.clear();
    this.model = model;
    this.scales = null;
    if (!model.gates?.includes(this.gate)) this.gate = model.gates?.[0] ?? null;
    setHidden(this.behind, true);
  }

  /** Name the ways to look and the layers, where they are others than before. */
  #furnish() {
    const { words, layers, layer, head, presentation } = this.base;
    const names = layers.length > 1 || head ? layers.map((one) => one.name) : [];
    const modes = MODES.map((mode) => words[mode]);
    const furnished = JSON.stringify([this.mode, layer, names, modes, words.behind, words.description]);
    this.root.classList.toggle("rn-large", presentation);
    if (furnished === this.furnished) return;
    this.furnished = furnished;
    const choice = (text, pressed, act) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: text });
      button.setAttribute("aria-pressed", String(pressed));
      button.addEventListener("click", act);
      return button;
    };
    this.root.querySelector(".rn-modes").replaceChildren(
      ...MODES.map((mode, i) => choice(modes[i], mode === this.mode, () => this.#take(mode))),
    );
    this.root.querySelector(".rn-layers").replaceChildren(
      ...names.map((name, i) => choice(name, i === layer, () => this.host.tell("layer", i))),
    );
    this.behind.textContent = words.behind;
    this.stage.setAttribute("aria-label", words.description);
  }

  #take(mode) {
    this.mode = mode;
    this.#furnish();
    this.redraw();
  }

  /**
   * The viewer says so while it paints: drawn at once, both are seen in the same frame. It says so at
   * each of its repaints; where it stands still there is nothing to draw.
   */
  #moveTo(step) {
    if (step === this.step && !this.drawing) return;
    this.step = step;
    if (this.model && this.width.pixels) this.#draw();
  }

  #choose(unit) {
    this.unit = unit;
    this.redraw();
  }

  /** A slider is under the hand: show its network, where it came along or the browser can compute it. */
  #preview(wanted) {
    this.wanted = wanted;
    if (this.computing) return;
    const rest = PREVIEWS - (performance.now() - (this.computedAt ?? 0));
    this.computing = setTimeout(() => requestAnimationFrame(() => this.#computePreview()), Math.max(0, rest));
  }

  #computePreview() {
    const { experiment, network } = this.wanted;
    this.computing = undefined;
    this.computedAt = performance.now();
    if (!this.base || !this.root.isConnected) return;
    if (!experiment || experiment === this.base.identity) {
      if (this.model !== this.base) this.#show(this.base);
    } else {
      const other = network ? modelOf({ ...network.header, preview: true }, network.arrays) : this.#scaled(experiment);
      if (other) this.#show(other);
      setHidden(this.behind, Boolean(other));
    }
    if (this.width.pixels) this.#draw();
  }

  #scaled(experiment) {
    const scale = onlyScale(this.base.identity, experiment);
    return scale === null ? null : this.base.scaledTo(scale);
  }

  redraw() {
    this.colours = null; // asked for once: that has all styles of the page computed anew
    if (!this.model || !this.width.pixels) return;
    this.drawing ??= requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    cancelAnimationFrame(this.drawing);
    this.drawing = undefined;
    const { model } = this;
    const t = Math.max(0, Math.min(this.step, model.timesteps - 1));
    const found = model.at(t);
    this.colours ??= themeOf(this.root, model.themes, this.host.theme);
    const theme = this.colours;
    if (this.ink !== theme.text) {
      this.scales = null;
      this.images.clear();
    }
    this.ink = theme.text;
    this.scales ??= scalesOf(model, theme);
    const isCode = this.mode === "code";
    setHidden(this.stage, isCode);
    this.root.classList.toggle("rn-wide", isCode);
    this.listing.show(isCode, found, model.listing);
    if (!isCode) this.#paint(found, theme);
    const at = model.opened.both ? model.words.at_forward : model.words.at;
    const masked = found.isMasked ? ` · ${model.words.passed_over}` : "";
    setText(this.at, at.replace("{t}", t + model.first).replace("{unit}", this.#unit + model.first) + masked);
    this.details.refresh(found, theme, this.scales);
    setAttribute(this.root, "data-shown", `${t} ${this.#unit}`); // for tests and measurements
    setAttribute(this.root, "data-identity", model.preview ? "preview" : model.identity);
  }

  get #unit() {
    return Math.min(this.unit ?? 0, this.model.matrix("kernel").rows - 1);
  }

  #paint(found, theme) {
    const { model, canvas } = this;
    const letter = theme.tickSize;
    const width = Math.max(260, this.width.pixels);
    const look = { theme, scales: this.scales, letter, gate: this.gate, images: this.images, words: model.words, width };
    look.plan = planned(model, this.gate, width, letter, model.presentation);
    this.look = look;
    const isStep = this.mode === "step";
    const height = isStep ? look.plan.height : unrolledHeight(look);
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    const size = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== size[0] || canvas.height !== size[1]) [canvas.width, canvas.height] = size;
    setStyle(this.stage, "height", `${height}px`);
    const pen = canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    if (isStep) paintStep(pen, model, found, this.#unit, look);
    else this.columns = paintUnrolled(pen, model, found, this.#unit, look, width);
  }

  #point(event) {
    const box = this.stage.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  #hover(event) {
    if (this.mode !== "step" || !this.look) return;
    const [x, y] = this.#point(event);
    const hit = partAt(this.look.plan, this.model, x, y);
    this.tip.hidden = !hit;
    if (!hit) return;
    this.dismissal.shown(event);
    const found = this.model.at(Math.min(this.step, this.model.timesteps - 1));
    const lines = linesOf(this.model, hit, found, this.gate);
    this.tip.replaceChildren(
      ...lines.map(([name, text]) =>
        Object.assign(document.createElement("div"), { className: `rv-tip-${name}`, textContent: text }),
      ),
    );
    const left = Math.min(x + 14, this.root.clientWidth - this.tip.offsetWidth - 2);
    this.tip.style.transform = `translate(${Math.max(0, left)}px, ${y + 14}px)`;
  }

  #click(event) {
    if (event.pointerType === "touch") this.#hover(event); // a finger has no other way to ask
    const [x, y] = this.#point(event);
    if (this.mode === "unrolled") {
      const step = columnAt(this.columns, x);
      if (step !== null) this.channel.askStep(step);
      return;
    }
    const hit = this.look && partAt(this.look.plan, this.model, x, y);
    if (!hit) return;
    if (hit.part.gate && hit.part.kind === "strip") this.gate = hit.part.gate;
    if (hit.unit !== undefined && this.model.exact) {
      this.unit = hit.unit;
      this.channel.tellUnit(hit.unit, this);
    }
    if (hit.part.kind === "matrix" || hit.part.id === "b") this.details.open(hit.part.id);
    this.redraw();
  }
}

/** The weight scale of a query that differs from another one in nothing else; null otherwise. */
export function onlyScale(one, other) {
  const [first, second] = [one, other].map((query) => new URLSearchParams(query));
  const scale = Number(second.get("weight_scale") ?? NaN);
  for (const query of [first, second]) query.delete("weight_scale");
  return String(first) === String(second) && Number.isFinite(scale) ? scale : null;
}
