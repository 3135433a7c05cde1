"""An exercise: its check, its hints, and a solution on request."""

from __future__ import annotations

import dis
import inspect
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from cnnlab._validate import shown
from cnnlab.course.exercises import solutions
from cnnlab.course.exercises.cases import Layout
from cnnlab.course.exercises.compare import Answer, Task, ask, differing, name_of
from cnnlab.course.exercises.feedback import MARK, Grid, Page, Verdict
from cnnlab.course.exercises.guarded_call import quiet, takes
from cnnlab.course.exercises.mistakes import mistakes_of
from cnnlab.course.progress import record


class Wrong(NamedTuple):
    """The first input with a wrong answer: what was expected, what came, and what is the matter."""

    input: tuple
    expected: Answer
    answer: Answer
    text: str


class Exercise:
    """Something to write: ``check`` tries a function, ``hint`` helps a little, ``solution`` shows one way.

    Examples
    --------
    >>> from cnnlab.course import exercises
    >>> exercises.output_size.check(lambda R, F, P, S: (R - F + P) // S + 1).mistake
    'padding once'
    """

    def __init__(self, name: str, task: Task, cases: Callable[[], list[Layout]], tried: str, hints: tuple[str, ...]):
        self.name, self._task, self._cases, self._tried, self._hints = name, task, cases, tried, hints
        self._hinted, self._made = 0, None

    def __repr__(self) -> str:
        return f"Exercise: my_{self.name}({', '.join(self._task.arguments)}) -> {', '.join(self._task.results)}"

    def check(self, function) -> Verdict:
        """Return what there is to say of a function, whatever it does.

        Each call gets copies of its arguments and is ended after two seconds. What is printed is kept from the output,
        and its beginning told where the check fails. What cannot be ended is one call into C that never comes back,
        such as ``sum(itertools.count())``, and a function that keeps the error that should end it.

        Raises
        ------
        TypeError
            If it is no function.
        """
        if not callable(function):
            raise TypeError(f"function ({shown(function)}) must be a function, as in check(my_{self.name})")
        if is_stub(function):
            return self._not_started()
        with quiet() as printed:
            verdict = self._verdict(function)
        if verdict.status == "failed" and printed.text.strip():
            verdict.text += f" It printed: {' '.join(printed.text.split())[:200]}"
        if verdict.status == "passed":
            record(f"exercise.{self.name}")
        return verdict

    def hint(self) -> Page:
        """Return the next of three hints; after the third, the third."""
        self._hinted = min(self._hinted + 1, len(self._hints))
        text = f"Hint {self._hinted} of {len(self._hints)}: {self._hints[self._hinted - 1]}"
        return Page(text, text)

    def solution(self) -> Page:
        """Return one solution as code; it is not run."""
        code = inspect.getsource(getattr(solutions, f"my_{self.name}"))
        return Page(code, f"```python\n{code}```")

    def _not_started(self) -> Verdict:
        return Verdict("not started", f"Fill in my_{self.name}, then run this cell again.")

    def _layouts(self) -> list[tuple[Layout, list[Answer]]]:
        """Return the inputs of each layout and the right answers, computed once; the first two inputs come again."""
        if self._made is None:
            layouts = [[*layout, *layout[:2]] for layout in self._cases()]
            right = self._task.right
            self._made = [(all_, [ask(self._task, right, one, seconds=None) for one in all_]) for all_ in layouts]
        return self._made

    def _verdict(self, function) -> Verdict:
        count = len(self._task.arguments)
        if not takes(function, count):
            wanted = ", ".join(self._task.arguments)
            return Verdict("failed", f"It cannot be checked: it must take {count} arguments ({wanted}).")
        first = None
        for inputs, expected in self._layouts():
            answers = self._ask_all(function, inputs)
            wrong = self._first_wrong(inputs, expected, answers)
            if wrong is None:
                return Verdict("passed", f"Tried on {len(inputs) - 2} inputs: {self._tried}. Nothing else was tried.")
            if any(a.trouble and a.trouble.error is NotImplementedError for a in answers) or answers[0].raw is ...:
                return self._not_started()
            raises = all(a.trouble and a.trouble.kind == "raised" for a in answers)
            if first is None or not raises:
                first = wrong, inputs, answers, expected
            if not raises:  # it takes inputs of this layout
                break
        return self._failed(*first)

    def _ask_all(self, function, inputs) -> list[Answer]:
        """Return the answers to all inputs, as far as the first that does not come to an end."""
        answers = []
        for arguments in inputs:
            answers.append(ask(self._task, function, arguments))
            if answers[-1].trouble and answers[-1].trouble.kind == "endless":
                break
        return answers

    def _first_wrong(self, inputs, expected, answers) -> Wrong | None:
        for arguments, right, answer in zip(inputs, expected, answers, strict=False):
            text = self._matter(right, answer)
            if text:
                return Wrong(arguments, right, answer, text)
        for arguments, right, answer in zip(inputs, expected, answers, strict=False):
            if is_overwritten(answer):
                return Wrong(arguments, right, answer, "An earlier answer changed when the function was called again.")
        return None

    def _matter(self, right: Answer, answer: Answer) -> str:
        """Return what is the matter with an answer, or nothing."""
        if answer.trouble:
            return (
                f"It raised {answer.trouble.text.rstrip('.')}."
                if answer.trouble.kind == "raised"
                else answer.trouble.text
            )
        if answer.parts is None:
            return answer.problem
        for name, got, wanted in zip(self._task.results, answer.parts, right.parts, strict=True):
            if got.shape != wanted.shape:
                return f"{name} has shape {got.shape}; {wanted.shape} is expected."
            marked = differing(got, wanted)
            if self._task.facts and marked and name != "batches":
                return f"Not so: {name}."
            if marked.ndim == 0 and marked:
                return f"{name}: {number(wanted)} is expected, {number(got)} came."
            if marked.any():
                return f"{name} differs in {marked.sum()} of {marked.size} cells (marked {MARK})."
        if answer.changed:
            return f"The numbers are right, but it changes its argument {' and '.join(answer.changed)}."
        return ""

    def _failed(self, wrong: Wrong, inputs, answers, expected) -> Verdict:
        whole = len(answers) == len(inputs)
        named = name_of(self._task, answers, inputs, mistakes_of(self.name)) if whole else None
        text = f"{named.sentence} {wrong.text}" if named else wrong.text
        right = sum(not self._matter(*pair) for pair in zip(expected, answers, strict=False))
        if whole:
            text += f" Right on {right} of {len(inputs)} inputs."
            text += self._right_parts(expected, answers)
        line = wrong.answer.trouble.line if wrong.answer.trouble else ""
        grids = self._grids(wrong)
        return Verdict("failed", text, mistake=named and named.name, grids=grids, input=wrong.input, code=line)

    def _right_parts(self, expected, answers) -> str:
        """Return which of several results are right on all inputs."""
        if len(self._task.results) == 1 or self._task.facts or any(answer.parts is None for answer in answers):
            return ""
        right = []
        for at, name in enumerate(self._task.results):
            pairs = [(answer.parts[at], wanted.parts[at]) for answer, wanted in zip(answers, expected, strict=True)]
            if all(got.shape == wanted.shape and not differing(got, wanted).any() for got, wanted in pairs):
                right.append(name)
        return f" Right on all: {', '.join(right)}." if right else ""

    def _grids(self, wrong: Wrong) -> list[Grid]:
        """Return the input, and the first result that differs, expected and got."""
        shown_inputs = zip(self._task.inputs or self._task.arguments, wrong.input, strict=True)
        grids = [first_plane(name, np.asarray(value)) for name, value in shown_inputs if is_grid(value)]
        parts = () if self._task.facts else wrong.answer.parts
        for name, got, wanted in zip(self._task.results, parts or (), wrong.expected.parts or (), strict=False):
            if got.shape != wanted.shape:
                return [*grids, *both(name, wanted, got)]
            marked = differing(got, wanted)
            if marked.any():
                return [*grids, *both(name, wanted, got, marked)]
        return grids


