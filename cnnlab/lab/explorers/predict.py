"""Predict: a question to answer before its answer is shown."""

from collections.abc import Mapping
from html import escape
from numbers import Real

from cnnlab._validate import check_finite, check_list, shown
from cnnlab.formula import Explanation, explain_output_size
from cnnlab.geometry import fits, output_size
from cnnlab.lab import stills
from cnnlab.lab.explorers import Explorer, Setting, button, line, lines_of
from cnnlab.lab.explorers._windows import leftover_line
from cnnlab.lab.numbers import means, read_number

_LONGEST = 200  # characters of an answer
_HINT = "Go through the question once more, then try again."


class _Given(Setting):
    """The learner's answer: a text, or one of the choices as text."""

    def validate(self, explorer, value):
        if not isinstance(value, str):
            raise TypeError(f"{self.name} ({shown(value)}) must be a text, as it is typed")
        if len(value) > _LONGEST:  # some could take minutes to read as a number
            raise ValueError(f"{self.name} ({len(value)} characters) must have at most {_LONGEST}")
        if value and explorer.choices and value not in explorer.choices:
            raise ValueError(f"{self.name} ({value!r}) must be one of {', '.join(explorer.choices)}")
        if explorer.closed:
            raise ValueError(f"{self.name} ({value!r}) must stay as it is: the question has been answered")
        return value

    def control(self, explorer):
        control = {**super().control(explorer), "disabled": explorer.closed}
        if not explorer.choices:
            return control | {"kind": "text", "text": "a number" if explorer.wants_number else "a word"}
        return control | {"kind": "radio", "options": [[choice, choice] for choice in explorer.choices]}


class Predict(Explorer):
    """A question with a field for the answer: typed, or one of a few choices.

    A right answer is followed by its reason. A wrong one gets the feedback on its mistake, if that is known, and the
    learner can try again; after the first try the answer can be shown. Question, answers and reasons are text, never
    markup.

    Parameters
    ----------
    question : str
        At most 60 words.
    answer : number or str
        Typed numbers count as equal by value (99.0 is 99), texts regardless of case and surrounding spaces.
    choices : list of number or str, optional
        The choices, including the answer; by default the answer is typed.
    mistakes : dict of (number or str) to str, optional
        What went wrong, in a sentence, for wrong answers that reveal a known mistake.
    because : str or Explanation
        The reason, shown with the answer.
    explorer : Explorer, optional
        One that would give the answer away: it is covered until the question is closed, or the learner asks to see it.
    key : str, optional
        The name of the question, by default its words.
    solved : bool
        Start as solved: ticked, with the reason, and nothing covered; a button asks again.
    on_answer : callable, optional
        Called with None after the right answer, and after a known mistake with that answer as text.

    Attributes
    ----------
    given : str
        The last answer: a trait; setting it answers the question, and is an error once the question is closed.
    solved, closed : bool
        Whether the right answer was given; whether further answers are refused.

    Raises
    ------
    TypeError, ValueError
        If a text is not a str; if the answer is not one of the choices, or a mistake is the right answer or not a
        choice.

    Examples
    --------
    >>> ask = Predict("How many cells has a 3×3 kernel?", 9, mistakes={6: "This adds the sides."})
    >>> ask
    Predict: How many cells has a 3×3 kernel?
    >>> ask.given = "9.0"
    >>> ask.solved
    True

    Your own question covers an explorer, which is shown in the next cell:

    >>> from cnnlab.lab import ConvolutionExplorer
    >>> explorer = ConvolutionExplorer([[1, 2], [3, 4]], [[1, 1], [1, 1]])
    >>> Predict("The kernel is all ones. What is y[0, 0]?", 10, mistakes={4: "Add, not count."}, explorer=explorer)
    Predict: The kernel is all ones. What is y[0, 0]?
    """

    asks = True
    given = _Given("", "answer")

    def __init__(
        self,
        question,
        answer,
        *,
        choices=(),
        mistakes=None,
        because="",
        explorer=None,
        key="",
        on_answer=None,
        solved=False,
    ):
        self.question, self.answer, self.because, self.explorer = question, answer, because, explorer
        self.mistakes = {} if mistakes is None else mistakes
        self.choices = list(map(str, check_list("choices", () if choices is None else choices, "answers")))
        self.key, self._on_answer = key or question, on_answer or (lambda mistake: None)
        self._check()
        self.mistakes = dict(self.mistakes)
        self._begin_anew()
        super().__init__()
        if solved:
            self._solve("✓ Solved before: ")
        elif explorer is not None:
            explorer.cover(self.key)

    @classmethod
    def output_size(cls, size, kernel, *, question=None, **settings):
        """Return the question for an output size, with the usual mistakes by name.

        Parameters
        ----------
        size, kernel, stride, padding, dilation
            As :func:`cnnlab.output_size`.
        question : str, optional
            Another wording of the question.

        Raises
        ------
        TypeError, ValueError
            As :func:`cnnlab.output_size`.

        Examples
        --------
        >>> ask = Predict.output_size(200, 5, stride=2, padding=1)
        >>> ask.answer, ask.mistakes[100]
        (99, 'This rounds up instead of down.')
        """
        because = explain_output_size(size, kernel, **settings)
        question = question or size_question(size, kernel, **settings)
        return cls(question, because.value, mistakes=size_mistakes(size, kernel, **settings), because=because)

    @property
    def wants_number(self):
        """Whether the answer is a typed number."""
        return not self.choices and isinstance(self.answer, Real) and not isinstance(self.answer, bool)

    # --- methods that the base class calls ---

    def parts(self, scenes):
        controls = [*self.controls("head"), button("check", "check", disabled=self.closed)]
        if self.tried and not self.closed:
            controls.append(button("reveal", "show the answer"))
        if self.closed and not (self.solved and self.given):  # solved before, or the answer was shown: ask again
            controls.append(button("reset", "ask me again"))
        told = {"lines": [line(self.question)], "controls": controls, "key": self.key, "solved": self.solved}
        return [{"kind": "question", **told}, {"kind": "verdict", "lines": self.verdict}]

    def _changed(self, change):
        self._judge(self.given)
        super()._changed(change)

    def press(self, name):
        if name == "reveal" and self.tried and not self.closed:
            self._close(f"The answer is {self.answer}.", "bold")

    def reset(self):
        """Ask again."""
        self._begin_anew()
        super().reset()

    def describe(self):
        return f"Predict: {self.question}"

    def picture(self, step=None):
        return stills.draw_table(self.question, [["○", choice] for choice in self.choices])

    def still(self):
        lines = "<br>○ ".join(map(escape, [self.question, *self.choices]))
        return {"text/html": f'<p class="mathjax_ignore tex2jax_ignore"><b>Predict:</b> {lines}</p>'}

    # --- judging ---

    def _begin_anew(self):
        self.tried, self.closed, self.solved, self.verdict = False, False, False, []

    def _judge(self, given):
        given = given if self.choices else given.strip()
        if not given:
            return
        if self.wants_number and read_number(given) is None:
            self.verdict = [line("Type a number, such as 12 or −0.5.")]
        elif self._same(given, self.answer):
            self._solve("✓ Right: ", given)
            self._on_answer(None)
        else:
            self.tried = True
            known = next((wrong for wrong in self.mistakes if self._same(given, wrong)), None)
            self.verdict = [line(("wrong", f"✗ {given} is not it. "), self.mistakes.get(known, _HINT))]
            if known is not None:
                self._on_answer(str(known))

    def _solve(self, sign, given=""):
        self.solved = True
        self._close(f"{sign}{given or self.answer}.", "right")

    def _close(self, headline, style):
        """End the question: give the reason, take no more answers, and show what was covered."""
        given, self.closed = self.given, True
        if isinstance(self.because, Explanation):
            self.verdict = [line((style, headline)), *lines_of(self.because), leftover_line(self.because)]
        else:
            self.verdict = [line((style, f"{headline} "), self.because)]
        if self.explorer is not None:
            truth = "and so it is" if self.solved else f"it is {self.answer}"
            self.explorer.uncover(f"You said {given}; {truth}." if given else "")

    def _same(self, given, other):
        """Return whether the learner's answer means ``other``."""
        if self.wants_number:
            return means(given, other)
        if self.choices:
            return given == str(other)
        one, right = (text.upper().lower() for text in (given, str(other).strip()))  # like judge.js: ß is ss
        return one == right

    def _check(self):
        """Raise unless all arguments can be shown, and the answer is distinct from the mistakes."""
        rules = {
            "question": (str, "a text"),
            "because": (str | Explanation, "a text, or what explain_output_size returns"),
            "mistakes": (Mapping, "a dict of texts by wrong answer"),
            "explorer": (Explorer | None, "an explorer"),
            "answer": (str | Real, "a text or a number"),
        }
        for name, (kind, rule) in rules.items():
            if not isinstance(value := getattr(self, name), kind):
                raise TypeError(f"{name} ({shown(value)}) must be {rule}")
        stated = [("answer", self.answer, ""), *(("mistakes", *mistake) for mistake in self.mistakes.items())]
        for name, given, text in stated:
            if self.choices and str(given) not in self.choices:
                raise ValueError(f"{name} ({given!r}) must be one of the choices ({', '.join(self.choices)})")
            if self.wants_number:
                check_finite(name, given)
            if not isinstance(text, str):
                raise TypeError(f"mistakes ({shown(text)} for {shown(given)}) must be texts")
            if name == "mistakes" and self._same(str(given), self.answer):
                raise ValueError(f"mistakes ({given!r}) must not hold the right answer ({self.answer!r})")


