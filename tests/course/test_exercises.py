"""What a check says and shows, and that it stands whatever a function does."""

from __future__ import annotations

import itertools
import sys
import time

import numpy as np
import pytest

from cnnlab.course import exercises
from cnnlab.course.exercises import guarded_call, solutions

right = solutions.my_conv2d


def stub(x, w):
    """Return y."""


def stub_of_pass(x, w):
    pass


def stub_with_none(x, w):
    return None


def stub_that_raises(x, w):
    raise NotImplementedError


@pytest.mark.parametrize("function", [stub, stub_of_pass, stub_with_none, stub_that_raises, lambda x, w: ...])
def test_a_stub_is_not_started(function):
    verdict = exercises.conv2d.check(function)
    assert (verdict.status, verdict.mistake, verdict.text) == (
        "not started",
        None,
        "Fill in my_conv2d, then run this cell again.",
    )


def forgets_return(x, w):
    right(x, w)


def out_of_range(x, w):
    y = right(x, w)
    y[99, 0] = 1
    return y


def recurses(x, w):
    return recurses(x, w)


def leaves(x, w):
    raise SystemExit("bye")


def changes_x(x, w):
    y = right(x, w)
    x[0, 0] += 1
    return y


class Cannot(Exception):
    def __str__(self):
        raise ValueError


def raises_the_unspeakable(x, w):
    raise Cannot


FAILED = [  # function, and what is said of it
    (forgets_return, "It gives None. Is a return missing?"),
    (out_of_range, "It raised IndexError: index 99 is out of bounds for axis 0 with size 1"),
    (recurses, "It raised RecursionError: maximum recursion depth exceeded"),
    (leaves, "It raised SystemExit: bye."),
    (raises_the_unspeakable, "It raised Cannot."),
    (changes_x, "The numbers are right, but it changes its argument x."),
    (lambda x, w: "y", "It gives a str where numbers are asked for."),
    (lambda x, w: right(x, w).tolist(), "It gives a list where an array is asked for: np.array(…) makes one of it."),
    (lambda x, w: right(x, w) > 0, "It gives an array of dtype bool where numbers are asked for (int or float)."),
    (
        lambda x, w: right(x, w) + 0j,
        "It gives an array of dtype complex128 where numbers are asked for (int or float).",
    ),
    (lambda x, w: right(x, w).astype(object), "It gives an array of dtype object where numbers are asked for"),
    (lambda x, w: right(x, w).ravel(), "y has shape (1,); (1, 1) is expected."),
    (lambda x, w: right(x, w) * np.nan, "y differs in 1 of 1 cells"),
    (lambda x, w: np.ma.masked_all((1, 1)), "It gives a masked array"),
    (lambda x: x, "It cannot be checked: it must take 2 arguments (x, w)."),
    (lambda x, w: (v for v in x), "It gives a generator where numbers are asked for."),
]


@pytest.mark.parametrize(("function", "said"), FAILED, ids=[said for _, said in FAILED])
def test_what_is_the_matter_is_said_in_plain_words(function, said):
    verdict = exercises.conv2d.check(function)
    assert (verdict.status, verdict.mistake) == ("failed", None)
    assert verdict.text.startswith(said)
    assert "Traceback" not in repr(verdict)


def test_the_line_that_raised_is_shown():
    assert "y[99, 0] = 1" in repr(exercises.conv2d.check(out_of_range))


def test_one_array_that_is_given_again_and_again_is_noticed():
    kept = np.zeros((10, 10))

    def gives_the_same(x, w):
        y = right(x, w)
        kept[: len(y), : y.shape[1]] = y
        return kept[: len(y), : y.shape[1]]

    verdict = exercises.conv2d.check(gives_the_same)
    assert verdict.text.startswith("An earlier answer changed when the function was called again.")


def test_results_are_counted():
    assert exercises.same_padding.check(lambda F: F - 1).text.startswith("It gives an int where 2 results are asked")
    assert exercises.same_padding.check(lambda F: (1, 2, 3)).text.startswith(
        "It gives 3 results where 2 are asked for."
    )


def test_only_a_function_can_be_checked():
    with pytest.raises(TypeError, match=r"function \(3\) must be a function, as in check\(my_conv2d\)"):
        exercises.conv2d.check(3)


def one_line(x, w):
    while True: pass  # fmt: skip  # noqa: E701


def swallows(x, w):
    while True:
        try:
            while True:
                x = x + 1
        except:  # noqa: E722
            pass


def counts(x, w):
    return [number for number in itertools.count() if number < 0]


def sleeps(x, w):
    while True:
        try:
            time.sleep(0.01)
        except Exception:
            x = x + 1


