/**
 * A photograph of the stage: what is seen, at twice the size, as a PNG file.
 */

import { plotly } from "./plotly.js";

const SCALE = 2;

/** Put the three layers on one canvas and hand them to the visitor as a file. */
export async function photograph(stage, { cursor, title, name }) {
  const Plotly = await plotly();
  const { width, height, theme } = stage;
  const sheet = () => new OffscreenCanvas(width * SCALE, height * SCALE);
  const photo = sheet();
  const pen = photo.getContext("2d");
  pen.fillStyle = theme.background;
  pen.fillRect(0, 0, photo.width, photo.height);
  const pixels = sheet();
  stage.paint(pixels, SCALE);
  pen.drawImage(pixels, 0, 0);
  const options = { format: "png", width, height, scale: SCALE };
  pen.drawImage(await loaded(await Plotly.toImage(stage.axes, options)), 0, 0);
  const overlay = sheet();
  stage.paintCursor(cursor, title, null, overlay, SCALE);
  pen.drawImage(overlay, 0, 0);
  save(await photo.convertToBlob({ type: "image/png" }), `${name}.png`);
}

function loaded(address) {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = reject;
    image.src = address;
  });
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
