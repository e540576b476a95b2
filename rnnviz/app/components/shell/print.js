/**
 * A page on paper: as wide as it stands on the screen and made smaller as a whole, so that no chart is
 * cut or laid out anew. print.css says what is left out. The link below says what is shown.
 */

const PAPER = { landscape: 970, portrait: 700 }; // pixels: a little less than lies between the margins of A4
const LARGEST = 1.5;
const NARROW = 700; // a page on a phone stands upright

/** Prepare the page whenever it is printed; called once. */
export function preparePrinting() {
  addEventListener("beforeprint", prepare);
  addEventListener("afterprint", () => document.documentElement.classList.remove("rv-upright", "rv-dark"));
}

function prepare() {
  const { classList, style } = document.documentElement;
  const block = document.querySelector(".stMainBlockContainer");
  if (!block) return;
  const width = Math.ceil(block.getBoundingClientRect().width);
  const upright = width < NARROW;
  const paper = upright ? PAPER.portrait : PAPER.landscape;
  style.setProperty("--rv-print-width", `${width}px`);
  style.setProperty("--rv-print-zoom", String(Math.min(LARGEST, paper / width)));
  classList.toggle("rv-upright", upright);
  classList.toggle("rv-dark", isDark(getComputedStyle(document.querySelector(".stApp")).backgroundColor));
  cite(block);
}

/** The address of what is shown, which the address bar says on the screen. */
function cite(block) {
  let line = block.querySelector(":scope > .rv-print-link");
  line ??= block.appendChild(Object.assign(document.createElement("p"), { className: "rv-print-link" }));
  line.textContent = location.href;
}

function isDark(colour) {
  const [red, green, blue] = colour.match(/[\d.]+/g) ?? [255, 255, 255];
  return 0.3 * red + 0.59 * green + 0.11 * blue < 128;
}
