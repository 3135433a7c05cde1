"""The front end in a real JupyterLab: painted in its colours, sent once a kernel, and never silent without one."""

from __future__ import annotations

import re

import pytest
from lab import PANEL, READY, Lab
from plain_page import ADDRESS, HEAD, as_json
from playwright.sync_api import expect

from cnnlab.lab import ConvolutionExplorer, Predict
from cnnlab.lab.explorers import front

SILENCE = f"{PANEL} .cnnlab-silence"
EXPLORERS = (
    "import numpy as np\nfrom cnnlab.lab import ConvolutionExplorer, Predict\nx, w = np.eye(5), np.ones((3, 3))",
    "ConvolutionExplorer(x, w)",
    "Predict('What is 1 + 1?', 2)",
    "ConvolutionExplorer(x, w[:2, :2])",
)
KERNEL = "jupyterapp.shell.currentWidget.sessionContext.session"


@pytest.fixture
def explorers(lab: Lab) -> Lab:
    """Return a page with three explorers, one of them a question."""
    lab.new(*EXPLORERS)
    lab.run_all()
    expect(lab.page.locator(f"{PANEL} .cnnlab-explorer")).to_have_count(3)
    expect_silence(lab, False)
    return lab


def expect_silence(lab: Lab, told: bool, patience: float = 10) -> None:
    """Expect every explorer to say that its kernel is silent, or to say nothing."""
    words = re.compile("No answer|gone" if told else "^$")
    expect(lab.page.locator(SILENCE)).to_have_text(3 * [words], timeout=1000 * patience)


def start(lab: Lab, script: str) -> None:
    """Run a script in the page, and do not wait for what it starts."""
    lab.page.evaluate(f"() => {{ {script}; }}")


def test_the_front_end_is_sent_once_a_kernel(lab):
    received = []
    lab.page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))))
    lab.open("01_convolution.ipynb")
    lab.run_all()
    expect(lab.page.locator(f"{PANEL} .cnnlab-explorer").last).to_be_attached()
    assert 0 < sum(received) < 1_400_000, sum(received)  # 1.2 MB of it arrays and pictures that stand for explorers
    assert len(front.loader()) <= 4096


def test_a_page_that_did_not_get_the_front_end_asks_the_kernel_for_it(page):
    """As in Colab and VS Code, where each output is a page of its own."""
    explorer, sent = ConvolutionExplorer([[1.0, 2.0], [3.0, 4.0]], [[1.0]]), []
    explorer.send = lambda content, buffers=(): sent.append((content, list(map(list, buffers))))
    explorer._heard(explorer, {"ask": "module"}, [])
    (answer,) = sent
    model = """{
      traits: { shown: window.shown, module: new DataView(new ArrayBuffer(0)), asked: { events: [] } },
      listeners: {}, asked: [],
      get(name) { return this.traits[name]; }, set() {}, save_changes() {},
      on(name, listener) { (this.listeners[name] ??= new Set()).add(listener); },
      off(name, listener) { this.listeners[name]?.delete(listener); },
      send(content) {
        this.asked.push(content.ask);
        if (content.ask === "module") for (const hear of [...this.listeners["msg:custom"]]) hear(...window.answer);
      },
    }"""
    files = {"": f"{HEAD}<body></body>", "loader.js": front.loader()}

    def answer_page(route):
        name = route.request.url.removeprefix(ADDRESS)
        kind = "javascript" if name.endswith("js") else "html"
        route.fulfill(body=files.get(name, ""), content_type=f"text/{kind}; charset=utf-8")

    page.route(f"{ADDRESS}**", answer_page)
    page.goto(ADDRESS)
    page.evaluate(
        f"""async ([[content, [bytes]], shown]) => {{
          Object.assign(window, {{ answer: [content, [new DataView(new Uint8Array(bytes).buffer)]], shown }});
          const {{ default: widget }} = await import("/loader.js");
          window.models = [{model}, {model}];
          await Promise.all(models.map(model => widget.render({{ model, el: document.body }})));
        }}""",
        [answer, as_json(Predict("What is 1 + 1?", 2).shown)],
    )
    expect(page.locator(".cnnlab-explorer")).to_have_count(2)
    assert page.evaluate("models.map(model => model.asked)") == [["module"], []]
    assert page.locator(".cnnlab-explorer").first.evaluate("e => getComputedStyle(e).borderRadius") == "10px"


def touch(lab: Lab) -> None:
    """Move a slider of the first explorer."""
    lab.page.locator(f"{PANEL} input[type=range]").first.press("ArrowLeft")


def test_a_busy_kernel_is_told_at_every_explorer_and_forgotten_when_it_answers(explorers):
    start(explorers, f"{KERNEL}.kernel.requestExecute({{ code: 'import time; time.sleep(5)' }})")
    touch(explorers)
    expect_silence(explorers, True, 2.5)
    expect_silence(explorers, False)


def test_a_kernel_that_was_restarted_is_told_at_every_explorer_until_its_cell_is_run_again(explorers):
    explorers.restart()
    expect_silence(explorers, True, 2.5)
    explorers.run_all()
    expect_silence(explorers, False)


def test_a_kernel_that_was_shut_down_is_told_at_every_explorer_though_none_was_touched(explorers):
    start(explorers, "jupyterapp.commands.execute('kernelmenu:shutdown')")
    expect_silence(explorers, True, 2.5)
    explorers.page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.changeKernel({ name: 'python3' })")
    explorers.page.evaluate(READY)
    explorers.run_all()
    expect_silence(explorers, False)


def test_a_question_and_an_explorer_without_an_answer_say_so(plain_page):
    mounted = [plain_page.mount(Predict("What is 1 + 1?", 2)), plain_page.mount(ConvolutionExplorer([[1.0]], [[1.0]]))]
    words = plain_page.page.locator(".cnnlab-silence")
    mounted[0].hold()
    mounted[0].root.get_by_role("textbox").fill("2")
    mounted[0].root.get_by_role("button", name="check").click()
    expect(words).to_have_text(2 * [re.compile("No answer")], timeout=2500)
    mounted[0].release()
    expect(words).to_have_text(["", ""])
