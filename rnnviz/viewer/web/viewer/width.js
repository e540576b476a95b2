/**
 * How wide an element is, as the observer told it: asked of the page at each redraw, it would have the
 * whole page laid out anew.
 */
export class Width {
  #told;
  #root;
  #observer;

  /** Call back whenever the element has another width, in whole pixels. */
  constructor(root, changed) {
    this.#root = root;
    this.#observer = new ResizeObserver(([{ contentRect }]) => {
      const now = Math.round(contentRect.width);
      if (now === this.#told) return;
      this.#told = now;
      changed();
    });
    this.#observer.observe(root);
  }

  /** Pixels; asked of the page only until the observer has told it. */
  get pixels() {
    return this.#told ?? this.#root.clientWidth;
  }

  /** Look no more. */
  end() {
    this.#observer.disconnect();
  }
}
