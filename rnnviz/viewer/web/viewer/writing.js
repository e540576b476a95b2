/**
 * Writes into the page that do nothing where nothing changes: after each real write a browser computes
 * styles and places anew, and a redraw would make dozens of them.
 */

/** Set the text of an element that holds nothing else; its text node stays: observers of children rest. */
export function setText(element, text) {
  const { firstChild } = element;
  if (!firstChild || firstChild.nextSibling || firstChild.nodeType !== Node.TEXT_NODE) element.textContent = text;
  else if (firstChild.data !== text) firstChild.data = text;
}

export function setAttribute(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** Set a CSS variable, or another property by its CSS name, in an element's own style. */
export function setStyle({ style }, name, value) {
  if (style.getPropertyValue(name) !== value) style.setProperty(name, value);
}

export function setHidden(element, hidden) {
  if (element.hidden !== hidden) element.hidden = hidden;
}
