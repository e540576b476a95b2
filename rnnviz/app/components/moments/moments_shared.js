/** What both parts of the Moments page need: the message, and the colours of shades. */

/** The header of a message, and the bytes behind it. */
export function readMessage(data) {
  const bytes = data instanceof Uint8Array ? data : new Uint8Array(data);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  return { head, bytes: bytes.subarray(4 + length) };
}

const ENDS = {
  red_blue: { light: [[33, 102, 172], [178, 24, 43]], dark: [[86, 156, 230], [235, 110, 90]] },
  purple_orange: { light: [[84, 39, 136], [179, 88, 6]], dark: [[160, 130, 220], [240, 160, 80]] },
};

/** Colours on the page's own ground: 256 for the shades, and those of lines. */
export function paletteOf(root, name) {
  const style = getComputedStyle(root);
  const ground = rgbOf(style.getPropertyValue("--st-background-color").trim() || "#ffffff");
  const dark = 0.3 * ground[0] + 0.59 * ground[1] + 0.11 * ground[2] < 128;
  const [low, high] = ENDS[name]?.[dark ? "dark" : "light"] ?? ENDS.red_blue.light;
  const rgb = Array.from({ length: 256 }, (_, shade) => {
    const share = shade ? (shade - 128) / 127 : 0;
    const end = share < 0 ? low : high;
    return ground.map((value, k) => Math.round(value + (end[k] - value) * Math.abs(share)));
  });
  return {
    dark,
    text: style.getPropertyValue("--st-text-color").trim() || "#222222",
    primary: style.getPropertyValue("--st-primary-color").trim() || "#1f5fbf",
    chosen: dark ? "rgba(255, 214, 90, 0.3)" : "rgba(255, 190, 0, 0.3)",
    lines: dark ? ["#cfd6e4", "#8fb4ff", "#9ad1a5"] : ["#3d4657", "#1f5fbf", "#2a7a3b"],
    colours: rgb.map(([r, g, b]) => `rgb(${r}, ${g}, ${b})`),
    inks: rgb.map((one) => (luminance(one) > 0.18 ? "#15181e" : "#ffffff")),
  };
}

export const colourOf = (shade, palette) => palette.colours[shade];
export const inkOn = (shade, palette) => palette.inks[shade];

/** Relative luminance, as WCAG defines it; black and white text part at about 0.18. */
function luminance(rgb) {
  const [r, g, b] = rgb.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function rgbOf(colour) {
  const hex = colour.match(/^#(..)(..)(..)/);
  if (hex) return hex.slice(1).map((part) => parseInt(part, 16));
  return (colour.match(/[\d.]+/g) ?? [255, 255, 255]).slice(0, 3).map(Number);
}
