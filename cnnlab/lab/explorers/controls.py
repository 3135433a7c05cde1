"""The settings of an explorer: traits, each of which says what its control looks like."""

from __future__ import annotations

from collections.abc import Collection
from numbers import Real
from typing import Any, NotRequired, TypedDict

import traitlets

from cnnlab._validate import check_flag, check_int, shown


class Control(TypedDict):
    """One control as the front end draws it.

    ``kind`` is slider, select, switch, tabs, radio, text, button or pad; ``place`` is "head" (beside the formula),
    "bar" or "foot" (above or below the panels of a stage), or a word of the explorer's own; ``options`` are
    [value, label].
    """

    name: str
    kind: str
    label: str
    place: str
    letter: NotRequired[str]
    value: NotRequired[Any]
    low: NotRequired[int]
    high: NotRequired[int]
    options: NotRequired[list[list]]
    text: NotRequired[str]  # what a slider says in place of its number, and what a text field is to hold
    disabled: NotRequired[bool]
    missing: NotRequired[list]  # options that a page without a kernel does not have
    title: NotRequired[str]


class Setting(traitlets.TraitType):
    """A setting of an explorer. ``explorer.stride = 3`` is checked with all others, and draws anew.

    Parameters
    ----------
    default
        Its value where the explorer's constructor gives none.
    label, letter : str
        What stands beside the control.
    place : str
        Where it stands: see :class:`Control`.
    title : str
        What is told of it where the pointer rests on it.
    """

    kind = ""

    def __init__(self, default, label: str, *, letter: str = "", place: str = "head", title: str = ""):
        super().__init__(default)
        self.label, self.letter, self.place, self.title = label, letter, place, title

    def _cross_validate(self, explorer, value):
        explorer.check_change(self.name, value)
        return value

    def control(self, explorer, value) -> Control:
        """Return its control, with what it can be set to now."""
        control = {"name": self.name, "kind": self.kind, "label": self.label, "place": self.place, "value": value}
        control |= {"letter": self.letter} if self.letter else {}
        return control | ({"title": self.title} if self.title else {})

    def read(self, explorer, value):
        """Return what a front end sent as a value; raise TypeError or ValueError where it is none."""
        return self.validate(explorer, value)


class Slider(Setting):
    """A whole number from a least to a most; ``explorer.ranges`` may say others, and a first value beyond them does."""

    kind = "slider"

    def __init__(self, default: int, label: str, low: int, high: int, **options):
        super().__init__(default, label, **options)
        self._range = low, high

    def range(self, explorer) -> tuple[int, int]:
        """Return the least and the most, whatever the other settings are."""
        return explorer.ranges.get(self.name, self._range)

    def validate(self, explorer, value):
        low, high = self.range(explorer)
        if explorer._made:
            return check_between(self.name, value, low, high)
        value = check_int(self.name, value, low)
        explorer.ranges[self.name] = low, max(high, value)
        return value

    def control(self, explorer, value):
        low, high = explorer.bounds(self.name)
        return {**super().control(explorer, value), "low": low, "high": high}


class Choice(Setting):
    """One of a few words or numbers: ``options`` are {value: label}, or values that are their own labels.

    ``explorer.options`` may say others.
    """

    def __init__(self, options: Collection, label: str, *, kind: str = "select", **more):
        super().__init__(next(iter(options), ""), label, **more)
        self.kind, self._options = kind, options

    def options(self, explorer) -> dict:
        """Return what can be chosen now."""
        options = explorer.options.get(self.name, self._options)
        return options if isinstance(options, dict) else {option: str(option) for option in options}

    def validate(self, explorer, value):
        options = list(self.options(explorer))
        if isinstance(value, bool) or not isinstance(value, str | Real) or value not in options:
            raise ValueError(f"{self.name} ({shown(value)}) must be one of {', '.join(map(str, options))}")
        return options[options.index(value)]

    def control(self, explorer, value):
        options = [[option, label] for option, label in self.options(explorer).items()]
        return {**super().control(explorer, value), "options": options}


class Switch(Setting):
    """Something that is on or off."""

    kind = "switch"

    def validate(self, explorer, value):
        return check_flag(self.name, value)


def button(name: str, label: str, *, place: str = "head", disabled: bool = False, title: str = "") -> Control:
    """Return a button; the explorer is told by :meth:`Explorer.press`."""
    control = {"name": name, "kind": "button", "label": label, "place": place, "disabled": disabled}
    return control | ({"title": title} if title else {})


def check_between(name: str, value, low: int, high: int) -> int:
    """Return ``value`` as an int from ``low`` to ``high``."""
    value = check_int(name, value, low)
    if value > high:
        raise ValueError(f"{name} ({value}) must be at most {high}")
    return value


def furthest(fits, legal: int, end: int) -> int:
    """Return the value nearest to ``end`` that fits, where all do from ``legal`` on up to one, and none beyond it.

    Examples
    --------
    >>> furthest(lambda value: value <= 70, 5, 100), furthest(lambda value: value >= 3, 5, 0)
    (70, 3)
    """
    if fits(end):
        return end
    while abs(end - legal) > 1:
        middle = (legal + end) // 2
        legal, end = (middle, end) if fits(middle) else (legal, middle)
    return legal
