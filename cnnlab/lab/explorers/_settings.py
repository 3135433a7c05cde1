"""The settings of an explorer: traits that describe their controls."""

from numbers import Real
from typing import Any, Required, TypedDict

import traitlets

from cnnlab._validate import LARGEST, check_flag, check_int, check_number, shown
from cnnlab.lab.numbers import format_value


class Control(TypedDict, total=False):
    """One control as the front end draws it.

    ``kind`` is slider, select, switch, tabs, radio, text, button, file or pad; ``place`` is "head" (beside the
    formula), "bar" or "foot" (above or below the panels of the first stage), "signs" or "lens" (in the picture of a
    chain or of a network), or a place of the explorer's own; ``options`` are [value, label].
    """

    name: Required[str]
    kind: Required[str]
    label: Required[str]
    place: str
    letter: str
    value: Any
    low: int
    high: int
    options: list[list]
    pictures: list[str]  # of the options, if they are chosen by thumbnails
    text: str  # what a slider shows instead of its number; the kind of text in a text field
    disabled: bool
    missing: list  # options that a page without a kernel lacks
    lacks: str  # the message of such a page for a slider value that it lacks
    title: str


class Setting(traitlets.TraitType):
    """A setting of an explorer. ``explorer.stride = 3`` is checked against all others, and redraws.

    Parameters
    ----------
    default
        Its initial value, unless the explorer's constructor gives one.
    label : str
        The label beside the control.
    limits
        Its possible values; the explorer's own ``limits`` take precedence.
    **look
        Other fields of its :class:`Control`: the letter, the place, the tooltip.
    """

    kind = ""

    def __init__(self, default, label, limits=None, **look):
        super().__init__(default)
        self._limits = limits
        self.look = {"kind": self.kind, "label": label, "place": "head", **look}

    def _cross_validate(self, explorer, value):
        if explorer._made:
            explorer.check(explorer.now(**{self.name: value}))
        return value

    def _validate(self, explorer, value):
        """Return a valid value; an invalid one is reported to the explorer."""
        try:
            return super()._validate(explorer, value)
        except (TypeError, ValueError) as error:
            explorer.refused(self.name, error)
            raise

    def limits(self, explorer):
        """Return its possible values, regardless of the other settings."""
        return explorer.limits.get(self.name, self._limits)

    def control(self, explorer):
        """Return its control, with the values it can be set to, given the other settings."""
        return {**self.look, "name": self.name, "value": getattr(explorer, self.name)}

    def read(self, explorer, value):
        """Return what a front end sent as a value, not yet validated; raise TypeError or ValueError if it is none."""
        return value


class Slider(Setting):
    """An integer between two limits; an initial value above the upper limit raises the limit."""

    kind = "slider"

    def __init__(self, default, label, low, high, **look):
        super().__init__(default, label, (low, high), **look)

    def validate(self, explorer, value):
        low, high = self.limits(explorer)
        if explorer._made:
            return check_between(self.name, value, low, high)
        value = check_int(self.name, value, low)
        explorer.limits[self.name] = low, max(high, value)
        return value

    def control(self, explorer):
        control = super().control(explorer)
        low, high = explorer.bounds(self.name, control["value"], self.limits(explorer))
        return {**control, "low": low, "high": high}


class Measure(Slider):
    """A number between two limits; its slider moves in steps, and the front end sends the number of steps."""

    def __init__(self, default, label, low, high, step=0.1, **look):
        super().__init__(default, label, low, high, **look)
        self.step = step

    def validate(self, explorer, value):
        (low, high), value = self.limits(explorer), check_number(self.name, value)
        if not low <= value <= high:
            raise ValueError(f"{self.name} ({value:g}) must be from {low:g} to {high:g}")
        return value

    def read(self, explorer, value):
        return round(check_int(self.name, value, -LARGEST) * self.step, 10)

    def control(self, explorer):
        control, (low, high) = Setting.control(self, explorer), self.limits(explorer)
        ends = {"low": low, "high": high, "value": control["value"]}
        steps = {name: round(number / self.step) for name, number in ends.items()}
        return {**control, **steps, "text": format_value(control["value"])}


class Choice(Setting):
    """One of a few words or numbers: ``options`` are {value: label}, or values that are their own labels."""

    def __init__(self, options, label, *, kind="select", **look):
        super().__init__(next(iter(options), ""), label, options, kind=kind, **look)

    def validate(self, explorer, value):
        options = list(self.limits(explorer))
        if isinstance(value, bool) or not isinstance(value, str | Real) or value not in options:
            raise ValueError(f"{self.name} ({shown(value)}) must be one of {', '.join(map(str, options))}")
        return options[options.index(value)]

    def control(self, explorer):
        options = self.limits(explorer)
        labels = options if isinstance(options, dict) else {option: str(option) for option in options}
        return {**super().control(explorer), "options": list(map(list, labels.items()))}


class Switch(Setting):
    """A setting that is on or off."""

    kind = "switch"

    def validate(self, explorer, value):
        return check_flag(self.name, value)


def button(name, label, **look):
    """Return a button; pressing it calls :meth:`Explorer.press`."""
    return {"name": name, "kind": "button", "label": label, "disabled": False, **look}


def check_between(name, value, low, high):
    """Return ``value`` as an int from ``low`` to ``high``."""
    value = check_int(name, value, low)
    if value > high:
        raise ValueError(f"{name} ({value}) must be at most {high}")
    return value
