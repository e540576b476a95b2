
/**
 * The viewer as an anywidget: an adapter to the viewer's contract (viewer/CONTRACT.md). It stands
 * behind the viewer's modules in one module text, so that `mount` and `readPayload` are at hand.
 */

const PATIENCE = 3000; // ms after which an unanswered wish says that there is no Python
const DARKNESS = { attributes: true, attributeFilter: ["class", "data-theme", "data-jp-theme-light"] };

export default { render };

/** Show a model in an element; returns the clean-up. */
function render({ model, el }) {
  const begun = performance.now();
  const root = document.createElement("div");
  root.className = "rnw";
  // JupyterLab takes keys for its own: shortcuts on their way down, the arrows on their way up.
  root.dataset.lmSuppressShortcuts = "true";
  root.addEventListener("keydown", (event) => event.stopPropagation());
  el.append(root);
  const [choices, knobs] = [addForm(root, "choices"), addForm(root, "knobs")];
  const reading = root.appendChild(document.createElement("p"));
  reading.setAttribute("aria-live", "polite");
  const alone = root.appendChild(document.createElement("p"));
  alone.className = "rnw-alone";
  alone.textContent = model.get("sentences").alone;
  alone.hidden = true;
  const stage = root.appendChild(document.createElement("div"));
  const showKept = hideKept(model.get("kept"));

  /** Tell Python; what is no more than told (cursor, window) needs no answer. */
  const send = (changes) => {
    for (const [name, value] of Object.entries(changes)) model.set(name, value);
    try {
      model.save_changes();
    } catch {
      // A saved notebook has no Python: the picture is looked at alone.
    }
  };
  /** Ask Python for another picture. A kernel that ended does not say so: it does not answer. */
  let patience;
  const ask = (changes) => {
    send(changes);
    clearTimeout(patience);
    patience = setTimeout(() => (alone.hidden = false), PATIENCE);
  };
  const answered = () => {
    clearTimeout(patience);
    alone.hidden = true;
  };
  const told = {
    cursor: ({ timestep, unit }) => send({ timestep, unit }),
    window: (part) => send({ window: part && [part.first, part.last, part.low, part.high] }),
  };
  const group = `widget-${crypto.randomUUID?.() ?? Math.random()}`;
  const tell = (name, value) => told[name]?.(value);
  const viewer = mount({ element: stage, tell, group, theme: model.get("theme") });

  const hear = {
    payload: () => {
      answered();
      viewer.update(bytesOf(model.get("payload")));
    },
    timestep: () => viewer.moveTo(model.get("timestep")),
    unit: () => model.get("unit") !== null && viewer.choose(model.get("unit")),
    window: () => viewer.zoomTo(partOf(model.get("window"), viewer)),
    theme: () => viewer.theme(model.get("theme")),
    reading: () => {
      answered();
      reading.textContent = model.get("reading");
    },
    choices: () => drawChoices(choices, model, ask),
    knobs: () => drawKnobs(knobs, model, ask),
    is_linked: () => viewer.channel.wantCursor(root, model.get("is_linked")),
  };
  for (const name of ["layer", "lens", "trial", "checkpoint"]) hear[name] = hear.choices;
  const message = ({ kind }, buffers) =>
    kind === "detail" && viewer.receive(readPayload(bytesOf(buffers[0])));
  for (const [name, act] of Object.entries(hear)) model.on(`change:${name}`, act);
  model.on("msg:custom", message);
  for (const name of ["choices", "knobs", "reading", "is_linked", "payload", "timestep", "unit"]) hear[name]();
  if (model.get("window")) hear.window();
  // Canvases do not follow a theme by themselves.
  const darkness = new MutationObserver(() => viewer.redraw());
  for (const one of [document.documentElement, document.body]) darkness.observe(one, DARKNESS);
  requestAnimationFrame(() => (root.dataset.start = Math.round(performance.now() - begun)));

  return () => {
    clearTimeout(patience);
    darkness.disconnect();
    for (const [name, act] of Object.entries(hear)) model.off(`change:${name}`, act);
    model.off("msg:custom", message);
    viewer.destroy();
    showKept();
  };
}

/** Hide what a saved notebook shows in place of this widget, there now or later. */
function hideKept(name) {
  const style = document.createElement("style");
  style.textContent = `[data-rnnviz-kept="${name}"] { display: none; }`;
  document.head.append(style);
  return () => style.remove();
}

function addForm(root, name) {
  const form = root.appendChild(document.createElement("div"));
  form.className = `rnw-${name}`;
  return form;
}

/** Bytes of a trait or of a message, which come as a view on a buffer. */
function bytesOf(view) {
  return new Uint8Array(view.buffer ?? view, view.byteOffset ?? 0, view.byteLength);
}

/** What is visible, as the viewer takes it; what it told itself is what it shows already. */
function partOf(window_, { stage }) {
  if (!window_) return null;
  const [step, end, unit, top] = window_;
  const now = stage.view;
  const same = Math.floor(now.step) === step && Math.ceil(now.end) === end
    && Math.floor(now.unit) === unit && Math.ceil(now.top) === top;
  return same ? now : { step, end, unit, top };
}

/** One list for each thing that can be chosen. */
function drawChoices(form, model, ask) {
  const made = model.get("choices").map(({ name, label, options }) => {
    const list = document.createElement("select");
    list.append(...options.map(([value, text]) => new Option(text, value)));
    list.value = model.get(name);
    list.addEventListener("change", () => ask({ [name]: options[list.selectedIndex][0] }));
    return labelled(label, list);
  });
  if (form.contains(document.activeElement)) return keepFocus(form, made);
  form.replaceChildren(...made);
}

/** A list that has the focus would lose it if it were made anew. */
function keepFocus(form, made) {
  const place = [...form.children].findIndex((one) => one.contains(document.activeElement));
  form.replaceChildren(...made);
  form.children[place]?.querySelector("select, input").focus();
}

/** One slider for each knob; those that stand already are left under the hand. */
function drawKnobs(form, model, ask) {
  for (const { name, label, texts } of model.get("knobs")) {
    let slider = form.querySelector(`[name="${name}"]`);
    if (!slider) {
      slider = Object.assign(document.createElement("input"), { type: "range", name, min: 0 });
      const shown = document.createElement("output");
      slider.max = texts.length - 1;
      slider.value = model.get("settings")[name];
      slider.addEventListener("input", () => {
        say(slider, shown, texts);
        ask({ settings: { ...model.get("settings"), [name]: Number(slider.value) } });
      });
      say(slider, shown, texts);
      form.append(labelled(label, slider, shown));
    }
  }
}

function say(slider, shown, texts) {
  shown.value = texts[slider.value];
  slider.setAttribute("aria-valuetext", texts[slider.value]);
}

function labelled(text, ...elements) {
  const label = document.createElement("label");
  const title = document.createElement("span");
  title.textContent = text;
  label.append(title, ...elements);
  return label;
}
