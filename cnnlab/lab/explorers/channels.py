"""ChannelsExplorer: several input channels and several filters in one convolution."""

from __future__ import annotations

import numpy as np

from cnnlab.lab.explorers._explorer import line, present
from cnnlab.lab.explorers._settings import Slider, check_between
from cnnlab.lab.explorers._windows import check_square
from cnnlab.lab.explorers.convolution import ConvolutionExplorer
from cnnlab.lab.scenes import channels_scene

_MOST = 4  # channels and filters


class ChannelsExplorer(ConvolutionExplorer):
    """Channels add up, filters stand side by side: one partial map a channel, their sum, the bias, one output a filter.

    Parameters
    ----------
    x : array (C, R, R), optional
        The input, at most 4 channels; small integers by default.
    w : array (filters, C, F, F), optional
        The kernels, at most 4 filters; small integers by default.
    b : array (filters,), optional
        The bias; small integers by default.
    channels, filters : int
        First values of their sliders, where x and w are not given.
    kernel, stride, padding, dy, gradients
        As :class:`ConvolutionExplorer`.

    Attributes
    ----------
    channels, filters : int
        C and K; the others are those of :class:`ConvolutionExplorer`.

    Raises
    ------
    TypeError, ValueError
        As :class:`ConvolutionExplorer`; or where there are more than 4 channels or filters, or x and w disagree.

    Examples
    --------
    >>> explorer = ChannelsExplorer()
    >>> explorer
    ChannelsExplorer: 3 channels, x 5×5, 2 filters, kernel 3, padding 1, stride 2 → y 3×3
    >>> explorer.parameters
    {'shared': 56, 'locally connected': 504, 'fully connected': 1368}
    """

    _scene_of = staticmethod(channels_scene)
    channels = Slider(1, "channels", 1, _MOST, letter="C")
    filters = Slider(1, "filters", 1, _MOST, letter="K")

    def __init__(self, x=None, w=None, b=None, *, channels=3, filters=2, stride=2, padding=1, **options):
        channels, filters = check_between("channels", channels, 1, _MOST), check_between("filters", filters, 1, _MOST)
        x = check_square("x", _default_numbers((channels, 5, 5), 4) if x is None else x, "NCHW")
        w = check_square("w", _default_numbers((filters, x.shape[1], 3, 3), 2) if w is None else w, "FCHW")
        check_between("the channels of x", x.shape[1], 1, _MOST)
        check_between("the filters of w", len(w), 1, _MOST)
        b = np.arange(len(w)) - 1.0 if b is None else b
        super().__init__(x, w, b, stride=stride, padding=padding, **options)
        if self.fixed.pop("groups") != 1:
            raise ValueError(f"groups ({options['groups']}) must be 1: the partial maps are those of all channels")
        room = {"x": (1, _MOST), "w": (_MOST, _MOST), "b": (_MOST,), "dy": (1, _MOST)}
        self.arrays = {name: _repeat_to(array, room[name]) for name, array in self.arrays.items()}
        self.filters, self.channels = w.shape[:2]

    def x_of(self, s):
        return super().x_of(s)[:, : s.channels]

    def w_of(self, s):
        return super().w_of(s)[: s.filters, : s.channels]

    def b_of(self, s):
        return super().b_of(s)[: s.filters]

    def dy_of(self, s):
        return super().dy_of(s)[:, : s.filters]

    def parameters_of(self, s) -> dict[str, int]:
        """Return how many numbers are learned: shared as here; with a kernel for each place; with every input wired."""
        w, inputs = self.w_of(s), self.x_of(s).size
        places = len(w) * self.axis(s).out ** 2
        return {
            "shared": w.size + len(w),
            "locally connected": places * (w[0].size + 1),
            "fully connected": places * (inputs + 1),
        }

    parameters = present(parameters_of)

    def formula_lines(self, s, scenes):
        shared, *others = (f"{name} {count:,}" for name, count in self.parameters_of(s).items())
        told = line(("soft", "to learn: "), ("bold", shared), ("soft", f", {', '.join(others)}"))
        return [*super().formula_lines(s, scenes), told]

    def say(self, what, window, result="y"):
        return super().say(f"{self.channels} channel{'s' * (self.channels > 1)}, {what}", window, result)


def _default_numbers(shape: tuple[int, ...], most: int) -> np.ndarray:
    """Return small integers, the same each time."""
    low = 0 if most > 2 else -most
    return np.random.default_rng(7).integers(low, most + 1, shape).astype(np.float64)


def _repeat_to(array: np.ndarray, counts: tuple[int, ...]) -> np.ndarray:
    """Return the array with its first axes lengthened to ``counts``: each new plane is an earlier one, shifted."""
    for axis, count in enumerate(counts):
        missing = range(count - array.shape[axis])
        more = [np.roll(array.take([k % array.shape[axis]], axis=axis), k + 1) for k in missing]
        array = np.concatenate([array, *more], axis=axis)
    return array
