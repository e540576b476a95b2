/**
 * Pictures that carry their own letters.
 *
 * A picture is an SVG first. An SVG that is shown as an image sees no font of its page, so the faces
 * go into it; a PNG is that SVG painted. One module for the visitor's browser and for the hidden one.
 *
 * A face is `{ css, hangul, bold }`: its @font-face rule, and whether only Hangul or bold letters
 * need it.
 */

const HANGUL = /[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]/;
const BOLD = /font-weight: ?(bold|[6-9]00)|<b>/;
// Letters where they belong, whatever hinting the machine is set to.
const PRECISE = "text{text-rendering:geometricPrecision}";
const SAMPLE = "0aﬁ가−";

/** Wait until the page has the faces that a figure is measured with. */
export async function measurable(family) {
  const sizes = ["400 16px", "700 16px"];
  await Promise.all(sizes.map((size) => document.fonts.load(`${size} ${family}`, SAMPLE)));
}

/**
 * Draw a figure with `toImage` of Plotly and return what Plotly would: text of an SVG, or a PNG as
 * base64; with `imageDataOnly: false`, as a data address.
 */
export async function draw(toImage, figure, options, faces) {
  await measurable(figure.layout?.font?.family ?? figure.layout?.template?.layout?.font?.family);
  const asked = { ...options, format: "svg", imageDataOnly: true };
  const svg = embedded(await toImage(figure, asked), faces);
  const address = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  if (options.format === "svg") return options.imageDataOnly ? svg : address;
  const { width, height, scale = 1 } = options;
  const png = await painted(address, width * scale, height * scale);
  return options.imageDataOnly ? png.slice(png.indexOf(",") + 1) : png;
}

/** Return an SVG with the faces that it needs in a style element of its own. */
export function embedded(svg, faces) {
  const korean = HANGUL.test(svg), bold = BOLD.test(svg);
  const needed = faces.filter((face) => (korean || !face.hangul) && (bold || !face.bold));
  const style = `<style>${[PRECISE, ...needed.map((face) => face.css)].join("\n")}</style>`;
  const head = svg.indexOf(">") + 1;
  return svg.slice(0, head) + style + svg.slice(head);
}

async function painted(address, width, height) {
  const image = new Image();
  image.src = address;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  canvas.getContext("2d").drawImage(image, 0, 0, width, height);
  return canvas.toDataURL("image/png");
}
