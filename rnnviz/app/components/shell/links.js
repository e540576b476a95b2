/**
 * Links from this page to itself: followed as Back and Forward are, without loading the page anew.
 */

/** Follow the links of class `rv-link`; the listener itself is added once. */
export function followLinks() {
  if (!followLinks.follows) document.addEventListener("click", follow);
  followLinks.follows = true;
}

function follow(event) {
  const link = event.target.closest?.("a.rv-link");
  const elsewhere = event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  if (!link || elsewhere || event.defaultPrevented) return; // to another tab, or to a file
  event.preventDefault();
  history.pushState(null, "", link.href);
  dispatchEvent(new PopStateEvent("popstate", { state: history.state }));
}
