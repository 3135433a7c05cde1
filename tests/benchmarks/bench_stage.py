"""Time the explorers in a real JupyterLab: ``python tests/benchmarks/bench_stage.py``.

From a slider's event to the changed cells, the kernel's answer included; from a hover or a step to the changed page,
and to the next frame, after which it is on the screen; from the last of sixty slider events in a second to the last
state; and from a stroke on the pad to the last changed cell of the network that it feeds. Times are taken in the page;
cells count as changed when their numbers are.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "browser")]
from lab import Lab  # noqa: E402 (the harness of the browser tests)
from lab_server import BROWSER_ARGUMENTS, find_browser, start_server  # noqa: E402

ROUNDS, WARM_UP = 100, 10
LOOK = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce"}
# A slider and one cell: what JupyterLab and anywidget need for themselves, on this machine at this moment.
BARE = '''
import anywidget, traitlets
class Cell(anywidget.AnyWidget):
    _esm = """export default { render({ model, el }) {
      Object.assign(el, { className: "cnnlab-explorer cnnlab-stage" }).dataset.panel = "x";
      const slider = el.appendChild(document.createElement("input"));
      const cell = el.appendChild(document.createElement("b"));
      cell.className = "cnnlab-cell";
      cell.onpointermove = ({ clientX, clientY }) => { cell.textContent = `${clientX} ${clientY}`; };
      Object.assign(slider, { type: "range", min: 1, max: 4, value: 1, ariaLabel: "S stride" });
      slider.oninput = () => { model.set("asked", Number(slider.value)); model.save_changes(); };
      const draw = () => { cell.dataset.value = model.get("value"); cell.textContent = model.get("value"); };
      draw();
      model.on("change:value", draw);
    } }"""
    asked, value = traitlets.Int(1).tag(sync=True), traitlets.Int(1).tag(sync=True)
cell = Cell()
cell.observe(lambda change: cell.set_trait("value", change.new), "asked")
cell
'''
SETUP = """
import numpy as np
from cnnlab import load_mnist, trained_network
from cnnlab.lab import *
x, w = np.arange(49).reshape(7, 7) % 5, np.array([[1, 0, -1], [2, 1, 0], [0, -1, 1]])
digits, model = load_mnist(), trained_network()
"""
EXPLORERS = {  # the slider that is moved, or the button that is pressed, and the explorer
    "a slider and a bare anywidget": ("S stride", BARE),
    "convolution 7×7, with gradients": ("S stride", "ConvolutionExplorer(x, w, padding=1, gradients=True)"),
    "pooling 7×7, with gradients and ties": ("S stride", "PoolingExplorer(x, 2, stride=1, ties=True)"),
    "3 channels 5×5, 2 filters, with gradients": ("S stride", "ChannelsExplorer(gradients=True, stride=1)"),
    "photograph 200×200": ("S stride", "PhotoExplorer()"),
    "network, an image": ("image 4", "NetworkExplorer(model, digits.x_test, digits.y_test)"),
}
PAD = """
seen = NetworkExplorer(model, digits.x_test, digits.y_test)
display(DigitPad(model, explorer=seen), seen)
"""
STROKE, STROKES = 20, 10  # points of a stroke, and how many strokes

# `changed` calls back when a number in the stage changes, and at the frame after that.
TOOLS = """
window.stage = document.querySelector(".cnnlab-stage");
window.pause = () => new Promise(done => setTimeout(done, 40 + 17 * Math.random())); // an event waits for no frame
window.frame = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
window.move = (slider, by) => {
  if (slider.tagName === "BUTTON") return (by > 0 ? slider : slider.previousElementSibling).click();
  slider.value = Number(slider.value) + by;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
};
window.changed = what => new Promise(done => {
  const seen = new MutationObserver(() => { seen.disconnect(); done(performance.now()); });
  seen.observe(stage, { subtree: true, childList: true, attributes: true, attributeFilter: [what] });
});
"""
# Moves a slider to and fro; each time a whole new scene comes from the kernel.
SLIDE = """async ([slider, rounds]) => {
  const times = [];
  for (let k = 0; k < rounds; k++) {
    await pause();
    const seen = changed("data-value"), start = performance.now();
    move(slider, k % 2 ? -1 : 1);
    const change = await seen;
    await frame();
    times.push([change - start, performance.now() - start]);
  }
  return times;
}"""
# Does something in the browser alone, again and again.
ACT = """async ([what, rounds]) => {
  const cells = [...stage.parentElement.querySelectorAll(':is([data-panel=x], [data-panel=y]) .cnnlab-cell, canvas')];
  const times = [];
  for (let k = 0; k < rounds; k++) {
    await pause();
    const start = performance.now();
    if (what === "step") stage.querySelector(`[aria-label="one step on"]`).click();
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
HURRY = """async slider => {
  let last = 0;
  const seen = new MutationObserver(() => { last = performance.now(); });
  seen.observe(stage, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-value"] });
  for (let k = 0; k < 60; k++) {
    move(slider, k === 59 ? 2 : k % 2 ? -1 : 1);
    if (k < 59) await new Promise(done => setTimeout(done, 1000 / 60));
  }
  const end = performance.now();
  await new Promise(done => setTimeout(done, 700));
  seen.disconnect();
  return last - end;
}"""


# When do the network's cells change, after a first point and at last?
WATCH = """() => {
  window.begun = performance.now();
  window.last = begun;
  window.watch = new MutationObserver(() => { last = performance.now(); });
  const seen = { subtree: true, childList: true, attributes: true, attributeFilter: ["data-value"] };
  for (const stage of document.querySelectorAll(".cnnlab-stage")) watch.observe(stage, seen);
}"""
WATCHED = """async () => {
  let before;
  do {
    before = last;
    await new Promise(done => setTimeout(done, 500));
  } while (last !== before);
  watch.disconnect();
  return last - begun;
}"""


def summary(times: list[float]) -> str:
    """Return median and 95th percentile in milliseconds."""
    return f"{np.median(times):6.1f} {np.percentile(times, 95):6.1f}"


def measure(lab: Lab, name: str, label: str, source: str) -> None:
    """Print the times of one explorer."""
    lab.new(SETUP, source)
    lab.run_all()
    lab.output(1).locator(".cnnlab-stage").first.wait_for()
    lab.page.evaluate(f"() => {{ {TOOLS} }}")
    role = "button" if label.startswith("image") else "slider"
    slider = lab.page.locator(".cnnlab-explorer").get_by_role(role, name=label, exact=True).element_handle()
    lab.page.evaluate(SLIDE, [slider, WARM_UP])
    slides = np.array(lab.page.evaluate(SLIDE, [slider, ROUNDS])).T
    print(f"{name}\n  slider → changed cells      {summary(slides[0])}   next frame {summary(slides[1])}")
    for what in () if role == "button" else ("hover",) if source is BARE else ("hover", "step"):
        times = np.array(lab.page.evaluate(ACT, [what, ROUNDS])).T
        print(
            f"  {what:5}  → changed page       {summary(times[0])}   laid out   {summary(times[1])}"
            f"   next frame {summary(times[2])}"
        )
    delays = [lab.page.evaluate(HURRY, slider) for _ in range(5)]
    print(f"  last of 60 events in 1 s → last state {summary(delays)}")
    end(lab)


def measure_pad(lab: Lab) -> None:
    """Print how long after its first point a stroke on the pad is answered, and shown by the network that it feeds."""
    lab.new(SETUP, PAD)
    lab.run_all()
    surface = lab.page.locator(".cnnlab-pad-surface").first
    surface.scroll_into_view_if_needed()
    lab.page.evaluate(f"() => {{ {TOOLS} }}")
    times = [stroke(lab, surface.bounding_box(), number) for number in range(STROKES)]
    print(f"pad that feeds a network, {STROKE} points\n  stroke → last changed cells {summary(times)}")
    end(lab)


def stroke(lab: Lab, box: dict, number: int) -> float:
    """Draw a line, and return the milliseconds from its first point to the last change of the network's cells."""
    lab.page.evaluate(WATCH)
    places = np.linspace(0.2, 0.8, STROKE)
    across = 0.2 + 0.6 * number / STROKES
    lab.page.mouse.move(box["x"] + across * box["width"], box["y"] + places[0] * box["height"])
    lab.page.mouse.down()
    for place in places[1:]:
        lab.page.mouse.move(box["x"] + across * box["width"], box["y"] + place * box["height"])
    lab.page.mouse.up()
    return lab.page.evaluate(WATCHED)


def end(lab: Lab) -> None:
    """Say what went wrong."""
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
            for name, (label, source) in EXPLORERS.items():
                page = browser.new_page(**LOOK)
                measure(Lab(page, server, home), name, label, source)
                page.close()
            measure_pad(Lab(browser.new_page(**LOOK), server, home))
        browser.close()


if __name__ == "__main__":
    main()
