"""A host for the notebook's widget without Jupyter: a page with a model that Python answers.

It does what a notebook does with an anywidget: it gives ``render`` a model and an element, brings
what the page saves to the widget in Python, and what the widget sends to the page.
"""

import base64

from rnnviz.notebook.widget import script, styles

_PAGE = """
<!doctype html><meta charset="utf-8">
<style>:root {{ --jp-layout-color0: {ground}; }}{styles}</style>
<div id="host"></div>
"""
_MODEL = """
(state) => {
  const listeners = new Map(), values = {}, dirty = {};
  const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  const view = (text) => new DataView(bytes(text).buffer);
  const fire = (name, ...more) => [...(listeners.get(name) ?? [])].forEach((act) => act(...more));
  const take = ({ bytes, value }) => (bytes === undefined ? value : view(bytes));
  for (const [name, one] of Object.entries(state)) values[name] = take(one);
  window.saved = [];
  window.model = {
    get: (name) => values[name],
    set: (name, value) => {
      const before = JSON.stringify(values[name]);
      dirty[name] = values[name] = value;
      if (JSON.stringify(value) !== before) fire(`change:${name}`);
    },
    save_changes: () => {
      const changes = { ...dirty };
      for (const name of Object.keys(dirty)) delete dirty[name];
      window.saved.push(changes);
    },
    on: (name, act) => listeners.set(name, [...(listeners.get(name) ?? []), act]),
    off: (name, act) => listeners.set(name, listeners.get(name).filter((one) => one !== act)),
    push: (state) => {
      for (const [name, one] of Object.entries(state)) values[name] = take(one);
      for (const name of Object.keys(state)) fire(`change:${name}`);
    },
    message: (content, buffers) => fire("msg:custom", content, buffers.map(view)),
    listeners: () => [...listeners.values()].flat().length,
  };
}
"""
_RENDER = """
async (text) => {
  const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const module = await import(address);
  window.end = module.default.render({ model: window.model, el: document.querySelector("#host") });
}
"""


class Hosted:
    """A widget in a page, its model answered by Python whenever the test waits."""

    def __init__(self, page, widget, ground="white"):
        self.page, self.widget = page, widget
        self._answered = 0
        page.set_content(_PAGE.format(styles=styles(), ground=ground))
        page.evaluate(_MODEL, _packed(widget.get_state()))
        page.evaluate(_RENDER, script())
        page.wait_for_selector('[data-testid="state-viewer"][data-experiment]')

    def until(self, condition):
        """Answer what the page saves, until something is so in Python."""
        for _ in range(100):
            self._answer()
            if condition():
                return
            self.page.wait_for_timeout(50)
        raise AssertionError("it did not come to be so")

    def set(self, **values):
        """Set traits of the widget as a cell of a notebook does."""
        before = self.widget.get_state()
        for name, value in values.items():
            setattr(self.widget, name, value)
        self._push(before)

    def _answer(self):
        for changes in self.page.evaluate("(from) => window.saved.slice(from)", self._answered):
            self._answered += 1
            before, sent = self.widget.get_state(), []
            self.widget.send = lambda content, buffers=None, sent=sent: sent.append(
                (content, [base64.b64encode(one).decode() for one in buffers])
            )
            self.widget.set_state(changes)
            self._push(before)
            for one in sent:
                self.page.evaluate("(one) => window.model.message(...one)", one)

    def _push(self, before):
        after = self.widget.get_state()
        changed = {name: value for name, value in after.items() if value != before[name]}
        if changed:
            self.page.evaluate("(state) => window.model.push(state)", _packed(changed))


def _packed(state):
    """Return traits as JSON, bytes in base64."""
    return {
        name: {"bytes": base64.b64encode(value).decode()}
        if isinstance(value, (bytes, memoryview))
        else {"value": value}
        for name, value in state.items()
        if name not in ("_esm", "_css", "layout")
    }
