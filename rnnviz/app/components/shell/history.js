/**
 * Undo and redo: the browser's own Back and Forward, as far as they stay on this page, with two
 * buttons and with Ctrl+Z. boot.js numbers the entries of the history.
 */

const KEEPS = 50; // a browser keeps as many entries of a tab
// Where Ctrl+Z belongs to the text that is being written.
const TYPES = 'input:not([type="range"]), textarea, [contenteditable="true"]';
let bar = null;

/** Show the buttons, or not, with their names in the language of the page. */
export function offer(shown, words) {
  if (!shown) {
    bar?.remove();
    bar = null;
    return;
  }
  if (!bar) build();
  for (const [name, button] of Object.entries(bar.buttons)) {
    button.setAttribute("aria-label", words[name]);
    button.title = words[`${name}_keys`];
  }
  update();
}

function build() {
  bar = Object.assign(document.createElement("div"), { className: "rv-history" });
  bar.setAttribute("role", "group");
  bar.buttons = { undo: button("M9 7 4 12l5 5M4 12h10a5 5 0 0 1 0 10h-3", undo) };
  bar.buttons.redo = button("M15 7l5 5-5 5M20 12H10a5 5 0 0 0 0 10h3", redo);
  bar.append(...Object.values(bar.buttons));
  document.body.append(bar);
  if (build.listens) return;
  build.listens = true;
  for (const what of ["popstate", "rnnviz-history"]) addEventListener(what, () => bar && update());
  document.addEventListener("keydown", act);
}

function button(path, act) {
  const made = Object.assign(document.createElement("button"), { type: "button" });
  made.innerHTML = `<svg viewBox="0 0 24 26" width="18" height="18" aria-hidden="true"><path d="${path}"
    fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/></svg>`;
  made.addEventListener("click", act);
  return made;
}

function at() {
  return history.state?.rnnviz ?? 0;
}

function newest() {
  try {
    return Number(sessionStorage.getItem("rnnviz.newest")) || 0;
  } catch {
    return at();
  }
}

function undo() {
  if (at() > Math.max(0, newest() - KEEPS + 1)) history.back();
}

function redo() {
  if (at() < newest()) history.forward();
}

function update() {
  bar.buttons.undo.disabled = at() <= Math.max(0, newest() - KEEPS + 1);
  bar.buttons.redo.disabled = at() >= newest();
}

function act(event) {
  if (!bar || !(event.ctrlKey || event.metaKey) || event.altKey || event.isComposing) return;
  if (event.target.closest?.(TYPES)) return;
  const key = event.key.toLowerCase();
  if (key !== "z" && key !== "y") return;
  event.preventDefault();
  (key === "y" || event.shiftKey ? redo : undo)();
}
