/**
 * Hints that the page's styles show beside what is pointed at or has the focus: Escape sends one away
 * (WCAG 1.4.13), until pointer or focus turn to something else.
 */

const HINTED = ".rv-number"; // what has a hint
const DISMISSED = "rv-dismissed";

/** Hear Escape; the listeners are added once. */
export function dismissHints() {
  if (dismissHints.listens) return;
  dismissHints.listens = true;
  document.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    for (const one of document.querySelectorAll(`${HINTED}:is(:hover, :focus-within)`)) one.classList.add(DISMISSED);
  });
  for (const turned of ["pointerover", "focusin"]) document.addEventListener(turned, bringBack);
}

function bringBack({ target }) {
  const here = target.closest?.(HINTED);
  for (const one of document.querySelectorAll(`.${DISMISSED}`)) {
    if (one !== here) one.classList.remove(DISMISSED);
  }
}
