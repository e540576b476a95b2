/**
 * What this browser remembers of lessons: which ones are done, and where one was in the others. Kept
 * in the browser alone; a link may name what is done as well. Shown on the cards of the page Lessons.
 */

const KEPT = "rnnviz.lessons";
const CARD = '[class*="st-key-lesson-card-"]';
const MOST = 60; // lessons that are remembered, the latest
const LONGEST = 8000; // letters of a place that is remembered
let words = {};
let watching = null;

/** Take over what the link says is done, and show what is known of each lesson. */
export function showProgress(done, spoken) {
  words = spoken;
  const kept = read();
  for (const name of done) {
    if (!kept.done.includes(name)) kept.done.push(name);
    delete kept.at[name];
  }
  if (done.length) write(kept);
  remember();
  if (!watching) {
    addEventListener("rnnviz-history", remember);
    watching = new MutationObserver(mark);
    watching.observe(document.body, { childList: true, subtree: true });
  }
  mark();
}

/** Keep the address of the card that is looked at; the first card is where one begins anyway. */
function remember() {
  const link = new URLSearchParams(location.search);
  const lesson = link.get("lesson");
  const card = Number(link.get("card"));
  if (!lesson || link.has("lesson_text") || !(card > 0) || location.search.length > LONGEST) return;
  const kept = read();
  delete kept.at[lesson]; // so that the latest stands last
  kept.at[lesson] = { card, search: location.search };
  write(kept);
}

function mark() {
  const cards = document.querySelectorAll(CARD);
  if (!cards.length) return;
  const kept = read();
  for (const card of cards) {
    const name = /st-key-lesson-card-([a-z0-9_]+)/.exec(card.className)?.[1];
    show(card, kept.done.includes(name), kept.at[name]);
  }
}

/** Write a line at the end of a card; the same line is left alone, or watching would not end. */
function show(card, done, at) {
  const key = JSON.stringify([done, at, words]);
  let line = card.querySelector(":scope > .rv-progress");
  if (line?.dataset.key === key || (!line && !done && !at)) return;
  line ??= card.appendChild(Object.assign(document.createElement("p"), { className: "rv-progress" }));
  line.dataset.key = key;
  line.replaceChildren();
  if (done) line.append(Object.assign(document.createElement("span"), { textContent: words.ticked }));
  if (at) {
    const href = at.search;
    const textContent = words.go_on.replace("{number}", at.card + 1);
    line.append(Object.assign(document.createElement("a"), { href, textContent, target: "_self" }));
  }
}

function read() {
  try {
    const { done, at } = JSON.parse(localStorage.getItem(KEPT)) ?? {};
    const names = Array.isArray(done) ? done.filter((name) => typeof name === "string") : [];
    const places = Object.entries(at ?? {}).filter(
      ([, place]) => Number.isInteger(place?.card) && /^\?[\x20-\x7e]*$/.test(place.search),
    );
    return { done: names, at: Object.fromEntries(places) };
  } catch {
    return { done: [], at: {} };
  }
}

function write({ done, at }) {
  const kept = { done: done.slice(-MOST), at: Object.fromEntries(Object.entries(at).slice(-MOST)) };
  try {
    localStorage.setItem(KEPT, JSON.stringify(kept));
  } catch {
    // A browser that keeps nothing: the link still does.
  }
}
