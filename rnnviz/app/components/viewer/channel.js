/**
 * What the separate components of one page tell each other, within the browser only.
 */

const channels = new Map();
const CURSOR = "rnnviz:cursor";
const SENT = "rnnviz:sent";
const UNIT = "rnnviz:unit";
const PREVIEW = "rnnviz:preview";
const ASK = "rnnviz:ask";
let lastStep = null;

/**
 * The meeting place of a viewer (by its Python key) and the silent component that serves it:
 * `ask` sends a wish to Python, `parcel` is the latest answer, `viewer` takes parcels.
 */
export function channel(key) {
  if (!channels.has(key)) channels.set(key, { viewer: null, ask: null, parcel: null, window: null });
  return channels.get(key);
}

/** Say where the time cursor stands now (index of the timestep), and who says so. */
export function tellCursor(step, teller) {
  lastStep = step;
  document.dispatchEvent(new CustomEvent(CURSOR, { detail: { step, teller } }));
}

/** Where the cursor was last said to stand, null before anybody said anything. */
export function cursorNow() {
  return lastStep;
}

/** Call back now and whenever the cursor moves; returns a function that ends it. */
export function hearCursor(listener) {
  const hear = (event) => listener(event.detail.step, event.detail.teller);
  document.addEventListener(CURSOR, hear);
  if (lastStep !== null) listener(lastStep);
  return () => document.removeEventListener(CURSOR, hear);
}

/** Say which unit was chosen, and who says so. */
export function tellUnit(unit, teller) {
  document.dispatchEvent(new CustomEvent(UNIT, { detail: { unit, teller } }));
}

/** Call back whenever a unit is chosen; returns a function that ends it. */
export function hearUnit(listener) {
  const hear = (event) => listener(event.detail.unit, event.detail.teller);
  document.addEventListener(UNIT, hear);
  return () => document.removeEventListener(UNIT, hear);
}

/** Say which experiment a viewer shows for the time being; null when it is the page's own again. */
export function tellPreview(experiment, key) {
  document.dispatchEvent(new CustomEvent(PREVIEW, { detail: { experiment, key } }));
}

/** Call back whenever another experiment is shown for the time being; returns what ends it. */
export function hearPreview(listener) {
  const hear = (event) => listener(event.detail.experiment, event.detail.key);
  document.addEventListener(PREVIEW, hear);
  return () => document.removeEventListener(PREVIEW, hear);
}

/** Ask the viewers to move their cursor, as if it had been moved by hand. */
export function askStep(step) {
  document.dispatchEvent(new CustomEvent(ASK, { detail: step }));
}

/** Call back whenever a move of the cursor is asked for; returns a function that ends it. */
export function hearAsked(listener) {
  const hear = (event) => listener(event.detail);
  document.addEventListener(ASK, hear);
  return () => document.removeEventListener(ASK, hear);
}

/** Say which cursor was sent to Python: its answer is nobody's news. */
export function tellSent(told, teller) {
  document.dispatchEvent(new CustomEvent(SENT, { detail: { told, teller } }));
}

/** Call back whenever a viewer sent its cursor to Python; returns a function that ends it. */
export function hearSent(listener) {
  const hear = (event) => listener(event.detail.told, event.detail.teller);
  document.addEventListener(SENT, hear);
  return () => document.removeEventListener(SENT, hear);
}
