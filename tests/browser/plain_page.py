"""A plain page that shows explorers with a live Python side: a tenth of the time that JupyterLab takes.

What a front end asks is answered by the explorer itself, in this process; a test can hold the answers back, or lose
what was asked. What the host adds (its keys, its layout, its restarts) is tested in JupyterLab.
"""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
from explorers import packed_array
from playwright.sync_api import Locator, Page, Route

from cnnlab.lab.explorers import Explorer, front

ADDRESS = "http://explorers.test/"  # answered below: nothing leaves the browser
HEAD = '<!doctype html><html lang="en"><meta charset="utf-8"><title>explorers</title>'

# The part of anywidget's model that a front end may use. Traits coalesce as those of ipywidgets do: one request is on
# its way, and the last state that was set meanwhile follows it.
HTML = f"""{HEAD}
<style>body {{ margin: 8px; background: var(--jp-layout-color0, #fff) }}
[data-jp-theme-light="false"] {{ --jp-layout-color0: #111418 }}</style>
<body><main></main>
<script type="module">
const decode = value => {{
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(decode);
  if (typeof value.base64 === "string")
    return new DataView(Uint8Array.from(atob(value.base64), c => c.charCodeAt(0)).buffer);
  if (value.dtype) return new (value.dtype === "f4" ? Float32Array : Float64Array)(decode(value.data).buffer);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, decode(item)]));
}};
const bytesOf = view => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
const encode = (key, value) => value instanceof DataView
  ? {{ base64: btoa(String.fromCharCode(...bytesOf(value))) }} : value;
class Model {{
  constructor(number, shown) {{
    this.traits = {{ shown: decode(shown), asked: {{ events: [] }} }};
    Object.assign(this, {{ number, listeners: {{}}, saved: 0, sent: [], mode: "live", busy: false, late: false }});
  }}
  get(name) {{ return this.traits[name]; }}
  set(name, value) {{ this.traits[name] = value; }}
  save_changes() {{ this.saved++; this.request(); }}
  async request() {{
    if (this.mode !== "live" || this.busy) return (this.late = this.mode !== "lost");
    Object.assign(this, {{ busy: true, late: false }});
    const request = JSON.stringify(this.traits.asked, encode);
    this.sent.push(request);
    const shown = await window.ask(this.number, request);
    this.busy = false;
    this.answer(JSON.parse(shown));
    if (this.late) this.request();
  }}
  answer(shown) {{
    this.traits.shown = decode(shown);
    for (const listener of [...(this.listeners["change:shown"] ?? [])]) listener();
  }}
  on(event, listener) {{ (this.listeners[event] ??= new Set()).add(listener); }}
  off(event, listener) {{ this.listeners[event]?.delete(listener); }}
  listening() {{ return Object.values(this.listeners).reduce((sum, set) => sum + set.size, 0); }}
}}
const {{ default: widget }} = await import("/explorer.js");
window.models = [];
window.views = [];
window.show = async number => {{
  const el = document.querySelector("main").appendChild(document.createElement("div"));
  el.dataset.view = views.length;
  window.views.push({{ el, undo: await widget.render({{ model: models[number], el }}) }});
}};
window.mount = async shown => {{ models.push(new Model(models.length, shown)); await show(models.length - 1); }};
window.unmount = index => {{ views[index].undo(); views[index].el.remove(); }};
window.clear = () => {{
  views.forEach(({{ el }}, index) => el.isConnected && unmount(index));
  models.length = views.length = 0;
  document.body.removeAttribute("data-jp-theme-light");
  delete document.documentElement.dataset.cnnlabTouched;
  document.querySelector("main").removeAttribute("style");
}};
window.ready = true;
</script>
"""


def as_json(value: Any) -> Any:
    """Return a trait's value as the page takes it; bytes arrive as a DataView, as anywidget sends them."""
    if isinstance(value, np.ndarray):
        value = packed_array(value)
    if isinstance(value, bytes | memoryview):
        return {"base64": base64.b64encode(bytes(value)).decode()}
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    return [as_json(item) for item in value] if isinstance(value, list | tuple) else value


def from_json(value: Any) -> Any:
    """Return what the page sent, a DataView as bytes."""
    if isinstance(value, dict):
        return base64.b64decode(value["base64"]) if "base64" in value else {k: from_json(v) for k, v in value.items()}
    return [from_json(item) for item in value] if isinstance(value, list) else value


