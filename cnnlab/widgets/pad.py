"""DigitPad: draw a digit, and see what a network makes of it."""

from __future__ import annotations

from base64 import b64encode

import anywidget
import numpy as np
import traitlets
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from cnnlab import figures
from cnnlab.checks import check_array, check_has, check_int, check_shape
from cnnlab.data import normalise_bitmap, reduce_bitmap
from cnnlab.losses import softmax_cross_entropy
from cnnlab.widgets.block import Block
from cnnlab.widgets.stage import FRONT, join_modules

SMALLEST = 8  # cells a side that a digit can be drawn on
PICTURE, GAP, CAPTION = 8.0, 1.6, 1.0  # of the static picture: side of a plane, room between two, room above, in cells
LABEL, BAR, NUMBER = 0.7, 4.0, 3.0  # of its bars: room for the digit, length of a whole bar, room for the number


class Pad(anywidget.AnyWidget):
    """Shows the bitmap that is drawn on, and the answer to it.

    ``bitmap`` holds a byte a cell, 1 or 0, row by row. ``normal`` (32 x 32 bytes) and ``reduced`` (8 x 8 bytes, 0 to
    16) are what becomes of it, ``probabilities`` float32; all three are empty while ``answer`` is None. ``answered`` is
    counted up after each answer.
    """

    _esm = join_modules("dom.js", "bitmap.js", "pad.js")
    _css = "\n".join((FRONT / name).read_text(encoding="utf-8") for name in ("stage.css", "pad.css"))

    size = traitlets.Int(32).tag(sync=True)
    bitmap = traitlets.Bytes().tag(sync=True, from_json=lambda value, _widget: bytes(value))
    normal = traitlets.Bytes().tag(sync=True)
    reduced = traitlets.Bytes().tag(sync=True)
    probabilities = traitlets.Bytes().tag(sync=True)
    answer = traitlets.Int(None, allow_none=True).tag(sync=True)
    answered = traitlets.Int(0).tag(sync=True)


class DigitPad(Block):
    """Draw a digit with mouse, touch or keyboard; a network answers at each stroke.

    The drawing is reduced to 8x8 as the digits of the data set were: :func:`cnnlab.data.reduce_bitmap` says how.

    Parameters
    ----------
    model : Sequential
        A network from images (N, 1, 8, 8) to scores (N, K), one score a class.
    size : int
        Side of the bitmap, in cells.
    explorer : NetworkExplorer, optional
        Shows the network's maps of the drawing, by its method ``show(image)``.

    Attributes
    ----------
    model
        As given; it may go on learning, :meth:`refresh` asks it again.

    Raises
    ------
    TypeError, ValueError
        If the model does not take such images, or the size is too small.

    Examples
    --------
    >>> from cnnlab import trained_network
    >>> pad = DigitPad(trained_network())
    >>> pad
    DigitPad: draw a digit
    >>> rows, columns = np.ogrid[:32, :32]
    >>> distance = np.hypot((rows - 16) / 13, (columns - 16) / 9)
    >>> pad.bitmap = (distance < 1) & (distance > 0.7)  # as if a nought had been drawn
    >>> pad.answer, pad.image.shape
    (0, (1, 1, 8, 8))
    """

    def __init__(self, model, *, size=32, explorer=None):
        size = check_int("size", size, SMALLEST)
        if explorer is not None and not callable(getattr(explorer, "show", None)):
            raise TypeError(f"explorer ({type(explorer).__name__}) must have a method show(image)")
        check_has("model", model, "copied", "params")
        self.model, self.explorer = model, explorer
        check_array("the model's scores", self._scores(np.zeros((1, 1, 8, 8))), "NK")
        self.pad = Pad(size=size, bitmap=bytes(size * size))
        self.pad.observe(self._drawn, names="bitmap")
        super().__init__([self.pad])
        self.add_class("cnnlab-explorer")

    # --- what was drawn, and what the network makes of it ---

    @property
    def bitmap(self) -> np.ndarray:
        """The cells that are on, bool array (size, size); to be set as well."""
        return np.frombuffer(self.pad.bitmap, np.uint8).reshape(self.pad.size, self.pad.size) != 0

    @bitmap.setter
    def bitmap(self, bitmap) -> None:
        bitmap, size = np.asarray(bitmap), self.pad.size
        check_shape("bitmap", bitmap, (size, size), "the pad's size")
        self.pad.bitmap = (bitmap != 0).astype(np.uint8).tobytes()

    @property
    def image(self) -> np.ndarray:
        """The drawing as the network reads it, float64 array (1, 1, 8, 8); all 0 if nothing is drawn."""
        return reduce_bitmap(self.bitmap)

    @property
    def probabilities(self) -> np.ndarray | None:
        """The probability of each class (K,); None if nothing is drawn."""
        return None if self.answer is None else np.frombuffer(self.pad.probabilities, "<f4").astype(np.float64)

    @property
    def answer(self) -> int | None:
        """The most probable class; None if nothing is drawn."""
        return self.pad.answer

    def clear(self) -> None:
        """Take the drawing away."""
        self.pad.bitmap = bytes(self.pad.size**2)

    def refresh(self) -> None:
        """Ask the network again, which may have learnt since."""
        image, empty = self.image, not self.bitmap.any()
        normal, reduced, probabilities, answer = (b"", b"", b"", None) if empty else self._judged(image)
        with self.pad.hold_sync():
            self.pad.normal, self.pad.reduced, self.pad.probabilities = normal, reduced, probabilities
            self.pad.answer = answer
            self.pad.answered += 1
        if self.explorer is not None and not empty:
            self.explorer.show(image)

    def describe(self) -> str:  # noqa: D102 (inherited)
        if self.answer is None:
            return "DigitPad: draw a digit"
        return f"DigitPad: answer {self.answer} ({_percent(self.probabilities[self.answer])})"

    def still(self) -> dict[str, str]:  # noqa: D102 (inherited)
        picture = draw_pad(self.bitmap, self.image, self.probabilities, figures.new_axes())
        return {"image/png": b64encode(figures.to_png(picture)).decode()}

    def _drawn(self, _change) -> None:
        self.refresh()

    def _judged(self, image: np.ndarray) -> tuple[bytes, bytes, bytes, int]:
        """Return the traits that answer a drawing."""
        _, probabilities = softmax_cross_entropy(self._scores(image), np.array([0]))  # any class: the loss is not read
        normal, reduced = normalise_bitmap(self.bitmap), np.rint(image * 16)
        bits = (array.astype(np.uint8).tobytes() for array in (normal, reduced))
        return *bits, probabilities.astype("<f4").tobytes(), int(probabilities.argmax())

    def _scores(self, image: np.ndarray) -> np.ndarray:
        """Return what the network says, through copies of its layers: what their backward needs stays as it is."""
        image = image.astype(np.result_type(np.float32, *self.model.params.values()))
        return self.model.copied().forward(image)


