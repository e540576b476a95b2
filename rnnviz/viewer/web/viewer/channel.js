/**
 * What the viewers, diagrams and figures of one group tell each other, within the browser only.
 *
 * A group has a name. What belongs to one group follows one time cursor; two groups on a page, such
 * as two widgets of a notebook, do not hear each other. Events of the document carry the messages,
 * so that it does not matter whether two members come from one copy of these modules or from two.
 */

const CURSOR = "cursor";
const SENT = "sent";
const UNIT = "unit";
const PREVIEW = "preview";
const ASK = "ask";
const CELL = "cell";
const PLAYER = "player";
const channels = new Map();

/** The channel of a group, by its name. */
export function channelOf(group = "page") {
  if (!channels.has(group)) channels.set(group, new Channel(group));
  return channels.get(group);
}

class Channel {
  constructor(group) {
    this.group = group;
    this.lastStep = null;
    this.wanting = new Set();
    this.#hear(CURSOR, ({ step }) => (this.lastStep = step));
    this.player = null;
    this.#hear(PLAYER, ({ player }) => (this.player = player));
  }

  #tell(name, detail) {
    document.dispatchEvent(new CustomEvent(`rnnviz:${name}:${this.group}`, { detail }));
  }

  #hear(name, listener) {
    const hear = (event) => listener(event.detail);
    const type = `rnnviz:${name}:${this.group}`;
    document.addEventListener(type, hear);
    return () => document.removeEventListener(type, hear);
  }

  /** Say where the time cursor stands now (index of the timestep), and who says so. */
  tellCursor(step, teller) {
    this.#tell(CURSOR, { step, teller });
  }

  /** Where the cursor was last said to stand, null before it was said anywhere. */
  get cursorNow() {
    return this.lastStep;
  }

  /** Say whether a part of the page needs the host to know of every move of the cursor. */
  wantCursor(part, wanted) {
    if (wanted) this.wanting.add(part);
    else this.wanting.delete(part);
  }

  /** Whether any part of the page does. */
  get cursorIsWanted() {
    return this.wanting.size > 0;
  }

  /** Call back now and whenever the cursor moves; returns a function that ends it. */
  hearCursor(listener) {
    const end = this.#hear(CURSOR, ({ step, teller }) => listener(step, teller));
    if (this.lastStep !== null) listener(this.lastStep);
    return end;
  }

  /** Say which playback moves the cursor from now on; null when none does. */
  tellPlayer(player) {
    this.#tell(PLAYER, { player });
  }

  /** Call back now and whenever another playback moves the cursor; returns a function that ends it. */
  hearPlayer(listener) {
    const end = this.#hear(PLAYER, ({ player }) => listener(player));
    if (this.player) listener(this.player);
    return end;
  }

  /** Say which unit was chosen, and who says so. */
  tellUnit(unit, teller) {
    this.#tell(UNIT, { unit, teller });
  }

  /** Call back whenever a unit is chosen; returns a function that ends it. */
  hearUnit(listener) {
    return this.#hear(UNIT, ({ unit, teller }) => listener(unit, teller));
  }

  /** Say which cell of a map the pointer is over; null when it is over none. */
  tellCell(map, cell) {
    this.#tell(CELL, { map, cell });
  }

  /** Call back whenever the pointer moves over a map's cells; returns a function that ends it. */
  hearCell(listener) {
    return this.#hear(CELL, ({ map, cell }) => listener(map, cell));
  }

  /**
   * Say which experiment a viewer shows for the time being, and which network it has, where that came
   * along; null when it is the page's own again.
   */
  tellPreview(experiment, key, network = null) {
    this.#tell(PREVIEW, { experiment, key, network });
  }

  /** Call back whenever another experiment is shown for the time being; returns what ends it. */
  hearPreview(listener) {
    return this.#hear(PREVIEW, ({ experiment, key, network }) => listener(experiment, key, network));
  }

  /** Ask the viewers to move their cursor, as if it had been moved by hand. */
  askStep(step) {
    this.#tell(ASK, step);
  }

  /** Call back whenever a move of the cursor is asked for; returns a function that ends it. */
  hearAsked(listener) {
    return this.#hear(ASK, listener);
  }

  /** Say which cursor was sent to the host: its answer is no news to any viewer of the group. */
  tellSent(told, teller) {
    this.#tell(SENT, { told, teller });
  }

  /** Call back whenever a viewer sent its cursor to the host; returns a function that ends it. */
  hearSent(listener) {
    return this.#hear(SENT, ({ told, teller }) => listener(told, teller));
  }
}
