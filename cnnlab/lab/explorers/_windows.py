"""Shared parts of the explorers of windows: sliders for R, F, P and S beside the formula, and arrays that fit them."""

from collections.abc import Callable
from functools import lru_cache
from inspect import signature

import numpy as np

from cnnlab._validate import check_array, check_flag, shown
from cnnlab.formula import explain_axis
from cnnlab.geometry import check_axis, trace_axes
from cnnlab.lab.explorers._events import LARGEST
from cnnlab.lab.explorers._explorer import Explorer, line
from cnnlab.lab.explorers._settings import Slider
from cnnlab.lab.scenes import own_scene

SIZES, KERNELS, PADDINGS, STRIDES = (1, 12), (1, 7), (0, 4), (1, 4)  # the ranges of the sliders
# Cached only for checked lengths, such as those of sliders: a cache would confuse True and 1.0 with 1.
axis_of, axes_through, explained = map(lru_cache(4096), (check_axis, trace_axes, explain_axis))


def sliders(padding=0):
    """Return the sliders of F, P and S, with this initial P."""
    return (
        Slider(3, "kernel", *KERNELS, letter="F"),
        Slider(padding, "padding", *PADDINGS, letter="P"),
        Slider(1, "stride", *STRIDES, letter="S"),
    )


class FormulaExplorer(Explorer):
    """An explorer with its controls beside the output-size formula.

    A subclass has ``axis(s)``: the checked axis, for both rows and columns, for the settings ``s``.
    """

    def explain(self):
        """Return the output size with its derivation."""
        return explained(self.axis(self))

    def check(self, s):
        check_drawn(self.axis(s))

    @property
    def _is_plain(self):
        """Whether no letter of the formula has a control, so that the formula is not shown."""
        return {"size", "kernel", "padding", "stride"} <= self.absent

    def formula_lines(self, scenes):
        return [] if self._is_plain else lines_of(self.explain())

    def note_line(self):
        return None if self._is_plain else leftover_line(self.explain())

    def title(self, scenes):
        return "" if self._is_plain else chain_of(self.explain())

    def say(self, what, window, result="y"):
        """Return one line: what the window moves over, the window, and the size of the result."""
        axis = self.axis(self)
        moved = f"{what} {axis.size}×{axis.size}, {window}, padding {axis.before}, stride {axis.stride}"
        return f"{type(self).__name__}: {moved} → {result} {axis.out}×{axis.out}"


class WindowExplorer(FormulaExplorer):
    """An explorer of one windowed operation over square planes.

    A subclass has ``scene()``, computed by this library, and ``ways()``: the functions ``own``, in the form that a
    scene takes.
    """

    size = Slider(5, "input", *SIZES, letter="R")
    kernel, padding, stride = sliders()
    own: tuple[Callable | None, ...] = ()  # the user's forward and backward, in place of ours
    channels: int | None = None  # how many are shown: all
    filters: int | None = None
    _trouble = ""

    def __init__(self, arrays, planes, *, dy=None, gradients=False, forward=None, backward=None, **options):
        for name, function in {"forward": forward, "backward": backward}.items():
            if function is not None and not callable(function):
                raise TypeError(f"{name} ({shown(function)}) must be a function")
        if forward or backward:
            self.own = forward, backward
        self.gradients = backward is not None or (check_flag("gradients", gradients) and forward is None)
        super().__init__({**arrays, "dy": check_gradient(dy, planes)}, **options)
        if forward:  # a setting that it does not take as an argument has no control
            optional = {"padding", "stride", "ceil_mode", "count_include_pad"}
            self.absent |= optional.difference(signature(forward).parameters)
        self.check(self)  # before the arrays are repeated to the largest sizes that the sliders can reach
        size = self.most("size")
        room = {"x": size, "w": self.most("kernel"), "dy": size + 2 * self.most("padding")}
        self.arrays |= {name: grow(array, room[name]) for name, array in self.arrays.items() if name != "b"}

    def scenes(self):
        if not self.own:
            return [self.scene()]
        try:
            given = {name: getattr(self, name) for name in self.arrays}
            return [own_scene(self.scene(), given, [each for each in self.ways() if each.function])]
        except Exception as error:  # the user's function may raise anything
            self._trouble = f"{type(error).__name__}: {error}"
            return []

    def formula_lines(self, scenes):
        return super().formula_lines(scenes) + ([] if scenes else [line(("wrong", self._trouble))])

    @property
    def x(self):
        """The input, (1, C, R, R)."""
        return cut(self.arrays["x"], self.size)[:, : self.channels]

    @property
    def dy(self):
        """The upstream gradient, of the shape of y."""
        return cut(self.arrays["dy"], self.axis(self).out)[:, : self.filters]


def lines_of(because):
    """Return the formula with the numbers put in, and below it the formula in letters."""
    letters, numbers, *_, result = because.spans
    return [line(("formula", "out = "), *numbers, " = ", *result), line(("soft", "= "), *letters)]


def chain_of(because):
    """Return the formula in letters, with its numbers, and its value, as text."""
    letters, numbers, *_, result = because.spans
    return "out = " + " = ".join("".join(text for _, text in step) for step in (letters, numbers, result))


def leftover_line(because):
    """Return the leftover cells in words; empty if there are none."""
    return line(("soft", because.leftover_text)) if because.leftover else []


def check_drawn(*axes, longest=1024):
    """Raise ValueError if a padded side is longer than ``longest``."""
    for axis in axes:
        if axis.padded > longest:
            why = f"to draw ({axis.size} + 2*{axis.before} = {axis.padded:,})"
            raise ValueError(f"padding ({axis.before}) must leave at most {longest:,} cells a side {why}")


def check_square(name, value, axes):
    """Return planes as a float64 array with the dimensions ``axes``; missing leading dimensions are 1."""
    array = check_drawable(name, value)
    if not 2 <= array.ndim <= len(axes):
        counts = " to ".join(map(str, sorted({2, len(axes)})))
        raise ValueError(f"{name} (shape {array.shape}) must have {counts} dimensions ({', '.join(axes)})")
    if array.shape[-1] != array.shape[-2]:
        raise ValueError(f"{name} (shape {array.shape}) must be square: its side is one letter of the formula")
    array = array[(None,) * (len(axes) - array.ndim)]
    if axes[0] == "N" and len(array) > 1:
        raise ValueError(f"{name} (shape {array.shape}) must hold one image, not {len(array)}")
    return array


def check_drawable(name, value, least_dimensions=0):
    """Return a float64 copy; raise if a number cannot be drawn or typed."""
    array = np.array(check_array(name, value), dtype=np.float64, order="C", ndmin=least_dimensions)
    odd = array[~(np.abs(array) <= LARGEST)]
    if odd.size:
        raise ValueError(f"{name} ({odd[0]} in it) must hold finite numbers of at most {LARGEST:g}: they are drawn")
    return array


def grow(array, side):
    """Return square planes repeated to ``side`` cells a side, so that a larger R or F has numbers to show."""
    cells = np.arange(max(side, array.shape[-1])) % array.shape[-1]
    return array[..., cells[:, None], cells]


def cut(array, side):
    """Return a copy of the first ``side`` rows and columns of every plane."""
    return array[..., :side, :side].copy()


def check_gradient(dy, planes):
    """Return ∂L/∂y as an array, by default of small, irregular integers: equal ones would hide a missing turn of w."""
    if dy is None:
        return np.random.default_rng(3).integers(-2, 3, (1, planes, 8, 8)).astype(np.float64)
    return check_square("dy", dy, "NCHW")
