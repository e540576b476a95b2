/**
 * Elements of a file's page.
 */

/** An element with some of its properties. */
export function made(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}
