/**
 * Keys for the front of a room: next card, card before, play, a step on or back, next lens.
 *
 * Only in presentation size, so that nobody who types or speaks letters sets anything off; never
 * while the focus is where letters mean something.
 */

const TYPES = 'input:not([type="range"]), textarea, select, [contenteditable="true"], [role="combobox"]';
const ACTIONS = {
  n: () => press(".st-key-card_next button"),
  PageDown: () => press(".st-key-card_next button"),
  b: () => press(".st-key-card_back button"),
  PageUp: () => press(".st-key-card_back button"),
  p: () => press(".rv-play"),
  l: () => nextOf(".st-key-widget-lens"),
  ".": () => step("ArrowRight"),
  ",": () => step("ArrowLeft"),
};
let active = false;

/** Let the keys act, or not; the listener itself is added once. */
export function listen(now) {
  if (!listen.added) document.addEventListener("keydown", act);
  listen.added = true;
  active = now;
}

function act(event) {
  if (!active || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest?.(TYPES)) return;
  const action = ACTIONS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  // A page key that has nothing to press still scrolls.
  if (action?.()) event.preventDefault();
}

function press(selector) {
  const button = document.querySelector(selector);
  if (!button || button.disabled) return false;
  button.click();
  return true;
}

/** Move the time cursor of the first viewer by a step. */
function step(key) {
  const stage = document.querySelector(".rv-stage");
  stage?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: false, cancelable: true }));
  return Boolean(stage);
}

/** Choose the option after the chosen one, and after the last the first. */
function nextOf(selector) {
  const options = [...document.querySelectorAll(`${selector} button`)];
  if (!options.length) return false;
  const chosen = options.findIndex((option) => option.getAttribute("aria-checked") === "true");
  options[(chosen + 1) % options.length].click();
  return true;
}
