/**
 * The list of keys: opened with ? wherever letters are not typed, or with the viewer's button.
 */

import { lettersAct, letLettersAct, TYPES } from "./keys.js";

let sheet = null;
let words = null;

/** Take the words; the listeners themselves are added once. */
export function explainKeys(told) {
  if (!words) {
    document.addEventListener("keydown", (event) => {
      const isTyped = event.target.closest?.(TYPES) || event.ctrlKey || event.metaKey || event.altKey;
      if (event.key !== "?" || isTyped) return;
      event.preventDefault();
      open();
    });
    document.addEventListener("rnnviz:keys", open);
  }
  words = told;
}

function open() {
  sheet ??= make();
  sheet.replaceChildren(heading(), table(), letters(), closeButton());
  sheet.showModal();
}

function make() {
  const dialog = document.createElement("dialog");
  dialog.className = "rv-keys";
  // A click beside it closes it as well.
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  document.body.append(dialog);
  return dialog;
}

function heading() {
  return Object.assign(document.createElement("h2"), { textContent: words.title });
}

function table() {
  const list = document.createElement("dl");
  for (const [keys, meaning] of words.keys) {
    const names = document.createElement("dt");
    names.append(...keys.split(" ").map((key) => Object.assign(document.createElement("kbd"), { textContent: key })));
    list.append(names, Object.assign(document.createElement("dd"), { textContent: meaning }));
  }
  return list;
}

/** The switch for who hits letters unawares, or dictates. */
function letters() {
  const label = document.createElement("label");
  const box = Object.assign(document.createElement("input"), { type: "checkbox", checked: lettersAct() });
  box.addEventListener("change", () => letLettersAct(box.checked));
  label.append(box, ` ${words.letters}`);
  return label;
}

function closeButton() {
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: words.close });
  button.addEventListener("click", () => sheet.close());
  return button;
}
