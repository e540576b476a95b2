/**
 * What stands in the page itself, before any file of it has come: a sentence where its files do not
 * come, a line where its server is away, and one entry of the history for each thing that is shown.
 *
 * The server puts it into the page with WORDS, a sentence by name for each language.
 *
 * A link to a room gets a random token as a cookie before the page connects, so that an answer given
 * again after a reload takes the place of the first one. It says nothing of the visitor, and goes with
 * the browser.
 */
(() => {
  const ROOM_COOKIE = "rnnviz_room"; // as in app/runtime/state.py
  if (new URLSearchParams(location.search).has("room")) {
    try {
      if (!document.cookie.includes(`${ROOM_COOKIE}=`)) {
        const random = crypto.getRandomValues(new Uint32Array(4));
        const token = [...random].map((part) => part.toString(16).padStart(8, "0")).join("");
        document.cookie = `${ROOM_COOKIE}=${token}; SameSite=Lax`;
      }
    } catch {} // a frame that may keep nothing: there each visit counts once
  }

  const LINE_AFTER = 1500; // ms: a connection that is back sooner was hardly away
  const FIRST_AFTER = 12000; // ms after which a page that has never been connected says so
  const IN_TAB = "rnnviz.newest";
  const words = () => WORDS[document.documentElement.lang] ?? WORDS.en;

  // A part of the page that is refused: behind a proxy that passes another name than the address bar's.
  addEventListener("error", ({ target }) => {
    const loading = document.querySelector(".rv-first");
    if (!loading || !(target instanceof HTMLScriptElement || target instanceof HTMLLinkElement)) return;
    if (target.rel === "shortcut icon" || target.rel === "preload") return;
    loading.classList.add("rv-refused");
    loading.querySelector("p").textContent = words().refused;
  }, true);

  // One line at the foot of the page, in place of the box that Streamlit lays over all of it.
  const started = Date.now();
  let away = null, line = null, wasConnected = false;
  setInterval(() => {
    const state = document.querySelector("[data-testid=stApp]")?.dataset.testConnectionState;
    const connected = state === "CONNECTED";
    wasConnected ||= connected;
    away = connected ? null : away ?? Date.now();
    const late = wasConnected ? Date.now() - away > LINE_AFTER : Date.now() - started > FIRST_AFTER;
    if (!connected) closeBox();
    say(!connected && late && state ? words()[wasConnected ? "away" : "unreached"] : "");
  }, 250);

  // The box would cover the page and keep every key and click from it.
  function closeBox() {
    for (const box of document.querySelectorAll("[data-testid=stDialog]"))
      if (/Connection error|Streamlit server|Is Streamlit/.test(box.textContent))
        box.querySelector("[role=dialog] button")?.click();
  }

  function say(text) {
    document.documentElement.classList.toggle("rv-away", Boolean(text));
    if (!text) return line?.remove(), (line = null);
    if (!line) {
      line = Object.assign(document.createElement("div"), { className: "rv-away-line" });
      line.setAttribute("role", "status");
      document.body.append(line);
    }
    if (line.textContent !== text) line.textContent = text;
  }

  // The address that Streamlit completes on arrival is the same page, and no entry of its own: with
  // one, the first Back would do nothing. Each entry knows its number, for undo and redo.
  const push = history.pushState.bind(history), replace = history.replaceState.bind(history);
  const number = () => history.state?.rnnviz ?? 0;
  let moved = false;
  for (const what of ["pointerdown", "keydown"])
    addEventListener(what, () => (moved = true), { capture: true });
  if (history.state?.rnnviz === undefined) mark(0, replace, location.href, history.state);
  history.replaceState = (state, title, url) => replace({ ...state, rnnviz: number() }, title, url);
  history.pushState = (state, title, url) =>
    moved ? mark(number() + 1, push, url, state) : history.replaceState(state, title, url);

  function mark(at, write, url, state) {
    write({ ...state, rnnviz: at }, "", url);
    try {
      sessionStorage.setItem(IN_TAB, at);
    } catch {} // a tab without storage has undo without redo
    dispatchEvent(new Event("rnnviz-history"));
  }
})();
