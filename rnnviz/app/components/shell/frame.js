/**
 * What Streamlit and Plotly say by themselves, in English only, in the language of the page: names
 * of small buttons, what stands in empty fields, the box for a file. Put in its place as it appears.
 */

const ATTRIBUTES = ["aria-label", "placeholder", "title", "data-title"];
// They speak the language already, and are painted too often to be read through.
const OURS = ".rv-viewer, .rn-network, .rv-tour, svg";
const FIELD = /\\\{\w+\\\}/;
const said = new WeakMap(); // element or text -> what was put where -> [English, ours]
let whole = new Map();
let parts = [];
let spoken = "";

/** Take [English, spoken] sentences; one may have a field, as in "Help for {name}". */
export function speak(sentences) {
  const now = JSON.stringify(sentences);
  if (now === spoken) return;
  if (!spoken) watch();
  spoken = now;
  whole = new Map(sentences);
  parts = sentences.filter(([english]) => english.includes("{")).map(([english, ours]) => ({
    pattern: new RegExp(`^${escaped(english).replace(FIELD, "(.+)")}$`),
    ours: (value) => ours.replace(/\{\w+\}/, () => value),
  }));
  sweep(document.body);
}

function watch() {
  const observer = new MutationObserver((records) => {
    for (const { type, target, addedNodes } of records) {
      if ((target.closest ? target : target.parentElement)?.closest(OURS)) continue;
      if (type === "attributes") putAttributes(target);
      else if (type === "characterData") putText(target);
      else addedNodes.forEach(sweep);
    }
  });
  const what = { childList: true, subtree: true, characterData: true };
  observer.observe(document.body, { ...what, attributes: true, attributeFilter: ATTRIBUTES });
}

function sweep(root) {
  if (root.nodeType === Node.TEXT_NODE) return putText(root);
  if (root.nodeType !== Node.ELEMENT_NODE || root.closest(OURS)) return;
  putAttributes(root);
  root.querySelectorAll(`[${ATTRIBUTES.join("], [")}]`).forEach(putAttributes);
  const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) putText(walk.currentNode);
}

function putAttributes(element) {
  for (const name of ATTRIBUTES)
    if (element.hasAttribute(name))
      put(element, name, element.getAttribute(name), (words) => element.setAttribute(name, words));
}

function putText(text) {
  put(text, "text", text.data, (words) => (text.data = words));
}

/** Put a sentence in its place; what stood there in another language is known by what we put. */
function put(place, name, now, write) {
  const before = said.get(place)?.[name];
  const english = before?.[1] === now ? before[0] : now;
  const ours = inOurs(english);
  if (ours === now) return;
  said.set(place, { ...said.get(place), [name]: [english, ours] });
  write(ours);
}

function inOurs(english) {
  const found = whole.get(english);
  if (found !== undefined) return found;
  for (const { pattern, ours } of parts) {
    const match = pattern.exec(english);
    if (match) return ours(match[1]);
  }
  return english;
}

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}
