"""Exercise: checks a learner's function, gives hints, and shows a solution on request."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import KW_ONLY, dataclass, field, replace
from functools import cached_property
from inspect import getsource, signature
from typing import NamedTuple

import numpy as np

from cnnlab._validate import check_choice, shown
from cnnlab.course._texts import TEXTS
from cnnlab.course.exercises._compare import differing, equal
from cnnlab.course.exercises._feedback import MARK, Page, Verdict, both, planes
from cnnlab.course.exercises._findings import cut_off, order_of_results, shared
from cnnlab.course.exercises._guarded_call import TimeIsUp, name_of, quiet, takes, thread_time
from cnnlab.course.exercises._runner import Answer, ask, is_overwritten, is_stub
from cnnlab.course.progress import record

ROOMY = 32  # cells of the input on which a correct function is shown
IN_ALL = 30.0  # seconds of the thread's time for all calls of a check
LOCKED = "Solutions are locked on this machine (CNNLAB_SOLUTIONS=off)."


class Try(NamedTuple):
    """One call of a function: the input, the expected and the actual answer, and what is wrong with the latter."""

    input: tuple
    expected: Answer
    answer: Answer
    matter: str


@dataclass(eq=False, repr=False)
class Exercise:
    """A function to write: ``check`` tests it, ``hint`` helps a little, ``solution`` shows one way to write it.

    An exercise of the course is a module in this folder, with its texts under its name in ``texts.toml``; only these
    are recorded as progress. Others can be made in a notebook, as in the example.

    Parameters
    ----------
    sample : function
        One solution, as it is shown to a learner: ``my_NAME``. Its name and arguments are those of the exercise.
    results : str, or sequence of str
        The names of the parts of a result, such as "dx dw db".
    inputs : function
        Takes no arguments and returns the inputs, each a tuple of arguments. If they hold planes, a function may take
        maps (N, C, H, W) instead, or the reverse. A failure is shown on the smallest input that fails.
    right : function, optional
        Gives the right answer; ``sample`` unless stated.
    mistakes : dict of str to function, optional
        Known mistakes by name: a function that makes the mistake, called like the learner's.
    sentences : dict of str to str, optional
        By the name of a mistake, the feedback on it, such as "The sign is turned."; by default its name.
    hints : sequence of str, optional
        From where to begin up to nearly the answer.
    tried : str, optional
        What ``inputs`` are, told when a check passes: "planes up to 6×7".
    notebook : str, optional
        The number of the notebook of the course, such as "01".
    wires : dict of str to str, optional
        By the name of a result, the arguments that vary while all others stay fixed: "x w + b" if it is a sum over
        products of a cell of x and a cell of w, to which b is added. A tuple of names is one product.
    picks : dict of str to str, optional
        If each cell of a result is one cell of the argument, as in max pooling, the name of the result that says which.
    call : function, optional
        Takes a function and an input, and returns the result; needed if the function works in place. An input then
        holds the arguments of ``call``.
    facts : bool, optional
        The results are statements, 1 if true, or numbers above 1: the feedback on a wrong statement is that it is not
        so.
    library : sequence of functions, optional
        Library functions that compute the result: returning theirs does not pass.

    Examples
    --------
    >>> def my_double(x):
    ...     return x + x
    >>> double = Exercise(
    ...     my_double, "y", inputs=lambda: [(2,), (5,)], hints=["Add."],
    ...     mistakes={"squared": lambda x: x * x}, sentences={"squared": "x is squared."},
    ... )
    >>> double.check(lambda x: 2 * x)
    ✓ Passed. Tried on 2 inputs. Nothing else was tried.
    >>> double.check(lambda x: x ** 2).mistake
    'squared'
    """

    sample: Callable
    results: str | Sequence[str]
    _: KW_ONLY
    inputs: Callable[[], Iterable[tuple]]
    right: Callable | None = None
    mistakes: Mapping[str, Callable] = field(default_factory=dict)
    sentences: Mapping[str, str] = field(default_factory=dict)
    hints: Sequence[str] = ()
    tried: str = ""
    notebook: str = ""
    wires: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    picks: Mapping[str, str] = field(default_factory=dict)
    call: Callable | None = None
    facts: bool = False
    library: Sequence[Callable] = ()

    def __post_init__(self):
        self.name, self.arguments = self.sample.__name__.removeprefix("my_"), tuple(signature(self.sample).parameters)
        self.results = tuple(self.results.split() if isinstance(self.results, str) else self.results)
        self.holds = tuple(signature(self.call).parameters)[1:] if self.call else self.arguments  # what inputs hold
        self.right = self.right or self.sample
        sums = {name: wires if isinstance(wires, str) else " ".join(wires) for name, wires in self.wires.items()}
        self.sums = {name: [tuple(product.split()) for product in text.split("+")] for name, text in sums.items()}
        self._hinted = 0

    def __repr__(self) -> str:
        return f"Exercise: my_{self.name}({', '.join(self.arguments)}) -> {', '.join(self.results)}"

    def check(self, function, part: str | None = None) -> Verdict:
        """Return the verdict on a function, whatever it does; the verdict is truthy if the function passed.

        Each call gets copies of its arguments, and is stopped after two seconds, or after 50 times as long as the
        solution. Its prints are kept out of the notebook, and quoted in part if the check fails. Two things cannot be
        stopped: a single call into C that never returns, such as ``sum(itertools.count())``, and a function that
        catches the exception meant to stop it.

        Parameters
        ----------
        function : function
            The function to check: ``my_NAME``.
        part : str, optional
            The only result that it returns: with "dx", only the dx of a ``my_conv2d_backward`` is checked. This is not
            recorded as progress.

        Raises
        ------
        TypeError, ValueError
            If it is not a function, or ``part`` is not a result.
        """
        if not callable(function):
            raise TypeError(f"function ({shown(function)}) must be a function, as in check(my_{self.name})")
        if part is not None:
            check_choice("part", part, self.results)
            return self._part(part).check(function)
        with quiet() as printed:
            verdict = self._verdict(function)
        words = printed.getvalue()[:1000].split()
        if verdict.status == "failed" and words:
            verdict.text += f" It printed: {' '.join(words)[:200]}"
        of_course = self.notebook and self.name in TEXTS
        if of_course and (verdict or verdict.mistake):
            record(f"exercise.{self.name}", verdict.mistake)
        if of_course and self.wires and verdict.status == "failed":
            verdict.offer = f"exercises.{self.name}.explore({name_of(function) or f'my_{self.name}'})"
        return verdict

    def explore(self, function):
        """Return the stage of this exercise with a function on it: its numbers, and its wires beside the right ones.

        It starts with the smallest input on which the function is wrong.

        Parameters
        ----------
        function : callable
            The function to show: ``my_NAME``.

        Raises
        ------
        TypeError, ValueError
            If it is not a function, or the exercise defines no wires, as when it asks only for numbers.
        """
        if not callable(function):
            raise TypeError(f"function ({shown(function)}) must be a function, as in explore(my_{self.name})")
        if not self.wires:
            raise ValueError(f"explore must be asked of an exercise with wires ({self.name} has none to draw)")
        from cnnlab.course.exercises._stage import ExerciseExplorer  # checks must work without widgets

        with quiet():
            verdict = self._verdict(function)
        inputs = [one for one, _ in self._cases]
        wide = next((one for one in inputs if cells_of(one) >= ROOMY), inputs[-1])
        return ExerciseExplorer(self, function, verdict.input or wide)

    def hint(self) -> Page:
        """Return the next hint; the last one is repeated."""
        self._hinted = min(self._hinted + 1, len(self.hints))
        given = f"{self._hinted} of {len(self.hints)}"
        text = f"Hint {given}: {self.hints[self._hinted - 1]}" if self.hints else "No hints."
        return Page(text, text)

    def solution(self) -> Page:
        """Return one solution as code, which is not run; or, if solutions are locked, a sentence that says so."""
        if are_locked():
            return Page(LOCKED, LOCKED)
        code = getsource(self.sample)
        return Page(code, f"```python\n{code}```")

    def _part(self, name):
        """Return an exercise that asks for only one of the results."""
        at = self.results.index(name)

        def alone(function):
            return lambda *arguments: function(*arguments)[at]

        mistakes = {mistake: alone(function) for mistake, function in self.mistakes.items()}
        return replace(self, results=(name,), right=alone(self.right), mistakes=mistakes, notebook="")

    def _handed_on(self, name):
        return Verdict("failed", f"The answer is that of cnnlab.{name}: this exercise is to write it yourself.")

    @cached_property
    def _cases(self):
        """The inputs with their right answers, smallest first."""
        return [(one, ask(self, self.right, one)) for one in sorted(self.inputs(), key=cells_of)]

    def _verdict(self, function):
        not_started = Verdict("not started", f"Fill in my_{self.name}, then run this cell again.")
        if is_stub(function):
            return not_started
        if any(function is one for one in self.library):
            return self._handed_on(function.__name__)
        if not takes(function, len(self.arguments)):
            wanted = f"{len(self.arguments)} arguments ({', '.join(self.arguments)})"
            return Verdict("failed", f"It cannot be checked: it must take {wanted}.")
        tries = self._tries(function)
        if any(one.answer.error is NotImplementedError for one in tries):
            return not_started
        if any(one.matter for one in tries):
            return self._failed(tries)
        handed_on = next(filter(None, (one.answer.handed_on for one in tries)), "")
        if handed_on:
            return self._handed_on(handed_on)
        tried = counted(len(self._cases)) + (f": {self.tried}" if self.tried else "")
        return Verdict("passed", f"Tried on {tried}. Nothing else was tried.")

    def _tries(self, function):
        """Try all inputs, and the first two again; stop at a call that times out."""
        cases, tries, begin = self._cases, [], thread_time()
        for arguments, expected in [*cases, *cases[:2]]:
            answer = ask(self, function, arguments, expected)
            if thread_time() - begin > IN_ALL:
                said = f"It was stopped after {IN_ALL:g} seconds, at input {len(tries) + 1} of {len(cases)}."
                answer = Answer(None, said, TimeIsUp)
            tries.append(Try(arguments, expected, answer, self._matter(expected, answer)))
            if answer.error is TimeIsUp:
                break
        said = "An earlier answer changed when the function was called again."
        return [one if one.matter or not is_overwritten(one.answer) else one._replace(matter=said) for one in tries]

    def _matter(self, right, answer):
        """Return what is wrong with an answer; empty if it is right."""
        if answer.problem:
            return answer.problem
        changed = f"it changes its argument {' and its argument '.join(answer.changed)}." if answer.changed else ""
        for name, wanted in right.parts.items():
            got, marked = answer.parts[name], differing(answer.parts[name], wanted)
            if self.facts and marked and wanted == 1:
                return f"Not so: {name}."
            if marked.ndim == 0 and marked:
                return f"{name}: {wanted.item():g} is expected, {got.item():g} came."
            if marked.any():
                differs = f"{name} differs in {marked.sum()} of {marked.size} cells (marked {MARK})."
                return f"{differs} I{changed[1:]}" if changed else differs
        return changed and f"The numbers are right, but {changed}"

    def _failed(self, tries):
        wrong = min((one for one in tries if one.matter), key=lambda one: one.matter.startswith("The numbers are"))
        count, named = len(self._cases), {}
        text = wrong.matter
        if len(tries) == count + min(count, 2):  # the first two are tried again
            right = sum(not any(one.matter for one in tries[at::count]) for at in range(count))
            text += f" Right on {right} of {counted(count)}."
            always = set.intersection(*(alike(one.answer, one.expected) for one in tries))
            differ = [] if self.facts else [name for name in self.results if name not in always]
            if always and differ:
                text += f" Right on all: {', '.join(name for name in self.results if name in always)}."
            named = self._named(tries, differ)
            if not named:
                text += shared(self.holds, [one.input for one in tries], [bool(one.matter) for one in tries])
        return Verdict(
            "failed",
            " ".join([*named.values(), text]),
            mistake=next(iter(named), None),
            grids=self._grids(wrong),
            input=deepcopy(wrong.input),
            code=wrong.answer.line,
        )

    def _named(self, tries, differ):
        """Return the known mistakes that give these answers to every input, with the feedback on them.

        A mistake that explains all results is returned alone. Otherwise each wrong result gets its own, if a known
        mistake leaves the other results right.
        """

        def known(*results: str) -> dict[str, str]:
            """Return the first mistake that explains these results on all inputs."""
            for name, function in self.mistakes.items():
                if all(explains(ask(self, function, one.input), one, {*results}, {*self.results}) for one in tries):
                    return {name: self.sentences.get(name, f"{name}:")}
            return {}

        answers = [one.answer.parts for one in tries]
        found = known(*self.results) if any(answers) else {}
        if found or not differ or None in answers:
            return found
        wanted, inputs = [one.expected.parts for one in tries], [one.input for one in tries]
        columns = {name: [[parts[name] for parts in side] for side in (answers, wanted)] for name in self.results}
        found = order_of_results(columns)
        for result in [] if found else differ:
            found |= known(result) or cut_off(result, *columns[result], self.holds, inputs)
        return found

    def _grids(self, wrong):
        """Return the grids of the input and of the first result that differs, expected and actual."""
        grids = [grid for given in zip(self.holds, wrong.input, strict=True) for grid in planes(*given)]
        got, wanted = wrong.answer.parts or {}, wrong.expected.parts
        differ = [name for name in got if not self.facts and not equal(got[name], wanted[name])]
        for name in sorted(differ, key=lambda name: got[name].shape == wanted[name].shape)[:1]:  # as the text does
            grids += both(name, wanted[name], got[name])
        return grids


def are_locked():
    """Return whether the administrator has locked the solutions: a kernel inherits its server's environment."""
    return os.environ.get("CNNLAB_SOLUTIONS", "").lower() == "off"


def explains(mistake, one, results, every):
    """Return whether a mistake gives these results as they came, and the others right; or both raise an error.

    The function may modify more of its arguments than the mistake does.
    """
    if one.answer.parts is None or mistake.parts is None:
        return all(answer.error for answer in (one.answer, mistake))
    same = alike(one.answer, mistake)
    is_whole = results <= same and same | alike(one.expected, mistake) == every
    return is_whole and {*mistake.changed} <= {*one.answer.changed}


def alike(one, other):
    """Return the names of the results that are equal in two answers."""
    if one.parts is None or other.parts is None:
        return set()
    return {name for name, part in one.parts.items() if equal(part, other.parts[name])}


def cells_of(arguments):
    """Return the total number of cells of the arrays in an input."""
    return sum(argument.size for argument in arguments if isinstance(argument, np.ndarray))


def counted(inputs):
    """Return a number of inputs in words: "1 input"."""
    return "1 input" if inputs == 1 else f"{inputs} inputs"
