/**
 * A file that is dropped anywhere on the page opens as if it had been dropped on the field of the
 * menu "Open a network or data", which is opened for it. Without this the browser would leave the
 * page and show the file.
 */

const FIELD = '[data-testid="stFileUploaderDropzone"]';
const INPUT = ".st-key-open-sheet input[type=file], .st-key-lesson_control input[type=file]";
// Its key counts the files that were opened: open.0, open.1, …
const OPENER = '[class*="st-key-open-"] [data-testid="stPopover"] button';
const WAITS = 100; // looks for the field, 50 ms apart: a page run on a busy server
let listens = false;

export function takeDrops() {
  if (listens) return;
  listens = true;
  addEventListener("dragover", (event) => {
    if (!isOurs(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = canOpen() ? "copy" : "none";
  });
  addEventListener("drop", (event) => {
    if (!isOurs(event)) return;
    event.preventDefault();
    if (canOpen()) hand(event.dataTransfer.files[0]);
  });
}

/** Files, and not over a field that takes them itself. */
function isOurs(event) {
  const holdsFiles = event.dataTransfer?.types.includes("Files");
  return holdsFiles && !(event.target instanceof Element && event.target.closest(FIELD));
}

const field = () => document.querySelector(INPUT);
const canOpen = () => Boolean(field() ?? document.querySelector(OPENER));

function hand(file) {
  if (!file) return;
  if (!field()) document.querySelector(OPENER).click();
  wait(file, WAITS);
}

function wait(file, left) {
  const input = field();
  if (!input) {
    if (left) setTimeout(() => wait(file, left - 1), 50);
    return;
  }
  if (input.disabled) return;
  const files = new DataTransfer();
  files.items.add(file);
  input.files = files.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}
