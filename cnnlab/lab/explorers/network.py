"""NetworkExplorer: an image on its way through a trained network, with any unit in detail; DigitPad: draw the image."""

import io
from base64 import b64encode

import numpy as np
from matplotlib.image import imsave

from cnnlab._validate import as_array, check_array, check_flag, check_has, check_shape
from cnnlab.data import normalise_bitmap
from cnnlab.lab.explorers._explorer import Explorer, line
from cnnlab.lab.explorers._settings import Choice, Setting, Slider, Switch, button, check_between
from cnnlab.lab.numbers import format_percent
from cnnlab.lab.scenes import digit_scene, made_scene, network_scene, run_network
from cnnlab.lab.scenes.reading import panel_of
from cnnlab.losses import check_labels

_THUMBS = 10
_SIDES = 8, 512  # the smallest and the largest side of a pad, in cells


class _Bitmap(Setting):
    """A plane of cells that are on or off; a front end sends one byte per cell, row by row."""

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
        return np.frombuffer(value, np.uint8).reshape(explorer.side, explorer.side)

    def control(self, explorer):
        cells = explorer.bitmap.astype(np.uint8).tobytes()
        return {**super().control(explorer), "value": cells, "high": explorer.side}


class _Images(Slider):
    """Which image is shown, chosen by its thumbnail; −1 is the drawing, if there is one."""

    def limits(self, explorer):
        return (0 if explorer.drawing is None else -1), len(explorer.images) - 1

    def control(self, explorer):
        control, drawn = Setting.control(self, explorer), [] if explorer.drawing is None else [-1]
        shown = {number: explorer.thumbs.get(number) for number in (*drawn, *explorer.thumbs, control["value"])}
        options = [[number, f"image {number}" if number >= 0 else "a drawing"] for number in shown]
        pictures = [picture or _picture(explorer.image_of(number)) for number, picture in shown.items()]
        return {**control, "kind": "tabs", "options": options, "pictures": pictures}


def _picture(image):
    """Return a thumbnail of an image (1, C, H, W) as a data URL: ink on a transparent ground."""
    ink, buffer = np.abs(image[0]).max(axis=0), io.BytesIO()
    rgba = np.zeros((*ink.shape, 4))
    rgba[..., 3] = ink / (ink.max() or 1)
    imsave(buffer, rgba, format="png")
    return f"data:image/png;base64,{b64encode(buffer.getvalue()).decode()}"


class NetworkExplorer(Explorer):
    """A network at work: every layer's maps for one image; click a unit for its receptive field and how it was made.

    Parameters
    ----------
    model : Sequential
        A network from images to scores, one per class.
    images : array (N, C, H, W)
        The images to choose from.
    labels : int array (N,), optional
        The right classes, shown beside the answer.
    pad : bool
        Show a pad to draw on, among the images, which must then be 28×28, as in :func:`cnnlab.load_mnist`.

    Attributes
    ----------
    image : int
        Which image is shown; −1 is the drawing, if there is one.
    bitmap : bool array (32, 32), optional
        The drawing on the pad.
    backward : bool
        Whether the gradient of each map is shown below it.
    result : Pass
        The maps of the image, its gradients if they are shown, and the probability of each class.
    target : int
        The class whose loss is differentiated; −1 for the class that the network predicts.

    Raises
    ------
    TypeError, ValueError
        If ``images`` has the wrong form, or does not fit the model.

    Examples
    --------
    >>> from cnnlab import load_mnist, trained_network
    >>> digits = load_mnist()
    >>> NetworkExplorer(trained_network(), digits.x_test, digits.y_test)
    NetworkExplorer: image 0 (of 0 to 599), answer 3 (right)
    """

    image = _Images(0, "image", 0, 0)
    bitmap = _Bitmap(None, "your digit", place="lens")
    backward = Switch(False, "show the way back", place="foot", title="the gradient of each map: notebooks 05 to 08")
    target = Choice({-1: "its answer"}, "loss for the class", place="foot")

    side = 32  # cells on a side of the pad

    def __init__(self, model, images, labels=None, *, pad=False):
        check_has("model", model, "layers", "params", "copied", "forward", "gradients")
        images = check_array("images", images, "NCHW")
        dtype = np.result_type(np.float32, *model.params.values()) if model.params else images.dtype
        self.model, self.images = model, images.astype(dtype, copy=False)  # float32 for a model from PyTorch
        scores = check_array("the model's output", model.copied().forward(self.images[:1]), "NK")
        classes = scores.shape[1]
        self.labels = None if labels is None else check_labels(labels, (len(self.images), classes))
        self.drawing, self.opened, self._before, self._whole = None, None, 0, None
        first = range(len(self.images)) if labels is None else np.unique(self.labels, return_index=True)[1]
        self.thumbs = {int(n): _picture(self.images[n : n + 1]) for n in first[:_THUMBS]}
        limits = {"target": {-1: "its answer"} | {label: str(label) for label in range(classes)}}
        bitmap = np.zeros((self.side, self.side), bool)
        if check_flag("pad", pad):
            check_shape("images", self.images[:1], normalise_bitmap(bitmap).shape, "what a drawing becomes")
        super().__init__(limits=limits, absent=[] if pad else ["bitmap"], bitmap=bitmap)

    def image_of(self, number):
        """Return an image (1, C, H, W) by its number; −1 is the drawing."""
        return self.images[number : number + 1] if number >= 0 else self.drawing

    # --- methods that the base class calls ---

    def inactive(self):
        return set() if self.backward else {"target"}

    def scenes(self):
        backward, opened, label = self.backward, self.opened, None if self.target < 0 else self.target
        self.result = result = run_network(self.model, self.image_of(self.image), label, backward=backward)
        there = opened and (backward or opened[0][0] != "g")
        made = made_scene(result, *opened) if there else None
        if made is None:
            made = self._whole = network_scene(result, backward=backward, like=self._whole)
        return [made]

    def parts(self, scenes):
        head, stage = super().parts(scenes)
        if self.labels is not None:
            head["controls"].append(button("wrong", "a wrong one ▸", title="the next image that it gets wrong"))
        if not scenes[0].get("pick"):
            stage["controls"].insert(0, button("whole", "◀ the whole network"))
        return [head, stage]

    def formula_lines(self, scenes):
        shares, image = self.result.probabilities, self.image
        told = "" if image < 0 or self.labels is None else f" The label is {self.labels[image]}."
        which = f"image {image} of {len(self.images)}" if image >= 0 else "your drawing"
        says = f"It says {shares.argmax()}, {format_percent(shares.max())} sure.{told} "
        return [line(("title", says), ("soft", f" {which}"))]

    def press(self, name):
        if name == "whole":
            self.opened = None
        if name == "wrong" and self.labels is not None:  # the next one, starting over after the last image
            model, others = self.model.copied(), np.roll(np.arange(len(self.images)), -self.image - 1).tolist()
            wrong = (n for n in others if model.forward(self.image_of(n)).argmax() != self.labels[n])
            self.image = next(wrong, max(self.image, 0))

    def pick(self, stage, panel, cell):
        if panel[0] in "hgp":  # weights are not clickable
            self.opened = panel, cell

    def describe(self):
        answer, which, right = self.result.probabilities.argmax(), "a drawing", ""
        if self.image >= 0:
            which = f"image {self.image} (of 0 to {len(self.images) - 1})"
            if self.labels is not None:
                label = self.labels[self.image]
                right = " (right)" if answer == label else f" (it is {label})"
        return f"NetworkExplorer: {which}, answer {answer}{right}"

    # --- a drawing in place of the images ---

    def show(self, image):
        """Show another image (1, C, H, W), such as a drawing, as number −1; None removes it again."""
        if image is not None:
            image = check_array("image", image, "NCHW").astype(self.images.dtype)
            check_shape("image", image, self.images[:1].shape, "one image like the others")
        with self._transaction():
            self.drawing = image
            self.image = self._before if image is None else -1
            self.refresh()

    def _changed(self, change):
        if change["name"] == "bitmap":
            self.show(normalise_bitmap(self.bitmap) if self.bitmap.any() else None)
            return
        if self.image >= 0:
            self._before = self.image
        super()._changed(change)

    def reset(self):
        """Go back to the first image, and to the whole network."""
        self.opened = None
        super().reset()


