"""A plain page that shows a front-end module with a fake model: a tenth of the time that JupyterLab takes.

What the stage does by itself (drawing, hovering, stepping, keys) is tested here; what needs the kernel, in JupyterLab.
"""

from __future__ import annotations

import base64
from typing import Any

from playwright.sync_api import Locator, Page, Route

from cnnlab.widgets.stage import Stage as StageWidget

ADDRESS = "http://stage.test/"  # answered below: nothing leaves the browser

# The part of anywidget's model that the front end may use, and a kernel's side to it: `update` and `saved`.
HTML = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>stage</title><link rel="stylesheet" href="/stage.css">
<body>
<script type="module">
class Model {
  constructor(traits) { this.traits = traits; this.listeners = {}; this.pending = {}; this.saved = []; }
  get(name) { return this.traits[name]; }
  set(name, value) { this.pending[name] = value; this.change({ [name]: value }); }
  save_changes() { this.saved.push(this.pending); this.pending = {}; }
  on(event, listener) { (this.listeners[event] ??= new Set()).add(listener); }
  off(event, listener) {
    if (event === undefined || event === null) this.listeners = {};
    else if (listener) this.listeners[event]?.delete(listener);
    else delete this.listeners[event];
  }
  listening() { return Object.values(this.listeners).reduce((sum, set) => sum + set.size, 0); }
  change(given) {
    const traits = Object.fromEntries(Object.entries(given).filter(([name, value]) => this.traits[name] !== value));
    Object.assign(this.traits, traits);
    for (const name of Object.keys(traits)) this.emit(`change:${name}`, traits[name]);
    this.emit("change", traits);
  }
  emit(event, value) { for (const listener of [...(this.listeners[event] ?? [])]) listener(this, value); }
}
const decode = value => {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(decode);
  if (typeof value.base64 === "string")
    return new DataView(Uint8Array.from(atob(value.base64), c => c.charCodeAt(0)).buffer);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, decode(item)]));
};
const encode = (key, value) => value instanceof DataView ? `DataView of ${value.byteLength} bytes` : value;

const { default: widget } = await import("/stage.js");
window.stages = [];
window.mount = async traits => {
  const model = new Model(decode(traits));
  const el = document.body.appendChild(document.createElement("div"));
  const stage = { model, el, undo: [] };
  window.stages.push(stage);
  stage.undo.push(await widget.initialize?.({ model }), await widget.render({ model, el }));
};
window.unmount = async index => {
  const { el, undo } = window.stages[index];
  for (const step of undo) await step?.();
  el.remove();
};
window.update = (index, traits) => window.stages[index].model.change(decode(traits));
window.saved = index => JSON.parse(JSON.stringify(window.stages[index].model.saved, encode));
</script>
"""


def as_json(value: Any) -> Any:
    """Return a trait's value as the page takes it; bytes arrive as a DataView, as anywidget sends them."""
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    return [as_json(item) for item in value] if isinstance(value, list | tuple) else value


def settle(page: Page) -> None:
    """Wait for two frames of a page, after which every event so far has been handled and drawn."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


class Stage:
    """One explorer on a :class:`StagePage`; ``root`` is the locator of its element."""

    def __init__(self, page: Page, index: int, root: Locator) -> None:
        self.page = page
        self.index = index
        self.root = root

    def update(self, **traits: Any) -> None:
        """Set traits as the kernel would, in one update."""
        self.page.evaluate("([index, traits]) => update(index, traits)", [self.index, as_json(traits)])

    def get(self, name: str) -> Any:
        """Return a trait's value (not one of bytes)."""
        return self.page.evaluate("([index, name]) => stages[index].model.get(name)", [self.index, name])

    def saved(self) -> list[dict]:
        """Return what the stage has sent to the kernel: for each ``save_changes`` the traits it had set before."""
        return self.page.evaluate("index => saved(index)", self.index)

    def listening(self) -> int:
        """Return how many listeners the model has: 0 after ``unmount`` if every listener has its undo."""
        return self.page.evaluate("index => stages[index].model.listening()", self.index)

    def unmount(self) -> None:
        """Call the function that ``render`` returned and remove the element."""
        self.page.evaluate("index => unmount(index)", self.index)


class StagePage:
    """A page with a front-end module and its styles; ``mount`` shows an explorer. ``errors`` as in ``Lab``."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        self._files: dict[str, str] = {}
        page.on("pageerror", lambda error: self.errors.append(f"page: {error}"))
        page.on("console", lambda message: message.type == "error" and self.errors.append(f"console: {message.text}"))
        page.route(f"{ADDRESS}**", self._answer)

    def _answer(self, route: Route) -> None:
        name = route.request.url.removeprefix(ADDRESS)
        kind = "javascript" if name.endswith(".js") else "css" if name.endswith(".css") else "html"
        if name in self._files:
            route.fulfill(body=self._files[name], content_type=f"text/{kind}; charset=utf-8")
        else:
            route.fulfill(status=204)  # the favicon

    def load(self, esm: str = "", css: str = "") -> None:
        """Load a front-end module and its styles, as text; without arguments, those of the stage."""
        self._files = {
            "": HTML,
            "stage.js": esm or str(StageWidget._esm),
            "stage.css": css or str(StageWidget._css),
        }
        self.page.goto(ADDRESS)
        self.page.wait_for_function("() => Boolean(window.saved)")

    def mount(self, **traits: Any) -> Stage:
        """Show an explorer whose model holds these traits, bytes as a DataView. Loads the stage if nothing is."""
        if not self._files:
            self.load()
        self.page.evaluate("traits => mount(traits)", as_json(traits))
        index = self.page.evaluate("stages.length") - 1
        return Stage(self.page, index, self.page.locator("body > div").nth(index))
