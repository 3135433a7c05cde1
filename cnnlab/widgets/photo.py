"""PhotoExplorer: a photograph, a kernel to edit, and the feature map it makes."""

from __future__ import annotations

import numpy as np

from cnnlab.convolution import conv2d
from cnnlab.data import load_photo
from cnnlab.formula import Explanation, explain_output_size
from cnnlab.scenes import convolution_scene
from cnnlab.scenes.panels import kernel_panel, size_of
from cnnlab.widgets.explorer import Explorer, check_sliders, check_square, make_choice

KERNELS = {
    "identity": [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
    "blur": [[1 / 9] * 3] * 3,
    "sharpen": [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
    "Sobel, vertical edges": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
    "Sobel, horizontal edges": [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],
    "Laplacian": [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
    "emboss": [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]],
}
OWN = "your own"


class PhotoExplorer(Explorer):
    """A hand-made kernel slides over a photograph: choose one, or type into its cells.

    Point at the feature map: the window of the photograph that the cell was made from is shown enlarged.

    Parameters
    ----------
    photo : array (H, H), optional
        Grey values, 0 black to 1 white; default the portrait of :func:`cnnlab.load_photo` in grey.
    kernel : str or array (3, 3)
        A name of :data:`KERNELS`, or the numbers.
    stride, padding : int
        First values of S and P.

    Raises
    ------
    ValueError
        If the photograph or the kernel is not square, or the kernel's name is unknown.

    Examples
    --------
    >>> PhotoExplorer(kernel="Laplacian", stride=2)
    PhotoExplorer: photo 200×200, kernel Laplacian 3×3, padding 0, stride 2 → feature map 99×99
    """

    def __init__(self, photo=None, kernel="Sobel, vertical edges", *, stride=1, padding=0):
        photo = grey(load_photo()) if photo is None else photo
        self.photo = check_square("photo", photo, "NCHW")
        if isinstance(kernel, str) and kernel not in KERNELS:
            raise ValueError(f"kernel ({kernel!r}) must be an array or one of {', '.join(KERNELS)}")
        named = isinstance(kernel, str)
        self.own = self.w = check_square("kernel", KERNELS[kernel] if named else kernel, "HW")[None, None]
        self.preset = make_choice("F", "kernel", [*KERNELS, OWN], kernel if named else OWN)
        self.preset.observe(self._chosen, names="value")  # before the base class, which draws the scene
        settings = check_sliders(self.photo.shape[-1], self.w.shape[-1], padding=padding, stride=stride)
        del settings["kernel"]  # has no slider
        super().__init__(settings, self.preset)

    @property
    def y(self) -> np.ndarray:
        """The feature map shown, (1, 1, out, out)."""
        return conv2d(self.photo, self.w, **self.settings)

    def make_scenes(self) -> list[dict]:  # noqa: D102 (inherited)
        scene = convolution_scene(self.photo, self.w, **self.settings)
        photo, kernel, feature_map = scene["panels"]
        start = [int(side * part) for side, part in zip(feature_map["shape"], (0.35, 0.4), strict=True)]  # at the eyes
        look = {"palette": "grey", "limit": photo["limit"]}
        photo.update(look, editable=False, title=f"photograph {size_of(self.photo)}")
        window = kernel_panel("window", self._window(scene, start), "its window, enlarged", symbol="x", **look)
        feature_map["title"] = f"feature map {size_of(feature_map['values'])}"
        for column, panel in enumerate((photo, window, kernel, feature_map)):
            panel["column"] = column
        return [{**scene, "panels": [photo, window, kernel, feature_map], "signs": ["", "⋆", "="], "start": start}]

    def _window(self, scene: dict, start: list[int]) -> np.ndarray:
        """Return the cells of the photograph that the output cell ``start`` reads, (1, 1, F, F)."""
        ends = (zip(scene[name]["output"], scene[name]["padded"], strict=True) for name in ("rows", "columns"))
        rows, columns = (
            [padded for output, padded in axis if output == at] for axis, at in zip(ends, start, strict=True)
        )
        return scene["panels"][0]["values"][None, :, rows][..., columns]

    def explain(self) -> Explanation:  # noqa: D102 (inherited)
        return explain_output_size(self.photo.shape[-1], self.w.shape[-1], **self.settings)

    def edit(self, panel, cell, value):  # noqa: D102 (inherited)
        self.own = self.w = self.w.copy()
        self.w[0, 0, cell[1], cell[2]] = value
        self.preset.value = OWN

    def describe(self) -> str:  # noqa: D102 (inherited)
        size, kernel, out = self.photo.shape[-1], self.w.shape[-1], self.y.shape[-1]
        return (
            f"PhotoExplorer: photo {size}×{size}, kernel {self.preset.value} {kernel}×{kernel}, padding "
            f"{self.settings['padding']}, stride {self.settings['stride']} → feature map {out}×{out}"
        )

    def _fits(self, settings):
        return super()._fits({"size": self.photo.shape[-1], "kernel": self.w.shape[-1], **settings})

    def _chosen(self, change) -> None:
        chosen = change["new"]
        self.w = self.own if chosen == OWN else check_square("kernel", KERNELS[chosen], "HW")[None, None]


def grey(photo: np.ndarray) -> np.ndarray:
    """Return the luminance of an RGB photograph, (1, 3, H, W) → (1, 1, H, W); weights of ITU-R BT.601."""
    return np.tensordot([[0.299, 0.587, 0.114]], photo, axes=(1, 1)).swapaxes(0, 1)