class DigitPad(Explorer):
    """Draw a digit with mouse, touch or keyboard; a network classifies it after each stroke.

    The drawing is normalised like the digits of the data set: see :func:`cnnlab.data.normalise_bitmap`.

    Parameters
    ----------
    model : Sequential
        A network from images (N, 1, 28, 28) to scores (N, K), one per class.
    size : int
        Side of the bitmap, in cells.
    explorer : NetworkExplorer, optional
        Its ``show(image)`` is called with the drawing, or with None when the pad is cleared.

    Attributes
    ----------
    bitmap : bool array (size, size)
        The cells that are on: a trait, to be set, observed and linked.
    model
        As given; after further training, :meth:`refresh` runs it again.

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
    (0, (1, 1, 28, 28))
    """

    bitmap = _Bitmap(None, "your digit")

    def __init__(self, model, *, size=32, explorer=None):
        self.side = check_between("size", size, *_SIDES)
        if explorer is not None:
            check_has("explorer", explorer, "show")
        check_has("model", model, "copied", "params")
        self.model, self.explorer = model, explorer
        super().__init__(bitmap=np.zeros((self.side, self.side), bool))

    @property
    def image(self):
        """The drawing as the network's input, float64 array (1, 1, 28, 28); all 0 if nothing is drawn."""
        return normalise_bitmap(self.bitmap)

    @property
    def probabilities(self):
        """The probability of each class (K,); None if nothing is drawn."""
        image = self.image.astype(np.result_type(np.float32, *self.model.params.values()))
        shares = run_network(self.model, image, backward=False).probabilities[0]
        return shares if self.bitmap.any() else None

    @property
    def answer(self):
        """The most probable class; None if nothing is drawn."""
        shares = self.probabilities
        return None if shares is None else int(shares.argmax())

    def clear(self):
        """Clear the drawing."""
        self.bitmap = np.zeros_like(self.bitmap)

    def refresh(self):
        """Run the network again, as it may have been trained since."""
        super().refresh()
        if self.explorer is not None:
            self.explorer.show(self.image if self.bitmap.any() else None)

    # --- methods that the base class calls ---

    def scenes(self):
        return [digit_scene(self.bitmap, self.probabilities)]

    def formula_lines(self, scenes):
        shares = panel_of(scenes[0], "p")["values"]
        answer = f"It says {shares.argmax()}, {format_percent(shares.max())} sure."
        return [line(("title", answer if self.bitmap.any() else "Draw a digit."))]

    def describe(self):
        shares = self.probabilities
        if shares is None:
            return "DigitPad: draw a digit"
        return f"DigitPad: answer {shares.argmax()} ({format_percent(shares.max())})"