@pytest.mark.parametrize("function", [one_line, swallows, counts, sleeps])
def test_what_never_ends_is_ended_and_the_next_check_is_as_before(function):
    def trace(*_):
        return None

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        trouble = guarded_call.run(function, (1, 2), seconds=0.1)
        assert sys.gettrace() is trace
    finally:
        sys.settrace(before)
    assert trouble.kind == "endless"
    assert exercises.conv2d.check(right).status == "passed"


def test_a_check_ends_what_never_ends_within_about_two_seconds():
    start = time.perf_counter()
    verdict = exercises.conv2d.check(one_line)
    assert (verdict.status, verdict.text) == (
        "failed",
        "It was stopped after 2 seconds: it takes too long, or never ends.",
    )
    assert time.perf_counter() - start < 10


def test_what_is_printed_stays_out_of_the_way_and_is_told(capsys):
    def prints(x, w):
        print("shape", x.shape)
        return x

    verdict = exercises.conv2d.check(prints)
    assert "It printed: shape (1, 1) shape" in verdict.text
    assert capsys.readouterr().out == ""
    assert exercises.conv2d.check(lambda x, w: (print("hello"), right(x, w))[1]).text.endswith(
        "Nothing else was tried."
    )


def test_numpy_is_put_back_as_it_was():
    total = np.sum

    def patches(x, w):
        np.sum = lambda *_: 0
        return right(x, w)

    assert exercises.conv2d.check(patches).status == "failed"
    assert np.sum is total


def test_an_interrupt_goes_through():
    def interrupted(x, w):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        exercises.conv2d.check(interrupted)


def test_a_failed_verdict_shows_the_smallest_input_and_marks_what_differs():
    verdict = exercises.conv2d.check(lambda x, w: right(x, w[::-1]))
    x, w = verdict.input
    assert (x.shape, w.shape) == ((3, 3), (3, 3))
    expected, got = right(x, w), right(x, w[::-1])
    lines = repr(verdict).splitlines()
    assert lines[0].startswith(
        f"✗ Not yet. The rows of the kernel are read from the bottom up. y differs in {(expected != got).sum()}"
    )
    assert [line for line in lines if line.endswith(":")] == ["x:", "w:", "y expected:", "y got:"]
    assert sum(line.count("▸") for line in lines[1:]) == (expected != got).sum()


def test_a_verdict_is_read_without_any_style():
    bundle = exercises.conv2d.check(lambda x, w: right(x, w) + 1)._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"}
    assert "▸" in bundle["text/plain"]
    assert "<b>▸" in bundle["text/html"]
    assert "<script" not in bundle["text/html"]


def test_what_a_learner_wrote_is_never_markup():
    def raises_html(x, w):
        raise ValueError("<b>bold</b>")

    assert "<b>bold" not in exercises.conv2d.check(raises_html)._repr_mimebundle_()["text/html"]


def test_three_hints_come_one_after_the_other():
    exercise = exercises.mean_pool
    hints = [repr(exercise.hint()) for _ in range(4)]
    assert [hint[:12] for hint in hints] == ["Hint 1 of 3:", "Hint 2 of 3:", "Hint 3 of 3:", "Hint 3 of 3:"]
    assert len(set(hints)) == 3


def test_a_solution_is_shown_as_code():
    bundle = exercises.relu_backward.solution()._repr_mimebundle_()
    assert bundle["text/plain"] == "def my_relu_backward(da, z):\n    return da * (z > 0)\n"
    assert bundle["text/markdown"].startswith("```python\ndef my_relu_backward")


def test_state_between_calls_does_not_help():
    answers = []

    def first_answer_again(x, w):
        answers.append(right(x, w))
        return answers[0]

    assert exercises.conv2d.check(first_answer_again).status == "failed"


def test_of_an_epoch_the_facts_are_told():
    assert exercises.epoch.check(lambda *_: 3).text.startswith(
        "Not so: the model goes forward and backward. Right on 0"
    )
    one_batch = exercises.epoch.check(lambda model, x, y, _, rng: solutions.my_epoch(model, x, y, len(x), rng))
    assert one_batch.text.startswith("batches: 4 is expected, 1 came.")


def test_of_maps_the_first_plane_is_shown():
    verdict = exercises.max_pool_backward.check(lambda dy, winners, x_shape: np.ones(x_shape))
    titles = [line for line in repr(verdict).splitlines() if line.endswith(":")]
    assert titles == ["dy[0, 0]:", "winners[0, 0]:", "x_shape:", "dx[0, 0] expected:", "dx[0, 0] got:"]
