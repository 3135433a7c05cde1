"""What a check says and shows, and that it stands whatever a function does."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter

import cnnlab
from cnnlab.course import exercises, progress
from cnnlab.course.exercises import EXERCISES, Exercise, _exercise, _guarded_call, _runner

right = exercises.conv2d.sample


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
    (lambda x, w: "y", "It gives a str where a number or an array of numbers is asked for."),
    (lambda x, w: right(x, w).tolist(), "It gives a list where a number or an array of numbers is asked for."),
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
    (lambda x, w: (v for v in x), "It gives a generator where a number or an array of numbers is asked for."),
]


@pytest.mark.parametrize(("function", "said"), FAILED, ids=[said for _, said in FAILED])
def test_what_is_the_matter_is_said_in_plain_words(function, said):
    verdict = exercises.conv2d.check(function)
    assert (verdict.status, verdict.mistake) == ("failed", None)
    assert verdict.text.startswith(said)
    assert "Traceback" not in repr(verdict)


def test_the_line_that_raised_is_shown():
    assert "y[99, 0] = 1" in repr(exercises.conv2d.check(out_of_range))


def test_of_a_function_that_raises_the_error_is_told_though_maps_of_one_channel_raise_none():
    def a_row_too_many(x, w):
        y = np.zeros((x.shape[0] - w.shape[0] + 2, x.shape[1] - w.shape[1] + 1))
        for i, j in np.ndindex(y.shape):
            y[i, j] = (x[i : i + w.shape[0], j : j + w.shape[1]] + 0 * w).sum()
        return y

    assert exercises.conv2d.check(a_row_too_many).text.startswith("y has shape (2, 1)")

    def raises_for_large(x, w):
        if x.size > 20:
            raise KeyError(x.shape)
        return right(x, w)

    assert exercises.conv2d.check(raises_for_large).text.startswith("It raised KeyError: (4, 6).")


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
        "It gives 3 results where 2 are asked for: before, after."
    )


def test_a_verdict_is_true_where_it_passed_and_false_elsewhere():
    assert exercises.conv2d.check(right)
    assert not exercises.conv2d.check(forgets_return)
    assert not exercises.conv2d.check(stub)


def test_an_input_is_counted_once_though_two_are_tried_again():
    passed, failed = exercises.conv2d.check(right), exercises.conv2d.check(lambda x, w: right(x, w) + 1)
    assert passed.text.startswith("Tried on 16 inputs: ")
    assert failed.text.endswith("Right on 0 of 16 inputs.")
    right_on_the_first_two = exercises.conv2d.check(lambda x, w: right(x, w) + (x.size > 1))
    assert right_on_the_first_two.text.endswith("Right on 2 of 16 inputs. Every wrong input has x.shape[0] > 1.")
    calls = []

    def wrong_when_asked_again(x, w):
        calls.append(x)
        return right(x, w) + (len(calls) > 16)

    assert "Right on 14 of 16 inputs." in exercises.conv2d.check(wrong_when_asked_again).text


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
        trouble = _guarded_call.run(function, (1, 2), seconds=0.1)
        assert sys.gettrace() is trace
    finally:
        sys.settrace(before)
    assert (type(trouble).__name__, trouble.error) == ("Trouble", _guarded_call.TimeIsUp)
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


def test_numpy_and_its_modules_are_put_back_after_each_call_and_the_judge_is_not_disturbed():
    kept = {"sum": np.sum, "allclose": np.allclose, "array": np.array, "ndarray": np.ndarray, "isfinite": np.isfinite}
    nested = np.random.default_rng, np.linalg.norm, np.lib.stride_tricks.as_strided
    seen = []

    def patches(x, w):
        seen.append(np.sum is kept["sum"] and np.random.default_rng is nested[0])
        y = right(x, w)
        for name in kept:
            setattr(np, name, None)
        np.random.default_rng = np.linalg.norm = np.lib.stride_tricks.as_strided = None
        return y

    assert exercises.conv2d.check(patches).status == "passed"
    assert all(seen)
    assert {name: getattr(np, name) for name in kept} == kept
    assert nested == (np.random.default_rng, np.linalg.norm, np.lib.stride_tricks.as_strided)


def test_what_is_shown_is_a_copy_so_that_the_next_check_is_as_before():
    verdict = exercises.conv2d.check(lambda x, w: right(x, w) + 1)
    for array in verdict.input:
        array[...] = 99
    assert exercises.conv2d.check(right).status == "passed"


SLOW = """
import time
until = time.thread_time() + 0.4
while time.thread_time() < until:
    pass
