"""Predict: a question that wants an answer before it shows one."""

from __future__ import annotations

import html
import math
import re
from numbers import Real

import ipywidgets

from cnnlab.formula import Explanation, explain_output_size
from cnnlab.geometry import fits, output_size
from cnnlab.widgets.block import Block, formula_html, style_sheet

PLAIN_HINT = "Go through the question once more, then try again."
NOT_A_NUMBER = "Type a number, such as 12 or −0.5."
NOTHING_GIVEN = {True: "Choose one first.", False: "Type an answer first."}


class Predict(Block):
    """A question with a field for the answer: typed, or one of a few choices.

    A right answer is followed by its reason. A wrong one is met by name where it is a known mistake, and can be tried
    again; after the first try the answer can be shown. Question, answers and reasons are text, never markup.

    Parameters
    ----------
    question : str
        At most 60 words.
    answer : number or str
        Typed numbers count as equal by value (99.0 is 99), texts without regard to case and outer spaces.
    choices : list of number or str, optional
        What to choose from, the answer among them; without it the answer is typed.
    mistakes : dict of (number or str) to str, optional
        What went wrong, in a sentence, for each wrong answer that is worth a word.
    because : str or Explanation
        The reason, shown with the answer.

    Raises
    ------
    ValueError
        If the answer is not one of the choices, or a mistake is the right answer or no choice.

    Examples
    --------
    >>> ask = Predict("How many cells has a 3×3 kernel?", 9, mistakes={6: "This adds the sides."})
    >>> ask
    Predict: How many cells has a 3×3 kernel?
    >>> ask.field.value = "9.0"
    >>> ask.solved
    True
    """

    def __init__(self, question, answer, *, choices=None, mistakes=None, because=""):
        self.question, self.answer, self.because = str(question), answer, because
        self.choices = None if choices is None else [str(choice) for choice in choices]
        self.mistakes = dict(mistakes or {})
        self._check_arguments()
        self._solved = False
        self.field = self._make_field()
        self.check = ipywidgets.Button(description="check", tooltip="Check the answer").add_class("cnnlab-check")
        self.reveal = ipywidgets.Button(description="show the answer", layout={"visibility": "hidden"})
        self.verdict = ipywidgets.HTML().add_class("cnnlab-verdict")
        self.check.on_click(self._checked)
        self.reveal.on_click(self._revealed)
        asked = ipywidgets.HTML(f'<div class="cnnlab-question">{html.escape(self.question)}</div>')
        answers = ipywidgets.Box([self.field, self.check, self.reveal]).add_class("cnnlab-answers")
        card = ipywidgets.VBox([asked, answers, self.verdict]).add_class("cnnlab-card")
        super().__init__([style_sheet(), card])
        self.add_class("cnnlab-explorer").add_class("cnnlab-predict")
        if isinstance(self.because, Explanation):
            self.add_class("cnnlab-by-formula")  # room for it below the question

    @classmethod
    def output_size(cls, size, kernel, *, stride=1, padding=0, dilation=1, question=None) -> Predict:
        """Return the question for an output size, with the usual mistakes by name.

        Parameters
        ----------
        size, kernel, stride, padding, dilation
            As :func:`cnnlab.output_size`.
        question : str, optional
            Other words for the question.

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
        settings = {"stride": stride, "padding": padding, "dilation": dilation}
        because = explain_output_size(size, kernel, **settings)
        question = question or size_question(size, kernel, **settings)
        return cls(question, because.value, mistakes=size_mistakes(size, kernel, **settings), because=because)

    @property
    def solved(self) -> bool:
        """Whether the right answer was given."""
        return self._solved

    def describe(self) -> str:  # noqa: D102 (inherited)
        return f"Predict: {self.question}"

    def still(self) -> dict[str, str]:  # noqa: D102 (inherited)
        choices = "\n".join(f"- {escape_markdown(choice)}" for choice in self.choices or [])
        return {"text/markdown": f"**Predict:** {escape_markdown(self.question)}\n\n{choices}".strip()}

    # --- what the learner does ---

    def _checked(self, _button) -> None:
        """Judge what is in the field."""
        given = (self.field.value or "").strip()
        if not given:
            self._say("", NOTHING_GIVEN[bool(self.choices)])
        elif self._wants_number and read_number(given) is None:
            self._say("", NOT_A_NUMBER)
        elif self._same(given, self.answer):
            self._solved = True
            self._close(f"✓ Right: {given}.", "cnnlab-right")
        else:
            named = [text for wrong, text in self.mistakes.items() if self._same(given, wrong)]
            self.reveal.layout.visibility = "visible"
            self._say(f"✗ {given} is not it.", (named or [PLAIN_HINT])[0], "cnnlab-wrong")

    def _typed(self, _change) -> None:
        self._checked(self.check)

    def _revealed(self, _button) -> None:
        self._close(f"The answer is {self.answer}.")

    def _close(self, headline: str, mood: str = "") -> None:
        """End the question: give the reason and take no more answers."""
        self._say(headline, self.because, mood)
        self.reveal.layout.visibility = "hidden"
        self.field.disabled = self.check.disabled = True

    def _say(self, headline: str, reason: str | Explanation, mood: str = "") -> None:
        """Show a verdict: a headline in bold, then its reason."""
        if isinstance(reason, Explanation):
            shown = f'<div class="cnnlab-formula">{formula_html(reason)}</div>'
        else:
            shown = html.escape(reason)
        bold = f"<b>{html.escape(headline)}</b> " if headline else ""
        self.verdict.value = f'<div role="status" class="{mood}">{bold}{shown}</div>'

    # --- parts ---

    def _make_field(self) -> ipywidgets.RadioButtons | ipywidgets.Text:
        if self.choices:
            return ipywidgets.RadioButtons(options=self.choices, value=None)
        placeholder = "a number" if self._wants_number else "a word"
        field = ipywidgets.Text(placeholder=placeholder, description="answer", continuous_update=False)
        field.style.description_width = "initial"
        field.observe(self._typed, names="value")  # with Enter, or on leaving the field
        return field

    @property
    def _wants_number(self) -> bool:
        return self.choices is None and isinstance(self.answer, Real) and not isinstance(self.answer, bool)

    def _same(self, given: str, other) -> bool:
        """Return whether what the learner gave means ``other``."""
        if self._wants_number:
            return means(given, other)
        return given.casefold() == str(other).strip().casefold()

    def _check_arguments(self) -> None:
        if self.choices is not None and str(self.answer) not in self.choices:
            raise ValueError(f"answer ({self.answer!r}) must be one of the choices ({', '.join(self.choices)})")
        for wrong in self.mistakes:
            if self._wants_number and not isinstance(wrong, Real):
                raise ValueError(f"mistakes ({wrong!r}) must be numbers, as the answer ({self.answer!r}) is")
            if self._same(str(wrong), self.answer):
                raise ValueError(f"mistakes ({wrong!r}) must not hold the right answer ({self.answer!r})")
            if self.choices is not None and str(wrong) not in self.choices:
                raise ValueError(f"mistakes ({wrong!r}) must be among the choices ({', '.join(self.choices)})")


GROUPS = " \u00a0\u2009\u202f’'"  # what stands between thousands, besides a comma or a point


def read_number(text: str) -> float | None:
    """Return the finite number that a learner typed, a fraction or a percentage too, or None.

    Examples
    --------
    >>> read_number(" 99.0 "), read_number("−2"), read_number("0,5"), read_number("3/4"), read_number("ninety")
    (99.0, -2.0, 0.5, 0.75, None)
    >>> read_number("120,000"), read_number("120 000"), read_number("0,125"), read_number("25 %")
    (120000.0, 120000.0, 0.125, 0.25)
    """
    text, share = (text.strip().removesuffix("%"), 100) if text.strip().endswith("%") else (text, 1)
    text = ungrouped(text, "," + GROUPS) or text
    numerator, slash, denominator = text.translate({ord("−"): "-", ord(","): ".", ord("_"): "?"}).partition("/")
    try:
        number = float(numerator) / (float(denominator) if slash else 1.0) / share
    except (ValueError, ZeroDivisionError):
        return None
    return number if math.isfinite(number) else None


def ungrouped(text: str, separators: str) -> str:
    """Return a whole number without what stands between its thousands; nothing where the text is no such number.

    Examples
    --------
    >>> ungrouped("120,000", ","), ungrouped("0,125", ","), ungrouped("12,5", ",")
    ('120000', '', '')
    """
    plain = text.strip().replace("−", "-")
    grouped = re.fullmatch(rf"-?[1-9]\d{{0,2}}([{re.escape(separators)}]\d{{3}})+", plain)
    return re.sub(rf"[{re.escape(separators)}]", "", plain) if grouped else ""


def means(text: str, number: float) -> bool:
    """Return whether a text means a number: in full, rounded to no less than two decimals, or as 120.000.

    Examples
    --------
    >>> means("-3/16", -0.1875), means("−0.19", -0.1875), means("-0.2", -0.1875), means("120.000", 120000)
    (True, True, False, True)
    """
    given = read_number(text)
    if given is None:
        return False
    grouped = ungrouped(text, ".")
    if math.isclose(given, number, rel_tol=1e-9) or (grouped and float(grouped) == number):
        return True
    decimals = re.fullmatch(r"\s*[-−+]?\d*[.,](\d{2,})\s*", text)
    return bool(decimals) and abs(given - number) <= 0.5 * 10 ** -len(decimals[1]) * (1 + 1e-9)


def size_question(size, kernel, *, stride=1, padding=0, dilation=1) -> str:
    """Return the question for an output size in words.

    Examples
    --------
    >>> size_question(200, 5, stride=2, padding=1)
    'A 5×5 kernel, stride 2, padding 1, moves over 200×200 cells. How many cells has one side of the output?'
    """
    if isinstance(padding, tuple | list):
        padding = f"{padding[0]} before and {padding[1]} after"
    dilated = f", dilation {dilation}" if dilation > 1 else ""
    kernel = f"A {kernel}×{kernel} kernel, stride {stride}, padding {padding}{dilated},"
    return f"{kernel} moves over {size}×{size} cells. How many cells has one side of the output?"


def size_mistakes(size, kernel, *, stride=1, padding=0, dilation=1) -> dict[int, str]:
    """Return what usually goes wrong, by the output size it leads to; the right size is never among them.

    Examples
    --------
    >>> size_mistakes(200, 5, stride=2, padding=1)[98]
    'This forgets the + 1 or forgets the padding.'
    """
    right = {"size": size, "kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation}
    answer = output_size(**right)
    found = {answer - 1: ["forgets the + 1"]}
    total = (0, padding) if isinstance(padding, int) else padding  # a pair says already what each side gets
    changes = {
        "rounds up instead of down": {"ceil_mode": True},
        "takes P as the padding of both sides together": {"padding": total},
        "forgets the padding": {"padding": 0},
        "forgets the stride": {"stride": 1},
        "forgets the dilation": {"dilation": 1},
        "forgets to take the kernel away": {"size": size + 1, "kernel": 1},  # the formula without its F
    }
    for name, change in changes.items():
        wrong = {**right, **change}
        if fits(**wrong):
            found.setdefault(output_size(**wrong), []).append(name)
    return {wrong: f"This {' or '.join(names)}." for wrong, names in found.items() if wrong != answer}


def escape_markdown(text: str) -> str:
    r"""Return text that Markdown shows as it stands.

    Examples
    --------
    >>> print(escape_markdown("x*y < 2"))
    x\*y \< 2
    """
    return re.sub(r"([\\`*_\[\]<>|$~#&+-])", r"\\\1", text)
