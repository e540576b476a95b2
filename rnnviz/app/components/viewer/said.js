/**
 * What the page says of the setting under the hand. The page's own sentence belongs to the setting
 * before, so it is covered with the right one, or veiled until that has come.
 */

const LINGER = 250; // ms: the page's own sentence comes a moment after the picture

export class Said {
  /** @param {() => string} container gives the key of the container that holds the sentence */
  constructor(container) {
    this.container = container;
  }

  get #room() {
    const key = this.container();
    return key ? document.querySelector(`.st-key-${key}`) : null;
  }

  /** Say this; null veils what is said, because it is not true of what is shown. */
  show(sentences) {
    clearTimeout(this.timer);
    const room = this.#room;
    if (!room) return;
    room.classList.toggle("rv-veiled", !sentences);
    room.classList.toggle("rv-spoken", Boolean(sentences));
    if (!sentences) {
      this.cover?.remove();
      return;
    }
    this.cover ??= Object.assign(document.createElement("div"), { className: "rv-said" });
    this.cover.dataset.experiment = sentences.experiment;
    const numbers = element("p", "rv-said-numbers");
    for (const [label, value] of sentences.numbers) {
      numbers.append(element("span", "", label), " ", element("b", "", value), "  ");
    }
    this.cover.replaceChildren(element("h4", "", sentences.headline), element("p", "", sentences.meaning), numbers);
    if (this.cover.parentElement !== room) room.append(this.cover);
  }

  /** The page's own sentence is true again, at once or when it has arrived. */
  own(arrived = true) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.#room?.classList.remove("rv-veiled", "rv-spoken");
      this.cover?.remove();
    }, arrived ? 0 : LINGER);
  }
}

function element(tag, className, text = "") {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}