def both(name, wanted, got, marked=None) -> list[Grid]:
    """Return the expected and the given array as grids, where they are large the plane with the first difference."""
    if marked is None or marked.ndim <= 2:
        grids = ((f"{name} expected", wanted, None), (f"{name} got", got, marked))
        return [Grid(title, *plane(values), at) for title, values, at in grids if values.size]
    lead = tuple(int(at) for at in np.argwhere(marked)[0][:-2])
    title = f"{name}[{', '.join(map(str, lead))}]"
    return [Grid(f"{title} expected", wanted[lead]), Grid(f"{title} got", got[lead], marked[lead])]


def plane(values: np.ndarray) -> tuple[np.ndarray]:
    """Return an array as something with rows and columns: its planes below each other."""
    return (values.reshape(-1, values.shape[-1]) if values.ndim > 2 else values,)


def is_grid(value) -> bool:
    """Return whether an argument is shown as a grid."""
    return isinstance(value, int | float | tuple | np.ndarray)


def first_plane(name: str, values: np.ndarray) -> Grid:
    """Return an argument as a grid; of maps the first plane, whose indices are in the title."""
    lead = (0,) * (values.ndim - 2)
    return Grid(f"{name}[{', '.join(map(str, lead))}]" if lead else name, values[lead])


def number(value) -> str:
    """Return a number of an answer as text."""
    return f"{value.item():g}"


def is_overwritten(answer: Answer) -> bool:
    """Return whether arrays that were given have changed since."""
    raws = answer.raw if isinstance(answer.raw, tuple) else (answer.raw,)
    pairs = zip(raws, answer.parts or (), strict=False)
    return any(isinstance(raw, np.ndarray) and not np.array_equal(raw, part, equal_nan=True) for raw, part in pairs)


def _empty(): ...


def _documented():
    """Do nothing."""


def is_stub(function) -> bool:
    """Return whether a function does nothing at all: as it stands in the notebook before anything is filled in.

    Examples
    --------
    >>> def stub(x):
    ...     '''Return y.'''
    ...     ...
    >>> is_stub(stub), is_stub(lambda x: x)
    (True, False)
    """
    code = getattr(function, "__code__", None)
    return code is not None and _steps(code) in (_steps(_empty.__code__), _steps(_documented.__code__))


def _steps(code) -> list[tuple]:
    return [(step.opname, step.argval) for step in dis.get_instructions(code)]