def draw_pad(bitmap, image, probabilities, ax: Axes) -> Axes:
    """Draw a bitmap, the image (1, 1, 8, 8) made of it, and a bar for each of the probabilities; returns the Axes.

    Parameters
    ----------
    bitmap, image, probabilities
        As those of :class:`DigitPad`.
    ax : Axes
        Where to draw; its limits are set, its frame is taken away.

    Examples
    --------
    >>> ax = draw_pad(np.eye(32), np.zeros((1, 1, 8, 8)), [0.25, 0.75], figures.new_axes())
    >>> [text.get_text() for text in ax.texts][-4:]
    ['0', '25 %', '1', '75 %']
    """
    second, third = PICTURE + GAP, 2 * (PICTURE + GAP)
    figures.draw_plane(bitmap, ax, at=(0, CAPTION), side=PICTURE, limit=1, palette="Greys")
    ax.add_patch(Rectangle((0, CAPTION), PICTURE, PICTURE, fill=False, edgecolor=figures.SOFT))
    figures.draw_plane(np.rint(16 * image[0, 0]), ax, at=(second, CAPTION), side=PICTURE, limit=16)
    small = {"color": figures.SOFT, "va": "center", "fontsize": 8}
    captions = f"your digit {len(bitmap)}×{len(bitmap)}", "8×8: on cells in each block", "the network’s answer"
    for x, caption in zip((0, second, third), captions, strict=True):
        ax.text(x, CAPTION / 2, caption, **small)
    for x in (second, third):
        ax.text(x - GAP / 2, CAPTION + PICTURE / 2, "→", ha="center", va="center", color=figures.SOFT, fontsize=14)
    if probabilities is None:
        ax.text(third, CAPTION + PICTURE / 2, "draw a digit", va="center", color=figures.INK, fontsize=10)
    else:
        _draw_bars(np.asarray(probabilities), ax, (third, CAPTION))
    ax.set(xlim=(-0.4, third + LABEL + BAR + NUMBER), ylim=(CAPTION + PICTURE + 0.4, -0.2))
    ax.set_axis_off()
    return ax


def _draw_bars(probabilities: np.ndarray, ax: Axes, at: tuple[float, float]) -> None:
    """Draw a bar a class from the corner ``at`` down, the longest with a line around it and in bold."""
    step = PICTURE / len(probabilities)
    for digit, probability in enumerate(probabilities):
        x, y = at[0] + LABEL, at[1] + (digit + 0.5) * step
        winner = digit == probabilities.argmax()
        look = {"va": "center", "color": figures.INK, "fontsize": 9, "weight": "bold" if winner else "normal"}
        ax.text(at[0], y, str(digit), **look)
        edge = figures.INK if winner else "none"
        bar = (x, y - 0.35 * step), BAR * np.nan_to_num(probability), 0.7 * step
        ax.add_patch(Rectangle(*bar, facecolor=figures.BLUE, edgecolor=edge, linewidth=1.4))
        ax.text(x + BAR + 0.3, y, _percent(probability), **look)


def _percent(probability: float) -> str:
    return f"{100 * probability:.0f} %"
