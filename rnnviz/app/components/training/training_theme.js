/** Colours of the page that the panels stand on, light or dark. */

export function themeOf(root) {
  const style = getComputedStyle(root);
  const ground = style.getPropertyValue("--st-background-color").trim() || "#ffffff";
  const text = style.getPropertyValue("--st-text-color").trim() || "#222222";
  const [r, g, b] = rgbOf(ground);
  const dark = 0.3 * r + 0.59 * g + 0.11 * b < 128;
  return {
    ground,
    text,
    dark,
    soft: dark ? "#9aa0aa" : "#6b7280",
    line: dark ? "#3a3f4a" : "#d9dce2",
    first: dark ? "#6fb1ff" : "#1f5fbf",
    second: dark ? "#ffb066" : "#b85600",
    target: dark ? "#8b919c" : "#9aa0a8",
    middle: dark ? [43, 47, 56] : [244, 244, 244],
    low: dark ? [77, 147, 224] : [33, 102, 172],
    high: dark ? [235, 110, 90] : [178, 24, 43],
    font: style.fontFamily,
  };
}

function rgbOf(colour) {
  const hex = colour.match(/^#(..)(..)(..)/);
  if (hex) return hex.slice(1).map((part) => parseInt(part, 16));
  return (colour.match(/[\d.]+/g) ?? [255, 255, 255]).map(Number);
}
