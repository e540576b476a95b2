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

/**
 * One wish of the page at a time: a second one would cut the answer to the first short. The others
 * wait in the order in which they came; a turn that is not ended in time counts as ended.
 */
const turns = [];
const TURN = 2500; // ms

/** Act once no other wish is on its way; a second wish of one owner takes the place of its first. */
export function takeTurn(owner, act) {
  const waiting = turns.findIndex((one, i) => i > 0 && one.owner === owner);
  if (waiting > 0) turns[waiting].act = act;
  else turns.push({ owner, act });
  if (turns.length === 1) beginTurn();
}

function beginTurn() {
  const [turn] = turns;
  if (!turn) return;
  turn.timer = setTimeout(() => endTurn(turn.owner), TURN);
  turn.act();
}

/** The answer is there, or its owner has gone. */
export function endTurn(owner) {
  if (turns[0]?.owner !== owner) return;
  clearTimeout(turns.shift().timer);
  beginTurn();
}

const wanting = new Set();

/** Say whether a part of the page needs Python to know of every move of the cursor. */
export function wantCursor(part, wanted) {
  if (wanted) wanting.add(part);
  else wanting.delete(part);
}

/** Whether any part of the page does. */
export function cursorIsWanted() {
  return wanting.size > 0;
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
