/**
 * Hands a file to the visitor: one that the server made, or a picture that this browser draws.
 *
 * The browser draws with the faces of the page and needs no Chrome on the server. Each order has a
 * number and is filled once, however often Streamlit shows it again.
 */

import { draw } from "./faces.js";
import { plotly } from "./plotly.js";

const filled = new Set();
const PNG_HEAD = 33; // signature and header chunk; further chunks may follow

/** Entry point: fill the order in the payload, and say so. */
export default async function fill({ data, parentElement }) {
  const order = data && read(data);
  if (!order || filled.has(order.number)) return;
  filled.add(order.number);
  const note = noteIn(parentElement);
  try {
    save(new Blob(await content(order), { type: order.type }), order.name);
    note.textContent = order.saved;
  } catch (error) {
    note.textContent = order.failed;
    console.error(error);
  }
}

/** Layout, little endian: uint32 header length | header (JSON) | first part | second part. */
function read(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const middle = 4 + length + header.first;
  return { ...header, body: bytes.subarray(4 + length, middle), signature: bytes.subarray(middle) };
}

async function content(order) {
  if (!order.format) return [order.body];
  const Plotly = await plotly();
  const figure = JSON.parse(new TextDecoder().decode(order.body));
  const { format, width, height, scale } = order;
  const options = { format, width, height, scale, imageDataOnly: true };
  const faces = await Promise.all(order.faces.map(inside));
  const picture = await draw(Plotly.toImage, figure, options, faces);
  if (format === "svg") {
    const head = picture.indexOf(">") + 1;
    return [picture.slice(0, head), order.signature, picture.slice(head)];
  }
  const png = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
  if (png.length < PNG_HEAD) throw new Error("the browser drew an empty picture");
  return [png.subarray(0, PNG_HEAD), order.signature, png.subarray(PNG_HEAD)];
}

/** Return a face with its file in its rule: a picture goes where no server is. */
async function inside({ family, weight, file, hangul, bold }) {
  const answer = await fetch(new URL(`./${file}`, import.meta.url));
  if (!answer.ok) throw new Error(`${file}: ${answer.status}`);
  const address = await new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    answer.blob().then((blob) => reader.readAsDataURL(blob), reject);
  });
  const source = `url("${address}") format("woff2")`;
  const css = `@font-face{font-family:"${family}";font-weight:${weight};src:${source}}`;
  return { css, hangul, bold };
}

function noteIn(parent) {
  const note = parent.querySelector("output") ?? document.createElement("output");
  note.dataset.testid = "taken-away";
  note.textContent = "";
  parent.append(note);
  return note;
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
