/**
 * Keys of every page: play, a step on or back, the next lens or view, the next card, the card before.
 *
 * Never while the focus is where letters mean something. Who speaks to a computer, or hits letters
 * unawares, switches them off in the list of keys (WCAG 2.1.4). The page keys turn cards in
 * presentation size only: elsewhere they scroll.
 */

/** Where letters mean something else: what is typed into, but not what is only ticked. */
export const TYPES =
  'input:not([type="range"], [type="checkbox"], [type="radio"]), textarea, select, [contenteditable="true"], [role="combobox"]';
const OFF = "rnnviz.letters"; // in the browser's storage: whether letters do nothing
const ACTIONS = {
  n: () => press(".st-key-card_next button"),
  b: () => press(".st-key-card_back button"),
  p: () => press(".rv-play, .st-key-training-play button"),
  l: () => nextOf('.st-key-widget-lens, [class*="st-key-views-"], .st-key-widget-view-keras'),
  ".": () => step("ArrowRight"),
  ",": () => step("ArrowLeft"),
};
const IN_A_ROOM = { PageDown: ACTIONS.n, PageUp: ACTIONS.b };
let room = false;

/** Hear the keys; the listener itself is added once. In a room a presenter's remote acts as well. */
export function listen(inARoom) {
  if (!listen.added) document.addEventListener("keydown", act);
  listen.added = true;
  room = inARoom;
}

/** Whether letters act; a tab without storage has them. */
export function lettersAct() {
  try {
    return localStorage.getItem(OFF) === null;
  } catch {
    return true;
  }
}

export function letLettersAct(wanted) {
  try {
    if (wanted) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "off");
  } catch {} // then they act until the page is left
}

function act(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest?.(TYPES) || document.querySelector("dialog[open]")) return;
  const isLetter = event.key.length === 1;
  if (isLetter && !room && !lettersAct()) return;
  const action = isLetter ? ACTIONS[event.key.toLowerCase()] : room && IN_A_ROOM[event.key];
  // A page key that has nothing to press still scrolls.
  if (action && action()) event.preventDefault();
}

function press(selector) {
  const button = document.querySelector(selector);
  if (!button || button.disabled) return false;
  button.click();
  return true;
}

/** Move the time cursor of the first viewer by a step, or of a training by a checkpoint. */
function step(key) {
  const stage = document.querySelector(".rv-stage");
  stage?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: false, cancelable: true }));
  const scrub = !stage && document.querySelector(".rt-scrub input");
  if (scrub) {
    if (key === "ArrowRight") scrub.stepUp();
    else scrub.stepDown();
    for (const name of ["input", "change"]) scrub.dispatchEvent(new Event(name, { bubbles: true }));
  }
  return Boolean(stage || scrub);
}

/** Choose the option after the chosen one, and after the last the first. */
function nextOf(selector) {
  const rooms = [...document.querySelectorAll(selector)];
  const options = rooms.flatMap((room) => [...room.querySelectorAll('button[role="radio"]')]);
  if (!options.length) return false;
  const chosen = options.findIndex((option) => option.getAttribute("aria-checked") === "true");
  options[(chosen + 1) % options.length].click();
  return true;
}
