/**
 * The tour of a first visit: a bar at the foot of the page, and a ring around what it speaks of.
 * It takes no clicks away from anything but its own bar, and can be left at any time.
 */

const SEEN = "rnnviz.tour";
const AGAIN = ".st-key-tour_again button";
// The first of these that is on the screen; a stop without any is left out.
const TARGETS = {
  controls: ['[data-testid="stSidebarUserContent"]', '[data-testid="stExpandSidebarButton"]'],
  reading: [".st-key-reading", ".stMain h4"],
  picture: [".rv-stage"],
  cursor: [".rv-time"],
  pages: [".st-key-widget-page"],
};
const MARGIN = 4;

export class Tour {
  constructor() {
    this.bar = document.createElement("section");
    this.bar.className = "rv-tour";
    this.bar.innerHTML = `
      <p class="rv-tour-text" aria-live="polite"><b></b> <span></span></p>
      <div class="rv-tour-ways">
        <button type="button" class="rv-tour-skip"></button>
        <button type="button" class="rv-tour-back"></button>
        <button type="button" class="rv-tour-next"></button>
      </div>`;
    this.ring = document.createElement("div");
    this.ring.className = "rv-tour-ring";
    const find = (name) => this.bar.querySelector(`.rv-tour-${name}`);
    this.parts = { text: find("text"), skip: find("skip"), back: find("back"), next: find("next") };
    this.parts.skip.addEventListener("click", () => this.end());
    this.parts.back.addEventListener("click", () => this.go(-1));
    this.parts.next.addEventListener("click", () => this.go(1));
    this.bar.addEventListener("keydown", (event) => event.key === "Escape" && this.end());
    document.addEventListener("click", (event) => event.target.closest(AGAIN) && this.begin(true));
    const follow = () => this.follow();
    addEventListener("resize", follow);
    addEventListener("scroll", follow, { capture: true, passive: true });
  }

  /** Take the words; begin where nobody has been before. */
  update({ begins, stops, words }) {
    Object.assign(this, { stops, words });
    this.bar.setAttribute("aria-label", words.title);
    if (this.isOpen) this.show();
    else if (begins && !this.asked && !isEmbedded() && !wasSeen()) this.waitForThePicture();
    this.asked = true;
  }

  get isOpen() {
    return this.bar.isConnected;
  }

  /** A tour of an empty page would explain nothing: wait for the picture, at most half a minute. */
  waitForThePicture(tries = 120) {
    if (document.querySelector('[data-testid="state-viewer"][data-experiment]')) this.begin();
    else if (tries) setTimeout(() => this.waitForThePicture(tries - 1), 250);
  }

  begin(wanted = false) {
    if (!this.stops || this.isOpen) return;
    this.at = 0;
    document.body.append(this.ring, this.bar);
    document.body.classList.add("rv-touring");
    this.show();
    this.timer = setInterval(() => this.follow(), 250);
    if (wanted) this.parts.next.focus();
  }

  end() {
    remember();
    clearInterval(this.timer);
    this.bar.remove();
    this.ring.remove();
    document.body.classList.remove("rv-touring");
  }

  go(by) {
    const there = this.present();
    const next = this.at + by;
    if (next >= there.length) return this.end();
    this.at = Math.max(0, next);
    this.show();
    this.target()?.scrollIntoView({ block: "nearest", behavior: "instant" });
  }

  present() {
    return this.stops.filter(({ name }) => visible(name));
  }

  target() {
    const stop = this.present()[this.at];
    return stop && visible(stop.name);
  }

  show() {
    const there = this.present();
    const stop = there[this.at];
    if (!stop) return this.end();
    const { text, skip, back, next } = this.parts;
    const { words } = this;
    const values = { number: this.at + 1, count: there.length };
    const set = (element, value) => element.textContent === value || (element.textContent = value);
    set(text.querySelector("b"), words.place.replace(/\{(\w+)\}/g, (_, name) => values[name]));
    set(text.querySelector("span"), stop.text);
    set(skip, words.skip);
    set(back, words.back);
    set(next, this.at + 1 < there.length ? words.next : words.done);
    skip.hidden = this.at + 1 === there.length;
    back.hidden = this.at === 0;
    this.follow();
  }

  /** Keep the ring where its target is. */
  follow() {
    if (!this.isOpen) return;
    const box = this.target()?.getBoundingClientRect();
    this.ring.hidden = !box;
    if (!box) return;
    const left = Math.max(box.left - MARGIN, 2);
    const top = Math.max(box.top - MARGIN, 2);
    Object.assign(this.ring.style, {
      left: `${left}px`,
      top: `${top}px`,
      width: `${Math.min(box.right + MARGIN, innerWidth - 2) - left}px`,
      height: `${Math.min(box.bottom + MARGIN, innerHeight - 2) - top}px`,
    });
  }
}

function visible(name) {
  const elements = (TARGETS[name] ?? []).map((selector) => document.querySelector(selector));
  return elements.find((element) => {
    const box = element?.getBoundingClientRect();
    return box && box.width && box.height && box.right > 0 && box.left < innerWidth;
  });
}

function isEmbedded() {
  return new URLSearchParams(location.search).get("embed")?.toLowerCase() === "true";
}

// Private windows may have no storage: then every visit is a first one.
function wasSeen() {
  try {
    return localStorage.getItem(SEEN) !== null;
  } catch {
    return false;
  }
}

function remember() {
  try {
    localStorage.setItem(SEEN, "1");
  } catch {
    // Nothing to be done, and nothing lost.
  }
}
