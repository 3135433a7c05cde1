"""NetworkExplorer: an image going through a trained network, and any unit of it opened."""

from __future__ import annotations

import html

import numpy as np

from cnnlab.checks import check_array, check_has, check_shape
from cnnlab.layers import Conv2D
from cnnlab.losses import check_labels
from cnnlab.scenes import network_scene, run_network, unit_scene
from cnnlab.widgets.explorer import Explorer, make_choice


class NetworkExplorer(Explorer):
    """A network at work: every layer's maps for one image; click a unit to see what it sees and how it was made.

    Parameters
    ----------
    model : Sequential
        A network from images to scores, one score a class.
    images : array (N, C, H, W)
        What the slider chooses from.
    labels : int array (N,), optional
        The right classes, shown beside the answer.

    Raises
    ------
    TypeError, ValueError
        If the images are no images, or do not fit the model.

    Examples
    --------
    >>> from cnnlab import load_digits, trained_network
    >>> digits = load_digits()
    >>> NetworkExplorer(trained_network(), digits.x_test, digits.y_test)
    NetworkExplorer: image 0 (of 0 to 359), answer 0 (right)
    """

    def __init__(self, model, images, labels=None):
        check_has("model", model, "layers", "copied", "forward")
        self.model = model
        self.images = check_array("images", images, "NCHW")
        scores = model.copied().forward(self.images[:1])
        self.labels = None if labels is None else check_labels(labels, (len(self.images), scores.shape[1]))
        self.unit, self.drawing = None, None
        self.target = make_choice("", "δ for the class", list(range(scores.shape[1])), int(scores.argmax()))
        super().__init__({"image": (0, 0, len(self.images) - 1)}, self.target)
        self.stages[0].observe(self._picked, names="picked")

    # --- what the base class asks ---

    def make_scenes(self) -> list[dict]:  # noqa: D102 (inherited)
        self.result = run_network(self.model, self.image, self.target.value)
        if self.unit is None:
            self.unit = self._first_unit()
        about = "Click a unit: its receptive field is marked in the input, and how it was made is shown below."
        detail = unit_scene(self.result, self.unit)
        heading = self._heading()
        for panel in detail["panels"]:
            panel["editable"] = False
        return [{**network_scene(self.result, self.unit), "about": about}, {**detail, "heading": heading}]

    def edit(self, panel, cell, value):  # noqa: D102 (inherited)
        raise NotImplementedError  # nothing here can be edited

    def title(self) -> str:  # noqa: D102 (inherited)
        return self.describe()

    def beside(self) -> str:  # noqa: D102 (inherited)
        classes = enumerate(self.result.probabilities[0])
        likely = sorted(classes, key=lambda pair: -pair[1])[:3]
        rows = "".join(f"<tr><td>{digit}</td><td>{share:.1%}</td></tr>" for digit, share in likely)
        return f'<b>{html.escape(self.describe())}</b><table class="cnnlab-counts">{rows}</table>'

    def describe(self) -> str:  # noqa: D102 (inherited)
        index, answer = self.sliders["image"].value, int(self.result.probabilities.argmax())
        right = ""
        if self.labels is not None and self.drawing is None:
            right = " (right)" if answer == self.labels[index] else f" (it is {self.labels[index]})"
        what = "a drawing" if self.drawing is not None else f"image {index} (of 0 to {len(self.images) - 1})"
        return f"NetworkExplorer: {what}, answer {answer}{right}"

    # --- what is in view ---

    @property
    def image(self) -> np.ndarray:
        """The image in view, (1, C, H, W)."""
        index = self.sliders["image"].value
        return self.images[index : index + 1] if self.drawing is None else self.drawing

    def show(self, image) -> None:
        """Put another image (1, C, H, W) in view, such as a drawing; the slider takes it away again."""
        image = check_array("image", image, "NCHW")
        check_shape("image", image, self.images[:1].shape, "one image like the others")
        self.drawing = image
        self._aim()

    def _aim(self) -> None:
        """Ask for δ of the class that the network answers."""
        answer = int(self.model.copied().forward(self.image).argmax())
        if self.target.value == answer:
            self.refresh()
        self.target.value = answer

    def _moved(self, change):
        if change["owner"] is self.sliders["image"]:
            self.drawing = None
            self._aim()
        else:
            super()._moved(change)

    def _picked(self, change) -> None:
        place, cell = int(change["new"]["panel"][1:]), change["new"]["cell"]
        if place:  # nothing made the input
            self.unit = place, cell
            self.refresh()

    def _fits(self, settings):
        return True  # any image will do

    def _first_unit(self) -> tuple[int, list[int]]:
        """Return the middle unit of the last convolution; where there is none, the score of the answer."""
        layers = [k for k, layer in enumerate(self.model.layers, start=1) if isinstance(layer, Conv2D)]
        if not layers:
            return len(self.model.layers), [0, int(self.result.probabilities.argmax()), 0]
        k = layers[-1]
        height, width = self.result.maps[k].shape[2:]
        return k, [0, height // 2, width // 2]

    def _heading(self) -> str:
        k, (plane, row, column) = self.unit
        if k >= len(self.result.maps) or self.result.maps[k].ndim == 2:
            return f"How the score of class {row} was made"
        layer = self.model.layers[k - 1]
        return f"How this unit of {layer} was made: map {plane}, row {row}, column {column}"
