/**
 * When a tip goes away by itself: a finger leaves no pointer behind that could leave as well.
 */

const LINGER = 6000; // ms that a tip stays after a tap

/**
 * Hide a tip when the hand turns to something else: a press elsewhere, a scroll, Escape, another
 * window; after a tap also when it was there long enough to be read.
 */
export class Dismissal {
  /**
   * @param {HTMLElement} element the part of the page that the tip belongs to
   * @param {function} hide
   */
  constructor(element, hide) {
    this.hide = hide;
    this.listening = new AbortController();
    const listen = (target, name, take) =>
      target.addEventListener(name, take, { capture: true, passive: true, signal: this.listening.signal });
    listen(document, "pointerdown", ({ target }) => element.contains(target) || hide());
    listen(document, "scroll", hide);
    listen(document, "keydown", ({ key }) => key === "Escape" && hide());
    listen(window, "blur", hide);
  }

  /** The tip was shown by an event; a mouse that stays where it is may read on. */
  shown({ pointerType }) {
    clearTimeout(this.timer);
    if (pointerType === "touch") this.timer = setTimeout(this.hide, LINGER);
  }

  destroy() {
    clearTimeout(this.timer);
    this.listening.abort();
  }
}
