/** The list of moments: where each is, its text or curves, and the states of the compared units. */

import { colourOf, paletteOf, readMessage } from "./moments_shared.js";

const views = new WeakMap();

/** Entry point: mount or update the list in a component's element. */
export default function mount(component) {
  const { parentElement } = component;
  if (!views.has(parentElement)) views.set(parentElement, new MomentsView(parentElement));
  views.get(parentElement).update(component);
  return () => setTimeout(() => parentElement.isConnected || views.get(parentElement)?.destroy());
}

class MomentsView {
  constructor(parent) {
    this.parent = parent;
    this.root = document.createElement("section");
    this.root.className = "rm-moments";
    this.root.dataset.testid = "moments";
    parent.append(this.root);
    this.count = 0;
    this.hear = ({ detail }) => {
      this.count += 1;
      this.asked = performance.now();
      this.root.classList.add("rm-waiting");
      this.setStateValue("wish", { ...detail, count: this.count });
    };
    window.addEventListener("rnnviz-select-range", this.hear);
  }

  destroy() {
    window.removeEventListener("rnnviz-select-range", this.hear);
    views.delete(this.parent);
    this.root.remove();
  }

  update({ data, setStateValue }) {
    this.setStateValue = setStateValue;
    const { head, bytes } = readMessage(data);
    this.root.classList.remove("rm-waiting");
    this.root.setAttribute("aria-label", head.words.found);
    const palette = paletteOf(this.root, head.palette ?? "red_blue");
    const list = document.createElement("ol");
    let place = 0;
    const strips = [];
    for (const moment of head.moments) {
      const columns = moment.end - moment.begin;
      const size = moment.strip * columns;
      const shades = bytes.subarray(place, place + size);
      place += size + ((4 - (size % 4)) % 4);
      const { item, paint } = this.#item(moment, head.length, shades, palette);
      list.append(item);
      strips.push(paint);
    }
    this.root.replaceChildren(list);
    for (const paint of strips) paint();
    this.root.dataset.count = String(head.moments.length);
    this.root.dataset.range = head.range ? head.range.join() : "";
    if (this.asked && head.range) {
      this.root.dataset.took = String(Math.round(performance.now() - this.asked));
      this.asked = undefined;
    }
  }

  #item(moment, length, shades, palette) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    const title = document.createElement("span");
    title.className = "rm-title";
    title.textContent = `${moment.title} · ${moment.score}`;
    title.title = moment.text;
    button.append(title);
    const [first, end] = [moment.timestep - moment.begin, moment.timestep - moment.begin + length];
    if (moment.tokens.length) button.append(textOf(moment.tokens, first, end));
    const canvas = document.createElement("canvas");
    canvas.className = moment.curves.length ? "rm-strip rm-curved" : "rm-strip";
    button.append(canvas);
    const agree = document.createElement("span");
    agree.className = "rm-agree";
    agree.textContent = moment.text;
    button.append(agree);
    button.addEventListener("click", () => {
      const detail = { trial: moment.trial, timestep: moment.timestep, length };
      window.dispatchEvent(new CustomEvent("rnnviz-go-to-moment", { detail }));
    });
    item.append(button);
    return { item, paint: () => paintStrip(canvas, moment, first, end, shades, palette) };
  }
}

function textOf(tokens, first, end) {
  const text = document.createElement("span");
  text.className = "rm-text";
  const mark = document.createElement("mark");
  const shown = (part) => part.map((name) => (name === "␣" ? " " : name)).join("");
  mark.textContent = shown(tokens.slice(first, end));
  text.append(shown(tokens.slice(0, first)), mark, shown(tokens.slice(end)));
  return text;
}

function paintStrip(canvas, moment, first, end, shades, palette) {
  const ratio = window.devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  canvas.width = Math.max(1, Math.round(width * ratio));
  canvas.height = Math.max(1, Math.round(height * ratio));
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  const columns = moment.end - moment.begin;
  const step = width / columns;
  const top = moment.curves.length ? 26 : 0;
  moment.curves.forEach((curve, k) => {
    pen.strokeStyle = palette.lines[k];
    pen.lineWidth = 1.4;
    pen.beginPath();
    curve.forEach((value, t) => pen.lineTo((t + 0.5) * step, 2 + (1 - value) * (top - 5)));
    pen.stroke();
  });
  const tall = (height - top) / moment.strip;
  for (let unit = 0; unit < moment.strip; unit += 1) {
    for (let t = 0; t < columns; t += 1) {
      pen.fillStyle = colourOf(shades[unit * columns + t], palette);
      pen.fillRect(t * step, top + unit * tall, step + 0.4, tall + 0.4);
    }
  }
  pen.strokeStyle = palette.text;
  pen.lineWidth = 1.5;
  pen.strokeRect(first * step, 1, (end - first) * step, height - 2);
}