calls = sum(1 for _ in range(20_000))
"""


def test_an_import_inside_a_function_is_neither_cut_nor_traced(tmp_path, monkeypatch):
    (tmp_path / "slow_to_import.py").write_text(SLOW, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)

    def imports(x, w):
        import slow_to_import

        return x, slow_to_import.calls

    assert _guarded_call.run(imports, (1, 2), seconds=0.2) == (1, 20_000)
    assert hasattr(sys.modules.pop("slow_to_import"), "calls")
    trouble = _guarded_call.run(lambda: (__import__("slow_to_import"), one_line(1, 2)), (), seconds=0.2)
    assert trouble.text.startswith("It was stopped after 0.2 seconds")
    assert sys.modules.pop("slow_to_import").calls == 20_000


def test_the_limit_is_the_work_of_the_thread_and_ten_times_as_long_on_the_wall():
    start = time.perf_counter()
    assert _guarded_call.run(lambda: time.sleep(0.3) or "awake", (), seconds=0.1) == "awake"
    trouble = _guarded_call.run(sleeps, (1, 2), seconds=0.1)
    assert trouble.text == "It was stopped after 1 seconds: it takes too long, or never ends."
    assert 1.2 < time.perf_counter() - start < 20


def work(seconds):
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


def my_slow(x):
    work(0.1)
    return x


def test_a_function_may_take_fifty_times_as_long_as_the_solution_and_a_whole_check_has_an_end(monkeypatch):
    monkeypatch.setattr(_exercise, "IN_ALL", 1.5)
    slow = Exercise(my_slow, "y", inputs=lambda: [(number,) for number in range(4)])

    def slower(x):
        work(0.6)
        return x

    monkeypatch.setattr(_runner, "LIMIT", 0.2)
    verdict = slow.check(slower)
    assert verdict.text.startswith("It was stopped after 1.5 seconds, at input 3 of 4.")
    assert slow.check(lambda x: x).status == "passed"


class Odd:
    """A right answer that says something of its own to every question about it."""

    def __getattr__(self, name):
        return 7

    def __call__(self, x, w):
        return right(x, w)


class Silent(Odd):
    def __getattr__(self, name):
        raise RuntimeError(name)


def test_a_callable_that_answers_oddly_about_itself_is_checked_like_any_other():
    for odd in (Odd(), Silent(), np.vectorize(right, signature="(h,w),(a,b)->(c,d)")):
        assert exercises.conv2d.check(odd).status == "passed"

    def wraps_itself(x, w):
        raise TypeError("no")

    wraps_itself.__wrapped__ = wraps_itself
    assert exercises.conv2d.check(wraps_itself).text.startswith("It raised TypeError")
    wraps_itself.__signature__ = 3
    assert exercises.conv2d.check(wraps_itself).text.startswith("It raised TypeError")


def leaves_by_exit(x, w):
    exit()


def test_a_result_too_large_to_copy_and_a_call_of_exit_are_told_and_not_followed():
    for shape in ((2**40,), (2**21, 1)):
        told = exercises.conv2d.check(lambda x, w, shape=shape: np.broadcast_to(1.0, shape)).text
        assert told.startswith(f"It gives an array of shape {shape}; none is asked for with more than 1,000,000 cells.")
    stdin = sys.stdin
    assert exercises.conv2d.check(leaves_by_exit).text.startswith("It raised SystemExit")
    assert sys.stdin is stdin
    assert not stdin.closed

    class Shell:
        left = False

        def ask_exit(self):
            self.left = True

    shell = Shell()
    leaves_by_exit.__globals__["exit"] = lambda: shell.ask_exit()
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("IPython.get_ipython", lambda: shell)
            assert exercises.conv2d.check(leaves_by_exit).text.startswith("It raised SystemExit")
            assert not shell.left
    finally:
        del leaves_by_exit.__globals__["exit"]
    shell.ask_exit()
    assert shell.left


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
    bundle, _ = DisplayFormatter().format(exercises.conv2d.check(lambda x, w: right(x, w) + 1))
    assert set(bundle) == {"text/plain", "text/html"}
    assert "▸" in bundle["text/plain"]
    assert "<mark>▸" in bundle["text/html"]
    assert "<script" not in bundle["text/html"]


def test_what_a_learner_wrote_is_never_markup():
    def raises_html(x, w):
        raise ValueError("<b>bold</b>")

    assert "<b>bold" not in exercises.conv2d.check(raises_html)._repr_html_()


def test_three_hints_come_one_after_the_other():
    exercise = exercises.mean_pool
    hints = [repr(exercise.hint()) for _ in range(4)]
    assert [hint[:12] for hint in hints] == ["Hint 1 of 3:", "Hint 2 of 3:", "Hint 3 of 3:", "Hint 3 of 3:"]
    assert len(set(hints)) == 3


def test_a_solution_is_shown_as_code():
    bundle, _ = DisplayFormatter().format(exercises.relu_backward.solution())
    assert set(bundle) == {"text/plain", "text/markdown"}
    assert bundle["text/plain"] == "def my_relu_backward(da, z):\n    return da * (z > 0)"
    assert bundle["text/markdown"].startswith("```python\ndef my_relu_backward")


def test_state_between_calls_does_not_help():
    answers = []

    def first_answer_again(x, w):
        answers.append(right(x, w))
        return answers[0]

    assert exercises.conv2d.check(first_answer_again).status == "failed"


def epoch_with(step=lambda model, r: None, batch_of=lambda p, labels: p, r=0.03, after=lambda model: None):
    """Return an epoch with another step, or another gradient of the scores."""

    def epoch(model, x, y, batch_size, rng):
        order = rng.permutation(len(x))
        for start in range(0, len(x), batch_size):
            batch = order[start : start + batch_size]
            _, p = cnnlab.softmax_cross_entropy(model.forward(x[batch]), y[batch])
            model.backward(batch_of(p, y[batch]))
            step(model, r)
        after(model)

    return epoch


def down(model, r, names=("w", "b"), change=lambda grad: grad):
    for name, param in model.params.items():
        if name[-1] in names:
            param -= r * change(model.grads[name])


def uphill_later():
    calls = []

    def step(model, r):
        calls.append(1)
        down(model, r if len(calls) % 4 == 1 else -r)

    return step


def one_late():
    kept = []

    def step(model, r):
        for name, param in model.params.items():
            param -= r * (kept[-1][name] if kept else 0 * param)
        kept.append({name: grad.copy() for name, grad in model.grads.items()})

    return step


mean_loss = cnnlab.softmax_cross_entropy_backward
EACH_STEP = "Not so: each step changes every parameter by −r times its gradient."
EPOCHS = {  # what it does, and what is said of it first
    "biases alone": (epoch_with(lambda model, r: down(model, 3.0, "b"), mean_loss), EACH_STEP),
    "sign": (epoch_with(lambda model, r: down(model, r, change=np.sign), mean_loss), EACH_STEP),
    "divided by N again": (
        epoch_with(down, lambda p, labels: mean_loss(p, labels) / len(labels)),
        "Not so: r is the same for all batches.",
    ),
    "uphill": (epoch_with(lambda model, r: down(model, -r), mean_loss), "Not so: r is positive."),
    "uphill later": (epoch_with(uphill_later(), mean_loss), "Not so: r is positive."),
    "after the loop": (
        epoch_with(batch_of=mean_loss, after=lambda model: down(model, 0.03)),
        "Not so: a step after each",
    ),
    "the batch before": (epoch_with(one_late(), mean_loss), "Not so: a step after each batch."),
    "p goes backward": (epoch_with(down), "Not so: the gradient of softmax and cross-entropy goes backward."),
    "float32": (
        lambda model, x, y, size, rng: exercises.epoch.sample(model, x.astype(np.float32), y, size, rng),
        "It raised TypeError: ",
    ),
    "first batch dropped": (
        lambda model, x, y, size, rng: exercises.epoch.sample(model, x[size:], y[size:], size, rng),
        "images: 17 is expected, 12 came.",
    ),
}


def test_of_an_epoch_the_facts_are_told_and_nothing_that_is_not_so():
    for name, (function, said) in EPOCHS.items():
        verdict = exercises.epoch.check(function)
        assert (verdict.status, verdict.mistake) == ("failed", None), name
        assert verdict.text.startswith(said), (name, verdict.text)
        assert "_Watched" not in repr(verdict), name
    assert exercises.epoch.check(lambda *_: 3).text.startswith(
        "Not so: the model goes forward and backward. Right on 0"
    )
    one_batch = exercises.epoch.check(lambda model, x, y, _, rng: exercises.epoch.sample(model, x, y, len(x), rng))
    assert one_batch.text.startswith("batches: 4 is expected, 1 came.")
    without_steps = exercises.epoch.check(exercises.epoch.mistakes["no step"])
    assert without_steps.text.startswith("The parameters are not changed. Not so: a step after each batch.")
    for r in (1e-4, 3.0):
        assert exercises.epoch.check(epoch_with(down, mean_loss, r=r)).status == "passed"


def titles_of(verdict):
    return [line[:-1] for line in repr(verdict).splitlines() if line.endswith(":")]


def test_of_maps_all_planes_of_the_input_are_shown_so_that_the_answer_can_be_computed_by_hand():
    layer = exercises.conv_layer
    two_channels = layer.check(lambda x, w, b: layer.sample(x, w, b) + (len(x) > 1))
    assert titles_of(two_channels) == [
        *("x[0]", "x[1]", "w[0, 0]", "w[0, 1]", "w[1, 0]", "w[1, 1]", "b", "y[0] expected", "y[0] got")
    ]
    x, w, b = two_channels.input
    shown = re.search(r"y\[0\] expected:\n((?:.+\n)+)", repr(two_channels))[1].split()
    by_hand = sum((x[c, : w.shape[2], : w.shape[3]] * w[0, c]).sum() for c in (0, 1)) + b[0]
    assert float(shown[0].replace("−", "-")) == by_hand


def test_every_argument_is_shown_by_its_name_a_function_too():
    wrong = exercises.gradient_check.check(lambda f, x, dy, step: np.ones(x.shape))
    assert titles_of(wrong) == ["f", "x", "dy", "step", "dx expected", "dx got"]
    assert "f:\nx³\n" in repr(wrong)
    step = exercises.sgd_step.check(lambda params, grads, velocity, rate, momentum: params.clear())
    assert titles_of(step) == [
        *("params['0.w']", "params['0.b']", "grads['0.w']", "grads['0.b']", "velocity['0.w']", "velocity['0.b']"),
        *("rate", "momentum", "w after step 1 expected", "w after step 1 got"),
    ]


def my_double(x):
    return x + x


def test_an_exercise_of_ones_own_checks_names_and_helps_and_is_not_recorded(tmp_path, monkeypatch):
    monkeypatch.setenv("CNNLAB_PROGRESS", str(tmp_path / "progress.jsonl"))
    double = Exercise(
        my_double,
        "y",
        inputs=lambda: [(np.array([1, 5]),)],
        mistakes={"squared": lambda x: x * x},
        sentences={"squared": "x is squared."},
        notebook="01",  # of the course, which has no exercise of this name
        wires={"y": ("x",)},
    )
    assert repr(double) == "Exercise: my_double(x) -> y"
    assert repr(double.check(my_double)) == "✓ Passed. Tried on 1 input. Nothing else was tried."
    squared = double.check(lambda x: x**2)
    double.sentences = {}
    assert double.check(lambda x: x**2).text.startswith("squared: y differs in 2 of 2")
    assert (squared.mistake, squared.offer) == ("squared", "")
    assert squared.text == "x is squared. y differs in 2 of 2 cells (marked ▸). Right on 0 of 1 input."
    assert repr(double.hint()) == "No hints."
    assert repr(double.solution()) == "def my_double(x):\n    return x + x\n"
    assert list(tmp_path.iterdir()) == []


def test_of_an_exercise_of_the_course_a_mistake_is_recorded_and_then_that_it_is_solved(tmp_path, monkeypatch):
    monkeypatch.setenv("CNNLAB_PROGRESS", str(tmp_path / "progress.jsonl"))
    exercises.conv2d.check(lambda x, w: right(x, w[::-1, ::-1]))
    exercises.conv2d.check(lambda x, w: right(x, w) + 1)
    assert progress.solved() == set()
    exercises.conv2d.check(right)
    assert progress.recorded() == [("exercise.conv2d", "flipped kernel"), ("exercise.conv2d", None)]


def test_the_exercises_are_those_of_the_folder_and_each_has_its_words():
    folder = Path(exercises.__file__).parent
    assert {path.stem for path in folder.glob("[!_]*.py")} == set(EXERCISES)
    for name, exercise in EXERCISES.items():
        assert (exercise.name, getattr(exercises, name)) == (name, exercise)
        assert re.fullmatch(r"\d\d", exercise.notebook), name
        assert len(exercise.hints) == 3, name
        assert exercise.tried, name
        assert exercise.mistakes.keys() == exercise.sentences.keys(), name
        assert exercise.mistakes, f"{name} must name a mistake"
        assert all(re.fullmatch(r"\S.+\.", sentence) for sentence in exercise.sentences.values()), name
        assert len(set(exercise.sentences.values())) == len(exercise.sentences), name


DRAWN = (  # exercises whose wires can be drawn
    *("conv2d", "conv_layer", "max_pool", "mean_pool", "relu_backward", "conv2d_backward", "dx_gather"),
    *("max_pool_backward", "mean_pool_backward", "chain_backward", "chain2_backward", "conv_transpose2d"),
)


def test_the_arrays_that_vary_for_the_wires_are_arguments_of_which_a_result_is_a_multiple():
    assert {name for name, exercise in EXERCISES.items() if exercise.wires} == set(DRAWN)
    for name in DRAWN:
        exercise = EXERCISES[name]
        assert set(exercise.wires) | set(exercise.picks.values()) == set(exercise.results), name
        assert set(exercise.picks) <= set(exercise.wires), name
        given = dict(zip(exercise.arguments, list(exercise.inputs())[-1], strict=True))
        given |= {addend: 0 * given[addend] for _, *addends in exercise.sums.values() for (addend,) in addends}
        for result, (arrays, *_) in exercise.sums.items():
            assert set(arrays) <= set(exercise.arguments), name
            for varied in arrays:
                was, now = (exercise.right(*case.values()) for case in (given, given | {varied: 3 * given[varied]}))
                at = exercise.results.index(result)
                was, now = (parts[at] if isinstance(parts, tuple) else parts for parts in (was, now))
                np.testing.assert_allclose(now, 3 * was, atol=1e-12, err_msg=f"{name}: {result} by {varied}")
                assert was.any(), name


NEW = """
from cnnlab.course.exercises._parts import course_exercise


