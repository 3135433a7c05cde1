"""PhotoExplorer: a photograph, a kernel to edit, and the feature map it makes."""

from os import PathLike

import numpy as np
from PIL import Image, ImageOps

from cnnlab._validate import check_choice
from cnnlab.data import load_photo
from cnnlab.lab.explorers import Choice, Setting
from cnnlab.lab.explorers._windows import FormulaExplorer, axis_of, check_square, sliders
from cnnlab.lab.scenes import photo_scene
from cnnlab.lab.scenes.reading import panel_of

KERNELS = {
    "identity": [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
    "blur": [[1 / 9] * 3] * 3,
    "sharpen": [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
    "Sobel, vertical edges": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
    "Sobel, horizontal edges": [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],
    "Laplacian": [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
    "emboss": [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]],
}
_OWN = "your own"
_SIDE = 200  # of an uploaded photograph, in cells


class _File(Setting):
    """A reader's own photograph: one byte per cell, row by row, from 0 black to 255 white; empty for the default."""

    kind = "file"

    def validate(self, explorer, value):
        if not isinstance(value, bytes | memoryview):
            raise TypeError(f"{self.name} ({type(value).__name__}) must be bytes")
        if len(value) not in (0, _SIDE**2):
            raise ValueError(f"{self.name} ({len(value)} bytes) must be {_SIDE}×{_SIDE} bytes, or none")
        return bytes(value)

    def control(self, explorer):
        return {**super().control(explorer), "value": bool(explorer.own), "high": _SIDE}


class PhotoExplorer(FormulaExplorer):
    """A hand-made kernel slides over a photograph: choose one, or type into its cells.

    Point at the feature map: the window of the photograph that the cell reads is shown enlarged.

    Parameters
    ----------
    photo : array (H, H) or path, optional
        Grey values, 0 black to 1 white, or an image file, cropped to its middle and converted to 200×200 in grey;
        default the portrait of :func:`cnnlab.load_photo`.
    kernel : str or array (F, F)
        A name of :data:`KERNELS`, or the numbers.
    stride, padding : int
        Initial values of S and P.

    Attributes
    ----------
    kernel : str
        The name of the kernel; "your own" after an edit.
    padding, stride : int
        P and S.
    own : bytes
        A photograph chosen on the page, 200×200; empty for the default.

    Raises
    ------
    TypeError, ValueError
        If the photograph or the kernel is not square, or the kernel's name is unknown.
    OSError
        If there is no such file, or it holds no image.

    Examples
    --------
    >>> PhotoExplorer(kernel="Laplacian", stride=2)
    PhotoExplorer: photo 200×200, kernel Laplacian 3×3, padding 0, stride 2 → feature map 99×99
    """

    kernel = Choice([*KERNELS, _OWN], "kernel", letter="F")
    padding, stride = sliders()[1:]
    own = _File(b"", "your photograph…", place="bar", title="from an image file, which stays on this computer")

    def __init__(self, photo=None, kernel="Sobel, vertical edges", **settings):
        if photo is None:
            photo = grey(load_photo())[0, 0]
        elif isinstance(photo, str | PathLike):
            with Image.open(photo) as image:
                square = ImageOps.fit(ImageOps.exif_transpose(image).convert("L"), (_SIDE, _SIDE))
            photo = np.asarray(square) / 255
        self.photo = check_square("photo", photo, "HW")[None, None]
        self.photo.setflags(write=False)
        if isinstance(kernel, str):
            check_choice("kernel", kernel, KERNELS)
        name, own = (kernel, KERNELS[kernel]) if isinstance(kernel, str) else (_OWN, kernel)
        super().__init__({"w": check_square("kernel", own, "HW")[None, None]}, kernel=name, **settings)

    @property
    def x(self):
        """The photograph, (1, 1, H, H)."""
        if self.own:
            return np.frombuffer(self.own, np.uint8).reshape(1, 1, _SIDE, _SIDE) / 255
        return self.photo

    @property
    def w(self):
        """The kernel, (1, 1, F, F)."""
        named = KERNELS.get(self.kernel)
        return self.arrays["w"].copy() if named is None else np.array([[named]], np.float64)

    @property
    def y(self):
        """The feature map, (1, 1, out, out)."""
        return panel_of(self.scenes()[0], "y")["values"][None]

    def axis(self, s):
        side = len(KERNELS.get(s.kernel, self.arrays["w"][0, 0]))
        return axis_of(_SIDE if s.own else self.photo.shape[-1], side, stride=s.stride, padding=s.padding)

    def scenes(self):
        return [photo_scene(self.x, self.w, stride=self.stride, padding=self.padding)]

    def plane_of(self, panel, number):
        return self.w[0, number] if self.kernel != _OWN else super().plane_of(panel, number)

    def edit(self, panel, cell, value):
        self.arrays["w"], self.kernel = self.w, _OWN
        super().edit(panel, cell, value)

    def describe(self):
        side = self.axis(self).kernel
        return self.say("photo", f"kernel {self.kernel} {side}×{side}", "feature map")


def grey(photo):
    """Return the luminance of an RGB photograph, (1, 3, H, W) → (1, 1, H, W); weights of ITU-R BT.601.

    It is rounded to 255 steps, as in an image file, which halves the digits that a page of a photograph holds.
    """
    return np.round(255 * np.tensordot([[0.299, 0.587, 0.114]], photo, axes=(1, 1)).swapaxes(0, 1)) / 255
