/**
 * Links from this page to itself: followed as Back and Forward are, without loading the page anew.
 */

const AT_REST = '[data-testid="stApp"][data-test-script-state="notRunning"]';
const LOOK = 40; // ms between two looks whether the page is at rest
const PATIENCE = 1500; // ms after which a link is followed in the middle of an answer
let wanted = null; // the link that was clicked last, and when

/** Follow the links of class `rv-link`; the listener itself is added once. */
export function followLinks() {
  if (!followLinks.follows) document.addEventListener("click", take);
  followLinks.follows = true;
}

function take(event) {
  const link = event.target.closest?.("a.rv-link");
  const elsewhere = event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  if (!link || elsewhere || event.defaultPrevented) return; // to another tab, or to a file
  event.preventDefault();
  const isFirst = wanted === null;
  wanted = { href: link.href, at: performance.now() };
  if (isFirst) setTimeout(follow, LOOK);
}

/** An answer that is on its way ends with an address of its own: a link is followed after that. */
function follow() {
  const isLate = performance.now() - wanted.at > PATIENCE;
  if (!document.querySelector(AT_REST) && !isLate) return setTimeout(follow, LOOK);
  const { href } = wanted;
  wanted = null;
  history.pushState(null, "", href);
  dispatchEvent(new PopStateEvent("popstate", { state: history.state }));
}