def my_nearest(x, factor):
    return x.repeat(factor, axis=0).repeat(factor, axis=1)


EXERCISE = course_exercise(
    my_nearest,
    "y",
    inputs=lambda: [(np.arange(1, 7).reshape(2, 3), factor) for factor in (2, 3)],
    mistakes={"rows alone": lambda x, factor: x.repeat(factor, axis=0)},
)
"""
WORDS = """
[nearest]
notebook = "11"
tried = "a plane, factors 2 and 3"
hints = ["Repeat the rows."]
[nearest.sentences]
"rows alone" = "Only the rows are repeated."
"""
USED = """
from cnnlab.course import exercises, progress
new = exercises.nearest
print(new.check(lambda x, factor: x.repeat(factor, 0)))
print(new.check(lambda x, factor: x.repeat(factor, 0).repeat(factor, 1)))
print(new.hint(), new.solution(), list(exercises.EXERCISES)[-1], progress.recorded())
print(progress.ProgressMap())
"""


def test_a_new_exercise_is_one_module_and_one_entry_of_texts_and_nothing_else(tmp_path):
    package = Path(exercises.__file__).parents[2]
    shutil.copytree(package, tmp_path / "cnnlab", ignore=shutil.ignore_patterns("__pycache__"))
    folder = tmp_path / "cnnlab/course/exercises"
    (folder / "nearest.py").write_text(f'"""Each cell several times."""\n\nimport numpy as np\n{NEW}', encoding="utf-8")
    with (folder / "texts.toml").open("a", encoding="utf-8") as texts:
        texts.write(WORDS)
    environment = os.environ | {"PYTHONPATH": str(tmp_path), "CNNLAB_PROGRESS": str(tmp_path / "progress.jsonl")}
    run = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", USED], capture_output=True, encoding="utf-8", cwd=tmp_path, env=environment
    )
    assert run.returncode == 0, run.stderr
    said = run.stdout
    assert said.startswith(
        "✗ Not yet. Only the rows are repeated. y has shape (4, 3); (4, 6) is expected. Right on 0 of 2"
    )
    assert "✓ Passed. Tried on 2 inputs: a plane, factors 2 and 3. Nothing else was tried." in said
    assert "Hint 1 of 1: Repeat the rows. def my_nearest(x, factor):" in said
    assert "nearest [('exercise.nearest', 'rows alone'), ('exercise.nearest', None)]" in said
    assert said.splitlines()[-2].endswith("  □■")
