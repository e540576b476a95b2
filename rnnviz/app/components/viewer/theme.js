/**
 * Light or dark: the browser decides, Python sent the colours of both.
 */

/** The colours of a picture on the page's own ground. */
export function themeOf(root, themes) {
  const ground = getComputedStyle(root).getPropertyValue("--st-background-color");
  const theme = themes[isDark(ground) ? "dark" : "light"];
  return { ...theme, background: ground || theme.background };
}

function isDark(colour) {
  const hex = colour.trim().match(/^#(..)(..)(..)/);
  const rgb = hex ? hex.slice(1).map((part) => parseInt(part, 16)) : colour.match(/[\d.]+/g);
  if (!rgb) return false;
  return 0.3 * rgb[0] + 0.59 * rgb[1] + 0.11 * rgb[2] < 128;
}
