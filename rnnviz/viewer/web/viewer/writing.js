/**
 * Writes into the page that do nothing where nothing changes: after each real write a browser computes
 * styles and places anew, and a redraw would make dozens of them.
 */

/** Set the text of an element that holds nothing else. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function setAttribute(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** Set a CSS variable, or another property by its CSS name, in an element's own style. */
export function setStyle({ style }, name, value) {
  if (style.getPropertyValue(name) !== value) style.setProperty(name, value);
}
