/**
 * What the page says of the setting under the hand. The page's own sentence belongs to the setting
 * before, so it is covered with the right one, or veiled until that has come.
 */

import { setAttribute, setText } from "./writing.js";

const LINGER = 250; // ms: the page's own sentence comes a moment after the picture
const WRITES = 80; // ms between two sentences of a moving slider: they are read, the picture is watched

export class Said {
  /** @param {() => string} container gives the key of the container that holds the sentence */
  constructor(container) {
    this.container = container;
  }

  get #room() {
    const key = this.container();
    return key ? document.querySelector(`.st-key-${key}`) : null;
  }

  /**
   * Say this; null veils what is said, because it is not true of what is shown. Written after the
   * picture of the same frame is painted: letters on a canvas would have the page's styles computed.
   */
  show(sentences) {
    clearTimeout(this.timer);
    this.wanted = sentences;
    const rest = WRITES - (performance.now() - (this.writtenAt ?? 0));
    this.waiting ??= setTimeout(() => {
      this.frame = requestAnimationFrame(() => {
        this.waiting = undefined;
        this.writtenAt = performance.now();
        this.#write(this.wanted);
      });
    }, Math.max(0, rest));
  }

  #write(sentences) {
    const room = this.#room;
    if (!room) return;
    room.classList.toggle("rv-veiled", !sentences);
    room.classList.toggle("rv-spoken", Boolean(sentences));
    if (!sentences) {
      this.cover?.remove();
      return;
    }
    this.cover ??= blank();
    setAttribute(this.cover, "data-experiment", sentences.experiment);
    const [headline, meaning, numbers] = this.cover.children;
    setText(headline, sentences.headline);
    setText(meaning, sentences.meaning);
    while (numbers.children.length > sentences.numbers.length) numbers.lastChild.remove();
    sentences.numbers.forEach(([label, value], i) => {
      const entry = numbers.children[i] ?? numbers.appendChild(pair());
      setText(entry.firstChild, label);
      setText(entry.lastChild, value);
    });
    if (this.cover.parentElement !== room) room.append(this.cover);
  }

  /** The page's own sentence is true again, at once or when it has arrived. */
  own(arrived = true) {
    clearTimeout(this.timer);
    clearTimeout(this.waiting);
    cancelAnimationFrame(this.frame);
    this.waiting = undefined;
    this.timer = setTimeout(() => {
      this.#room?.classList.remove("rv-veiled", "rv-spoken");
      this.cover?.remove();
    }, arrived ? 0 : LINGER);
  }
}

/** The cover is made once: while a slider is dragged it is written anew at every frame. */
function blank() {
  const cover = element("div", "rv-said");
  cover.append(element("h4"), element("p"), element("p", "rv-said-numbers"));
  return cover;
}

function pair() {
  const entry = element("span");
  entry.append(element("span"), " ", element("b"));
  return entry;
}

function element(tag, className = "") {
  return Object.assign(document.createElement(tag), { className });
}