def settle(page: Page) -> None:
    """Wait for two frames of a page, after which every event so far has been handled and drawn."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


class Mounted:
    """An explorer on a :class:`PlainPage`, with its Python side; ``root`` is the locator of its element."""

    def __init__(self, page: Page, number: int, explorer: Explorer, root: Locator) -> None:
        self.page, self.number, self.explorer, self.root = page, number, explorer, root

    def hold(self) -> None:
        """Keep what is asked from now on, until :meth:`release`."""
        self._mode("held")

    def lose(self) -> None:
        """Lose what is asked from now on, until :meth:`release`."""
        self._mode("lost")

    def release(self) -> None:
        """Answer again, first what was held; wait until all of it is answered."""
        self._mode("live")
        self.page.evaluate("number => { if (models[number].late) models[number].request(); }", self.number)
        self.answered()

    def answered(self) -> None:
        """Wait until everything that was asked has been answered, and drawn."""
        self.page.wait_for_function("number => !models[number].busy && !models[number].late", arg=self.number)
        settle(self.page)

    def _mode(self, mode: str) -> None:
        self.page.evaluate("([number, mode]) => { models[number].mode = mode; }", [self.number, mode])

    def push(self, **settings: Any) -> None:
        """Set settings in Python, and show what the explorer shows then."""
        for name, value in settings.items():
            setattr(self.explorer, name, value)
        shown = as_json(self.explorer.shown)
        self.page.evaluate("([number, shown]) => models[number].answer(shown)", [self.number, shown])
        settle(self.page)

    def asked(self) -> list[dict]:
        """Return the events that the model holds: all that have not been answered, and the last ones that were."""
        text = self.page.evaluate("number => JSON.stringify(models[number].traits.asked.events)", self.number)
        return json.loads(text)

    def sent(self) -> int:
        """Return how many requests have reached Python."""
        return self.page.evaluate("number => models[number].sent.length", self.number)

    def saved(self) -> int:
        """Return how often the front end has asked for anything."""
        return self.page.evaluate("number => models[number].saved", self.number)

    def listening(self) -> int:
        """Return how many listeners the model has."""
        return self.page.evaluate("number => models[number].listening()", self.number)


class PlainPage:
    """A page for explorers; ``errors`` holds what it logged as an error, and what was raised in Python."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        self.explorers: list[Explorer] = []
        self._views, self._is_open = 0, False
        page.on("pageerror", lambda error: self.errors.append(f"page: {error}"))
        page.on("console", lambda message: message.type == "error" and self.errors.append(f"console: {message.text}"))
        page.route(f"{ADDRESS}**", self._answer)
        page.expose_function("ask", self._ask)

    def _answer(self, route: Route) -> None:
        files = {"": HTML, "explorer.js": front.bundle()}
        name = route.request.url.removeprefix(ADDRESS)
        kind = {"js": "javascript", "css": "css"}.get(name.rpartition(".")[2], "html")
        if name in files:
            route.fulfill(body=files[name], content_type=f"text/{kind}; charset=utf-8")
        else:
            route.fulfill(status=204)  # the favicon

    def _ask(self, number: int, request: str) -> str:
        explorer = self.explorers[number]
        explorer.set_state({"asked": from_json(json.loads(request))})
        return json.dumps(as_json(explorer.shown))

    def open(self) -> None:
        """Load the page, empty."""
        self._is_open = True
        self.page.goto(ADDRESS)
        self.page.wait_for_function("() => Boolean(window.ready)")

    def mount(self, explorer: Explorer) -> Mounted:
        """Show an explorer."""
        if not self._is_open:
            self.open()
        self.explorers.append(explorer)
        self.page.evaluate("shown => mount(shown)", as_json(explorer.shown))
        return Mounted(self.page, len(self.explorers) - 1, explorer, self._last())

    def again(self, mounted: Mounted) -> Locator:
        """Show an explorer a second time, and return the element around it."""
        self.page.evaluate("number => show(number)", mounted.number)
        return self._last()

    def _last(self) -> Locator:
        self._views += 1
        settle(self.page)
        return self.page.locator(f'[data-view="{self._views - 1}"]')

    def clear(self, viewport: dict[str, int]) -> None:
        """Make the page as it was when it had just been opened, for another test."""
        if self._is_open:
            self.page.mouse.up()
            self.page.mouse.move(0, 0)
            self.page.wait_for_function("() => models.every(model => !model.busy)")
            self.page.evaluate("clear()")
            self.page.set_viewport_size(viewport)
        self.explorers, self.errors, self._views = [], [], 0

    def unmount(self, view: int = 0) -> None:
        """Undo what showing an explorer did, and remove its element."""
        self.page.evaluate("view => unmount(view)", view)