def size_question(size, kernel, *, stride=1, padding=0, dilation=1):
    """Return the question for an output size in words.

    Examples
    --------
    >>> size_question(200, 5, stride=2, padding=1)
    'A 5×5 kernel, stride 2, padding 1, moves over 200×200 cells. How wide is the output?'
    """
    if isinstance(padding, tuple | list):
        padding = f"{padding[0]} before and {padding[1]} after"
    dilated = f", dilation {dilation}" * (dilation > 1)
    kernel = f"A {kernel}×{kernel} kernel, stride {stride}, padding {padding}{dilated},"
    return f"{kernel} moves over {size}×{size} cells. How wide is the output?"


def size_mistakes(size, kernel, *, stride=1, padding=0, dilation=1):
    """Return the usual mistakes, by the wrong output size that results; the right size is never among them.

    Examples
    --------
    >>> size_mistakes(200, 5, stride=2, padding=1)[98]
    'This forgets the + 1 or forgets the padding.'
    """
    right = {"size": size, "kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation}
    answer = output_size(**right)
    found = {answer - 1: ["forgets the + 1"]}
    total = padding if isinstance(padding, tuple | list | str) else (0, padding)  # a pair pads each side separately
    changes = {
        "rounds up instead of down": {"ceil_mode": True},
        "takes P as the padding of both sides together": {"padding": total},
        "forgets the padding": {"padding": 0},
        "forgets the stride": {"stride": 1},
        "forgets the dilation": {"dilation": 1},
        "forgets to take the kernel away": {"size": size + 1, "kernel": 1},  # the formula without F
    }
    for name, change in changes.items():
        if fits(**(wrong := right | change)):
            found.setdefault(output_size(**wrong), []).append(name)
    return {wrong: f"This {' or '.join(names)}." for wrong, names in found.items() if wrong != answer}
