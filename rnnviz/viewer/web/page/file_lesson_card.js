/**
 * The card of a lesson in a file: what it says, its control, how far the task has come, the ways on.
 */

import { made } from "./file_elements.js";

export class LessonCard {
  /** @param {HTMLElement} room is filled with the card; @param {object} page the lesson's page */
  constructor(room, page) {
    Object.assign(this, { room, page });
  }

  get #card() {
    return this.page.data.cards[this.page.index];
  }

  /** Draw the card that is on. */
  write() {
    const { page } = this;
    const { kind, settles, locked } = this.#card;
    const said = this.#card.said[page.language];
    const place = page.say("lessons.place", { number: page.index + 1, count: page.data.cards.length });
    this.text = made("div", { className: "rf-text" });
    this.controls = this.#card.controls.map((control) => this.#control(control));
    this.room.replaceChildren(
      made("p", { className: "rf-place", innerHTML: `<b>${page.say(`lessons.${kind}`)}</b> · ${place}` }),
      ...this.#outcome(settles),
      this.text,
      ...said.formulas.map((formula) => made("p", { className: "rf-formula", innerHTML: formula })),
      ...(said.elsewhere ? [made("p", { className: "rf-elsewhere", textContent: said.elsewhere })] : []),
      ...(said.options ?? []).map((option, i) => this.#option(option, i)),
      ...this.controls.map(({ row }) => row),
      ...(locked ? [made("p", { className: "rf-elsewhere", textContent: page.say("lessons.locked") })] : []),
    );
    this.progress = kind === "do" ? this.room.appendChild(this.#progress()) : null;
    this.ways = this.room.appendChild(made("div", { className: "rf-ways" }));
    this.follow();
  }

  /** Say what is measured where the knobs stand now. */
  follow() {
    const { page, progress } = this;
    const texts = this.#card.texts[page.language];
    const text = typeof texts === "string" ? texts : texts[page.number];
    if (this.text.innerHTML !== text) this.text.innerHTML = text;
    for (const one of this.controls) one.follow();
    if (progress) {
      const { closeness, met, [page.language]: measured } = this.#task;
      const percent = `${Math.round(100 * closeness)}%`;
      const done = page.say(met ? "lessons.met" : "lessons.closeness", { percent });
      progress.dataset.met = met;
      progress.querySelector("progress").value = closeness;
      progress.querySelector("p").innerHTML = `<b>${done}</b> ${measured}`;
    }
    this.#writeWays();
  }

  /** Press one of the ways by its name, if it is there. */
  press(name) {
    this.ways.querySelector(`[data-way="${name}"]`)?.click();
  }

  get #task() {
    return this.#card.progress[this.page.number];
  }

  #outcome(settles) {
    const { answers, data, language } = this.page;
    if (settles === null || !answers.has(settles)) return [];
    const { said, answer } = data.cards[settles];
    const picked = answers.get(settles);
    const className = `rf-outcome${picked === answer ? " rf-right" : ""}`;
    return [made("p", { className, innerHTML: said[language].outcomes[picked] })];
  }

  #option(text, number) {
    const { page } = this;
    const button = made("button", { type: "button", className: "rf-option", innerHTML: text });
    button.setAttribute("aria-pressed", String(page.answers.get(page.index) === number));
    button.addEventListener("click", () => page.pick(number));
    return button;
  }

  #control({ name, kind, stops, labels, texts }) {
    const { page } = this;
    const { language } = page;
    const row = made("label", { className: "rf-control" });
    const shown = made("output", {});
    const place = () => stops.findIndex((one) => JSON.stringify(one) === JSON.stringify(page.values[name]));
    const input = kind === "slider"
      ? made("input", { type: "range", min: 0, max: stops.length - 1, step: 1 })
      : made("select", {});
    if (kind === "list") input.append(...texts[language].map((text, i) => new Option(text, i)));
    input.dataset.knob = name;
    input.setAttribute("aria-label", labels[language]);
    input.disabled = this.#card.locked;
    input.addEventListener("input", () => {
      const value = { [name]: stops[input.value] };
      if (page.allows(value)) page.set(value);
      else follow(); // a setting that this network cannot have
    });
    const follow = () => {
      const at = place();
      input.value = at;
      shown.textContent = kind === "slider" ? texts[language][at] ?? "" : "";
      input.setAttribute("aria-valuetext", texts[language][at] ?? "");
    };
    row.append(made("span", { textContent: labels[language] }), shown, input);
    return { row, follow };
  }

  #progress() {
    const box = made("div", { className: "rf-progress" });
    box.append(made("progress", { max: 1, value: 0 }), made("p", {}));
    return box;
  }

  #writeWays() {
    const { page } = this;
    const { kind, solution } = this.#card;
    const isOpen = kind === "do" && !this.#task.met;
    const isLast = page.index + 1 === page.data.cards.length;
    const ways = [];
    if (page.index) ways.push(["back", "lessons.back", () => page.turn(-1)]);
    if (isOpen) ways.push(["show", "lessons.show", () => page.set(solution)]);
    if (isLast) ways.push(["again", "file.lesson.again", () => page.begin()]);
    else if (kind !== "predict" || page.answers.has(page.index)) {
      ways.push(["next", isOpen ? "lessons.skip" : "lessons.next", () => page.turn(1)]);
    }
    const names = ways.map(([name, key]) => `${name} ${key}`).join();
    if (this.ways.dataset.shown === names && this.language === page.language) return;
    this.ways.dataset.shown = names;
    this.language = page.language;
    this.ways.replaceChildren(
      ...ways.map(([name, key, act]) => {
        const button = made("button", { type: "button", textContent: page.say(key) });
        button.dataset.way = name;
        button.addEventListener("click", act);
        return button;
      }),
    );
  }
}
