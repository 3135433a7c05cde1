"""A learner acts in JupyterLab: functions that are right, wrong and endless, and an answer that uncovers a picture."""

from __future__ import annotations

from playwright.sync_api import expect

IMPORTS = "from cnnlab.course import ask, exercises\nfrom cnnlab.lab import ConvolutionExplorer"
STUB = 'def my_output_size(R, F, P, S):\n    """Return the number of places."""'
COVERED = "explorer = ConvolutionExplorer([[1, 2], [3, 4]], [[1]])\nask('02.photo', explorer)"
OTHER = COVERED.replace("explorer", "other")
CHECK = "exercises.output_size.check(my_output_size)"


def test_a_function_is_typed_and_met_by_what_it_does(lab):
    lab.new(IMPORTS, f"{STUB}\n    # your code here", CHECK, "6 * 7")
    lab.run_all()
    verdict = lab.output(2)
    expect(verdict).to_contain_text("Not started. Fill in my_output_size")
    answers = {
        "return (R - F + P) // S + 1": ("P is added once, not on both sides", "✗"),
        "while True: pass": ("2 s", "✗"),
        "R[0]": ("R[0]", "✗"),
        "return (R - F + 2 * P) // S + 1": ("Passed.", "✓"),
    }
    for line, (said, sign) in answers.items():
        lab.cell(1).locator(".cm-content").click()
        lab.page.keyboard.press("Control+a")
        lab.page.keyboard.insert_text(f"{STUB}\n    {line}")
        lab.run_all()
        expect(verdict).to_contain_text(sign)
        expect(verdict).to_contain_text(said)
        expect(lab.output(3)).to_have_text("42")  # the kernel is there, and goes on
    lab.screenshot("exercise-passed")


def test_a_picture_that_would_give_the_answer_away_is_covered_until_there_is_one_or_one_wants_to_see_it(lab):
    lab.new(IMPORTS, COVERED, "explorer", OTHER, "other")
    lab.run_all()
    question, covered = (lab.output(number).locator(".cnnlab-explorer") for number in (1, 2))
    expect(covered.get_by_role("button", name="show")).to_be_visible()
    given, told = (covered.locator(f"[data-panel={name}] .cnnlab-cell").first for name in ("x", "y"))
    expect(given).to_be_visible()
    expect(told).to_be_hidden()
    expect(covered.locator(".cnnlab-lines").first).to_be_hidden()
    before = covered.bounding_box()
    question.get_by_role("textbox").fill("98")
    lab.page.keyboard.press("Enter")
    expect(question.get_by_role("status")).to_contain_text("98 is not it")
    expect(told).to_be_hidden()
    question.get_by_role("textbox").fill("99")
    lab.page.keyboard.press("Enter")
    expect(told).to_be_visible()
    expect(covered.locator(".cnnlab-note")).to_have_text("You said 99; and so it is.")
    assert covered.bounding_box()["width"] == before["width"]
    other = lab.output(4).locator(".cnnlab-explorer")
    expect(other.locator("[data-panel=y] .cnnlab-cell").first).to_be_hidden()
    other.get_by_role("button", name="show").click()
    expect(other.locator("[data-panel=y] .cnnlab-cell").first).to_be_visible()
    expect(other.get_by_role("button", name="show")).to_have_count(0)
