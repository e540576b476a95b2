/**
 * Elements that every file's page has: made ones, rows of choices, light and dark.
 */

export const THEMES = ["auto", "light", "dark"];

/** An element with some of its properties. */
export function made(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}

/**
 * Fill a row with buttons of which one is pressed; the one that has the focus keeps it.
 *
 * @param {HTMLElement} room
 * @param {object} row options, the chosen one, the label of each, what takes a choice, the row's title
 */
export function drawChoices(room, { options, chosen, label, take, title }) {
  const focused = room.contains(document.activeElement) ? document.activeElement.dataset.option : null;
  room.setAttribute("aria-label", title);
  room.replaceChildren(
    ...options.map((option) => {
      const button = made("button", { type: "button", textContent: label(option) });
      button.dataset.option = option;
      button.setAttribute("aria-pressed", String(option === chosen));
      button.addEventListener("click", () => take(option));
      return button;
    }),
  );
  if (focused !== null) room.querySelector(`[data-option="${focused}"]`)?.focus();
}

/** The theme of a page: the one that is chosen, or the device's; `paint` is called with its name. */
export class Theme {
  constructor(chosen, paint) {
    Object.assign(this, { chosen, paint });
    this.dark = matchMedia("(prefers-color-scheme: dark)");
    this.dark.addEventListener("change", () => this.dress());
  }

  choose(name) {
    this.chosen = name;
    this.dress();
  }

  dress() {
    const name = this.chosen === "auto" ? (this.dark.matches ? "dark" : "light") : this.chosen;
    document.documentElement.dataset.theme = name;
    this.paint(name);
  }
}
