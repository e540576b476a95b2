/**
 * A photograph of the stage: what is seen, at twice the size, as a PNG file.
 */

import { marksOf } from "./toolbar.js";
import { cssColour, hatch } from "./raster.js";

const SCALE = 2;

/** Put the layers on one canvas and hand them to the visitor as a file. */
export async function photograph(stage, { cursor, title, name }) {
  const { width, height, theme } = stage;
  const sheet = () => new OffscreenCanvas(width * SCALE, height * SCALE);
  const photo = sheet();
  const pen = photo.getContext("2d");
  pen.fillStyle = theme.background;
  pen.fillRect(0, 0, photo.width, photo.height);
  const pixels = sheet();
  stage.paint(pixels, SCALE);
  pen.drawImage(pixels, 0, 0);
  const overlay = sheet();
  stage.paintCursor(cursor, title, null, overlay, SCALE);
  pen.drawImage(overlay, 0, 0);
  paintLegend(pen, stage);
  save(await photo.convertToBlob({ type: "image/png" }), `${name}.png`);
}

/** Say what the hatching means, where the page has its legend. */
function paintLegend(pen, { heat, picture, theme, table }) {
  const size = theme.tickSize * SCALE;
  let x = heat.x * SCALE;
  const y = (heat.y - 8) * SCALE - size;
  pen.font = `${size}px ${theme.font}`;
  pen.textBaseline = "middle";
  for (const [end, title] of marksOf(picture)) {
    pen.fillStyle = cssColour(table, end === "low" ? 1 : 255);
    pen.fillRect(x, y, 1.5 * size, size);
    if (end !== "own") {
      pen.fillStyle = hatch(pen, end === "high", theme.hatch, SCALE);
      pen.fillRect(x, y, 1.5 * size, size);
    }
    pen.fillStyle = theme.text;
    pen.fillText(title, x + 1.9 * size, y + size / 2);
    x += 3 * size + pen.measureText(title).width;
  }
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
