/**
 * What surrounds every page: the language that the browser is told, letters and keys for the front
 * of a room, and the tour of a first visit.
 */

import { takeDrops } from "./drop.js";
import { speak } from "./frame.js";
import { offer } from "./history.js";
import { explainKeys } from "./help.js";
import { dismissHints } from "./hints.js";
import { listen } from "./keys.js";
import { followLinks } from "./links.js";
import { preparePrinting } from "./print.js";
import { showProgress } from "./progress.js";
import { Tour } from "./tour.js";

const SHEETS = ["fonts.css", "shell.css", "print.css"];
const sizes = new ResizeObserver(() => fit());
let tour = null;

/** Entry point: called at every page run with what Python says, as JSON in bytes. */
export default function mount({ data: told, parentElement }) {
  const data = JSON.parse(new TextDecoder().decode(told));
  parentElement.classList.add("rv-faceless");
  for (const name of SHEETS) addSheet(new URL(name, import.meta.url).href);
  document.documentElement.lang = data.language;
  speak(data.frame);
  const { classList } = document.body;
  classList.toggle("rv-presentation", data.presentation);
  classList.toggle("rv-lesson", data.lesson);
  classList.toggle("rv-chosen", data.chosen);
  listen(data.presentation);
  takeDrops();
  followLinks();
  dismissHints();
  offer(data.undo, data.history);
  explainKeys(data.keys);
  showProgress(data.done, data.progress);
  setTimeout(fit);
  sizes.observe(document.querySelector(".stMainBlockContainer"));
  if (!tour) watchFormulas();
  if (!tour) preparePrinting();
  tour ??= new Tour();
  tour.update(data.tour);
}

/** What only a browser can see: the ground's colour, and which parts are larger than their place. */
function fit() {
  const page = getComputedStyle(document.querySelector(".stApp")).backgroundColor;
  document.documentElement.style.setProperty("--rv-page", page);
  for (const formula of document.querySelectorAll(".katex-display")) {
    // A formula that is wider than its card is set smaller, as a printer would; half at the least.
    formula.style.fontSize = "";
    const fits = formula.clientWidth / formula.scrollWidth;
    if (fits < 1) formula.style.fontSize = `${Math.max(0.5, fits * 0.98)}em`;
  }
  for (const part of document.querySelectorAll(".katex-display, .st-key-note, .st-key-note-written")) {
    // What scrolls must be within reach of the keyboard.
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = part;
    if (scrollWidth > clientWidth || scrollHeight > clientHeight) part.tabIndex = 0;
    else part.removeAttribute("tabindex");
  }
}

/** Formulas are set later than the text around them, their letters come later still, and neither need
 * make the page taller. */
function watchFormulas() {
  const isFormula = (node) => node.nodeType === Node.ELEMENT_NODE && (node.matches(".katex, .katex-display") || node.querySelector(".katex-display"));
  const added = new MutationObserver((records) => {
    if (records.some(({ addedNodes }) => [...addedNodes].some(isFormula))) requestAnimationFrame(fit);
  });
  added.observe(document.body, { childList: true, subtree: true });
  document.fonts.addEventListener("loadingdone", fit);
}

function addSheet(href) {
  if (document.querySelector(`link[href="${href}"]`)) return;
  document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href }));
}
