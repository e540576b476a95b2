/**
 * Light or dark: the host's ground decides, or the reader's system; the payload has both themes.
 *
 * A host that has colours of its own gives them as CSS variables: --rnnviz-ground and --rnnviz-ink
 * (CONTRACT.md lists all). One that has none gets the colours of the payload's theme.
 */

import { setAttribute, setStyle } from "./writing.js";

/**
 * The colours of a picture on the page's own ground.
 *
 * @param {HTMLElement} root element of the viewer; is given the theme's colours as --rv-own-…
 * @param {object} themes "light" and "dark", from the payload
 * @param {string|null} wanted name of a theme that is shown whatever the ground
 */
export function themeOf(root, themes, wanted = null) {
  const ground = wanted ? "" : getComputedStyle(root).getPropertyValue("--rnnviz-ground");
  const name = wanted ?? (ground ? byGround(ground) : bySystem());
  const theme = themes[name];
  const own = { ground: theme.background, ink: theme.text, accent: theme.series[0] };
  for (const [part, colour] of Object.entries(own)) setStyle(root, `--rv-own-${part}`, colour);
  setAttribute(root, "data-theme", name);
  return { ...theme, background: ground || theme.background };
}

function bySystem() {
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

function byGround(colour) {
  const full = colour.trim().replace(/^#(.)(.)(.)$/, "#$1$1$2$2$3$3"); // #111 is #111111
  const hex = full.match(/^#(..)(..)(..)/);
  const rgb = hex ? hex.slice(1).map((part) => parseInt(part, 16)) : colour.match(/[\d.]+/g);
  if (!rgb) return "light";
  return 0.3 * rgb[0] + 0.59 * rgb[1] + 0.11 * rgb[2] < 128 ? "dark" : "light";
}
