"""ChannelsExplorer: several input channels and several filters in one convolution."""

from __future__ import annotations

import numpy as np

from cnnlab.checks import check_int
from cnnlab.scenes import channels_scene
from cnnlab.widgets.convolution import ConvolutionExplorer
from cnnlab.widgets.explorer import check_square

MOST = 4  # channels and filters


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

    def __init__(self, x=None, w=None, b=None, *, channels=3, filters=2, stride=2, padding=1, **options):
        channels, filters = check_int("channels", channels, 1), check_int("filters", filters, 1)
        if options.get("groups", 1) != 1:
            raise ValueError(f"groups ({options['groups']}) must be 1: the partial maps are those of all channels")
        x = check_square("x", default_numbers((channels, 5, 5), 4) if x is None else x, "NCHW")
        w = check_square("w", default_numbers((filters, x.shape[1], 3, 3), 2) if w is None else w, "FCHW")
        b = np.arange(len(w)) - 1.0 if b is None else b
        super().__init__(x, w, b, stride=stride, padding=padding, **options)

    def count_planes(self) -> dict[str, int]:  # noqa: D102 (inherited)
        filters, channels = self.arrays["w"].shape[:2]
        room = {"x": (1, MOST), "w": (MOST, MOST), "b": (MOST,), "dy": (1, MOST)}
        self.arrays = {name: repeat_to(array, room[name]) for name, array in self.arrays.items()}
        return {"channels": channels, "filters": filters}

    @property
    def x(self) -> np.ndarray:
        """The input, (1, C, R, R)."""
        return super().x[:, : self.settings["channels"]]

    @property
    def w(self) -> np.ndarray:
        """The kernels, (filters, C, F, F)."""
        return super().w[: self.settings["filters"], : self.settings["channels"]]

    @property
    def b(self) -> np.ndarray:
        """The bias, (filters,)."""
        return self.arrays["b"][: self.settings["filters"]].copy()

    @property
    def dy(self) -> np.ndarray:
        """The upstream gradient, of the shape of y."""
        return super().dy[:, : self.settings["filters"]]

    @property
    def parameters(self) -> dict[str, int]:
        """How many numbers are learned: shared as here; with a kernel for each place; with every input wired."""
        places, inputs = self.y.size, self.x.size
        window = self.w[0].size
        return {
            "shared": self.w.size + self.b.size,
            "locally connected": places * (window + 1),
            "fully connected": places * (inputs + 1),
        }

    def make_scenes(self) -> list[dict]:  # noqa: D102 (inherited)
        (scene,) = super().make_scenes()
        geometry = {name: value for name, value in self._geometry().items() if name != "groups"}
        return [channels_scene(scene, self.x, self.w, **geometry)]

    def beside(self) -> str:  # noqa: D102 (inherited)
        rows = "".join(f"<tr><td>{name}</td><td>{count:,}</td></tr>" for name, count in self.parameters.items())
        return f'{super().beside()}<table class="cnnlab-counts"><tr><th>numbers to learn</th></tr>{rows}</table>'

    def describe(self) -> str:  # noqa: D102 (inherited)
        channels = self.settings["channels"]
        return super().describe().replace(": ", f": {channels} channel{'s' if channels > 1 else ''}, ", 1)


def default_numbers(shape: tuple[int, ...], most: int) -> np.ndarray:
    """Return small integers, the same each time."""
    low = 0 if most > 2 else -most
    return np.random.default_rng(7).integers(low, most + 1, shape).astype(np.float64)


def repeat_to(array: np.ndarray, counts: tuple[int, ...]) -> np.ndarray:
    """Return the array with its first axes lengthened to ``counts``: each new plane is an earlier one, shifted."""
    for axis, count in enumerate(counts):
        if array.shape[axis] > count:
            raise ValueError(f"channels and filters ({array.shape[axis]}) must be at most {count} in an explorer")
        missing = range(count - array.shape[axis])
        more = [np.roll(array.take([k % array.shape[axis]], axis=axis), k + 1) for k in missing]
        array = np.concatenate([array, *more], axis=axis)
    return array
