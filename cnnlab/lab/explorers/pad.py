"""DigitPad: draw a digit, and see what a network makes of it."""

from __future__ import annotations

import numpy as np

from cnnlab._validate import as_array, check_array, check_has, check_shape
from cnnlab.data import reduce_bitmap
from cnnlab.lab.explorers._explorer import Explorer, line, present
from cnnlab.lab.explorers._settings import Setting, check_between
from cnnlab.lab.numbers import format_percent
from cnnlab.lab.scenes import digit_scene
from cnnlab.lab.scenes.reading import panel_of
from cnnlab.losses import softmax_cross_entropy

_SIDES = 8, 512  # cells a side, least and most, to draw a digit on


class _Bitmap(Setting):
    """A plane of cells that are on or off; a front end sends a byte a cell, row by row."""

    kind = "pad"

    def validate(self, explorer, value):
        bitmap = as_array(self.name, value)
        if bitmap.dtype.kind not in "biuf":
            raise TypeError(f"{self.name} (dtype {bitmap.dtype}) must hold True and False, or numbers")
        bitmap = bitmap != 0
        check_shape(self.name, bitmap, (explorer.side, explorer.side), "the pad's size")
        bitmap.setflags(write=False)
        return bitmap

    def read(self, explorer, value):
        return self.validate(explorer, np.frombuffer(value, np.uint8).reshape(explorer.side, explorer.side))

    def control(self, explorer, s):
        cells = s.bitmap.astype(np.uint8).tobytes()
        return {**super().control(explorer, s), "value": cells, "high": explorer.side}


class DigitPad(Explorer):
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
    bitmap : bool array (size, size)
        The cells that are on: a trait, to be set, observed and linked.
    model
        As given; it may go on learning, :meth:`refresh` asks it again.

    Raises
    ------
    TypeError, ValueError
        If the model does not take such images, or the size is not from 8 to 512.

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

    bitmap = _Bitmap(None, "your digit")

    def __init__(self, model, *, size=32, explorer=None):
        self.side = check_between("size", size, *_SIDES)
        if explorer is not None and not callable(getattr(explorer, "show", None)):
            raise TypeError(f"explorer ({type(explorer).__name__}) must have a method show(image)")
        check_has("model", model, "copied", "params")
        self.model, self.explorer = model, explorer
        check_array("the model's scores", self._scores(np.zeros((1, 1, 8, 8))), "NK")
        super().__init__(bitmap=np.zeros((self.side, self.side), bool))

    @property
    def image(self) -> np.ndarray:
        """The drawing as the network reads it, float64 array (1, 1, 8, 8); all 0 if nothing is drawn."""
        return reduce_bitmap(self.bitmap)

    def probabilities_of(self, s) -> np.ndarray | None:
        """Return the probability of each class (K,) for any settings; None if nothing is drawn."""
        if not s.bitmap.any():
            return None
        scores = self._scores(reduce_bitmap(s.bitmap))
        return softmax_cross_entropy(scores, np.array([0]))[1][0]  # any class will do

    probabilities = present(probabilities_of)

    @property
    def answer(self) -> int | None:
        """The most probable class; None if nothing is drawn."""
        probabilities = self.probabilities
        return None if probabilities is None else int(probabilities.argmax())

    def clear(self) -> None:
        """Take the drawing away."""
        self.bitmap = np.zeros_like(self.bitmap)

    def refresh(self) -> None:
        """Ask the network again, which may have learnt since."""
        super().refresh()
        if self.explorer is not None and self.bitmap.any():
            self.explorer.show(self.image)

    # --- what the base class asks ---

    def scenes(self, s):
        return [digit_scene(s.bitmap, self.probabilities_of(s))]

    def formula_lines(self, s, scenes):
        if not s.bitmap.any():
            return [line(("title", "Draw a digit."))]
        probabilities = panel_of(scenes[0], "p")["values"]
        return [line(("title", f"It says {probabilities.argmax()}, {format_percent(probabilities.max())} sure."))]

    def describe(self):
        probabilities = self.probabilities
        if probabilities is None:
            return "DigitPad: draw a digit"
        return f"DigitPad: answer {probabilities.argmax()} ({format_percent(probabilities.max())})"

    def _scores(self, image: np.ndarray) -> np.ndarray:
        """Return what the network says, through copies of its layers: what their backward needs stays as it is."""
        image = image.astype(np.result_type(np.float32, *self.model.params.values()))
        return self.model.copied().forward(image)
