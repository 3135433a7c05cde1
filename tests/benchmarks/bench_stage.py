"""Time the explorers in a real JupyterLab: ``python tests/benchmarks/bench_stage.py``.

From a slider's event to the changed cells, the kernel's answer included; from a hover or a step to the changed page,
and to the next frame, after which it is on the screen; and from the last of sixty slider events in a second to the
last state. Times are taken in the page; cells count as changed when their numbers are.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

TESTS = Path(__file__).parents[1]
sys.path.insert(0, str(TESTS / "browser"))
from lab import Lab  # noqa: E402 (the harness of the browser tests)
from lab_server import BROWSER_ARGUMENTS, find_browser, start_server  # noqa: E402

ROUNDS, WARM_UP = 100, 10
# A slider and one cell: what JupyterLab and ipywidgets need for themselves, on this machine at this moment.
BARE = '''
import anywidget, ipywidgets, traitlets
class Cell(anywidget.AnyWidget):
    _esm = """export default { render({ model, el }) {
      el.className = "cnnlab-stage";
      const cell = el.appendChild(document.createElement("b"));
      const draw = () => { cell.dataset.value = model.get("value"); cell.textContent = model.get("value"); };
      draw();
      model.on("change:value", draw);
    } }"""
    value = traitlets.Int(1).tag(sync=True)
slider, cell = ipywidgets.IntSlider(1, 1, 4, description="S stride"), Cell()
slider.observe(lambda change: cell.set_trait("value", change.new), "value")
ipywidgets.VBox([slider, cell])
'''
SETUP = """
import numpy as np
from cnnlab.widgets import ChannelsExplorer, ConvolutionExplorer, PhotoExplorer, PoolingExplorer
x, w = np.arange(49).reshape(7, 7) % 5, np.array([[1, 0, -1], [2, 1, 0], [0, -1, 1]])
"""
EXPLORERS = {
    "a slider and a bare anywidget": BARE,
    "convolution 7×7, with gradients": "ConvolutionExplorer(x, w, padding=1, gradients=True)",
    "pooling 7×7, with gradients and ties": "PoolingExplorer(x, 2, stride=1, ties=True)",
    "3 channels 5×5, 2 filters, with gradients": "ChannelsExplorer(gradients=True, stride=1)",
    "photograph 200×200": "PhotoExplorer()",
}

# `changed` calls back when a number in the stage changes, and at the frame after that.
TOOLS = """
window.stage = document.querySelector(".cnnlab-stage");
window.frame = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
window.changed = what => new Promise(done => {
  const seen = new MutationObserver(() => { seen.disconnect(); done(performance.now()); });
  seen.observe(stage, { subtree: true, childList: true, attributes: true, attributeFilter: [what] });
});
"""
# Moves the slider of the stride to and fro; each time a whole new scene comes from the kernel.
SLIDE = """async ([handle, rounds]) => {
  const times = [];
  for (let k = 0; k < rounds; k++) {
    await frame();
    const seen = changed("data-value"), start = performance.now();
    handle.dispatchEvent(new KeyboardEvent("keydown", { key: k % 2 ? "ArrowLeft" : "ArrowRight", bubbles: true }));
    const change = await seen;
    await frame();
    times.push([change - start, performance.now() - start]);
    await new Promise(done => setTimeout(done, 40));
  }
  return times;
}"""
# Does something in the browser alone, again and again.
ACT = """async ([what, rounds]) => {
  const cells = [...stage.querySelectorAll('[data-panel=x] .cnnlab-cell, [data-panel=y] .cnnlab-cell, canvas')];
  const times = [];
  for (let k = 0; k < rounds; k++) {
    await frame();
    const start = performance.now();
    if (what === "step") stage.querySelector(".cnnlab-next").click();
    else {
      const target = cells[(7 * k) % cells.length], box = target.getBoundingClientRect();
      const at = { clientX: box.left + (13 * k) % box.width, clientY: box.top + (29 * k) % box.height };
      target.dispatchEvent(new PointerEvent("pointermove", { ...at, bubbles: true }));
    }
    const change = performance.now();
    stage.getBoundingClientRect();
    const laidOut = performance.now();
    await frame();
    times.push([change - start, laidOut - start, performance.now() - start]);
  }
  return times;
}"""
# Sixty events in a second; when, after the last of them, did the last number change?
HURRY = """async handle => {
  let last = 0;
  const seen = new MutationObserver(() => { last = performance.now(); });
  seen.observe(stage, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-value"] });
  for (let k = 0; k < 60; k++) {
    const key = k % 2 ? "ArrowLeft" : "ArrowRight";
    handle.dispatchEvent(new KeyboardEvent("keydown", { key: k === 59 ? "End" : key, bubbles: true }));
    if (k < 59) await new Promise(done => setTimeout(done, 1000 / 60));
  }
  const end = performance.now();
  await new Promise(done => setTimeout(done, 700));
  seen.disconnect();
  return last - end;
}"""


def summary(times: list[float]) -> str:
    """Return median and 95th percentile in milliseconds."""
    return f"{np.median(times):6.1f} {np.percentile(times, 95):6.1f}"


def measure(lab: Lab, name: str, source: str) -> None:
    """Print the times of one explorer."""
    lab.new(SETUP, source)
    lab.run_all()
    lab.output(1).locator(".cnnlab-stage").first.wait_for()
    lab.page.evaluate(f"() => {{ {TOOLS} }}")
    handle = lab.slider("S stride").element_handle()
    lab.page.evaluate(SLIDE, [handle, WARM_UP])
    slides = np.array(lab.page.evaluate(SLIDE, [handle, ROUNDS])).T
    print(f"{name}\n  slider → changed cells      {summary(slides[0])}   next frame {summary(slides[1])}")
    for what in ("hover", "step") if source is not BARE else ():
        times = np.array(lab.page.evaluate(ACT, [what, ROUNDS])).T
        print(
            f"  {what:5}  → changed page       {summary(times[0])}   laid out   {summary(times[1])}"
            f"   next frame {summary(times[2])}"
        )
    delays = [lab.page.evaluate(HURRY, handle) for _ in range(5)]
    print(f"  last of 60 events in 1 s → last state {summary(delays)}")
    lab.close()
    if lab.errors:
        print("  errors:", *lab.errors[:3], sep="\n    ")


def main() -> None:
    """Print median and 95th percentile of everything, in milliseconds."""
    print("ms: median, 95th percentile")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home = Path(folder)
        (home / "empty").mkdir()
        browser = playwright.chromium.launch(executable_path=find_browser(), args=BROWSER_ARGUMENTS)
        with start_server(home / "empty", home / "lab") as server:
            for name, source in EXPLORERS.items():
                page = browser.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
                measure(Lab(page, server, home), name, source)
                page.close()
        browser.close()


if __name__ == "__main__":
    main()
