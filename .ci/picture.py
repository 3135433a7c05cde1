"""Make the README's moving picture, ``.github/stage.png``, from the real thing: ``.venv/bin/python .ci/picture.py``.

An explorer on a plain page is used as a learner uses it, with a screenshot after each thing that is done.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Locator, sync_playwright

from cnnlab.lab import ConvolutionExplorer

REPOSITORY = Path(__file__).parents[1]
sys.path[:0] = [str(REPOSITORY / "tests"), str(REPOSITORY / "tests/browser")]
from lab_server import BROWSER_ARGUMENTS, find_browser  # noqa: E402 (the harness of the browser tests)
from plain_page import PlainPage, settle  # noqa: E402

PICTURE = REPOSITORY / ".github/stage.png"
LOOK = {"viewport": {"width": 900, "height": 800}, "reduced_motion": "reduce"}
X = np.array([[1, 0, 2, 1, 0], [0, 3, 1, 0, 2], [2, 1, 0, 1, 1], [1, 0, 2, 3, 0], [0, 1, 1, 0, 2]])
W = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]])
SHORT, LONG = 700, 1600  # ms that a frame stays


def frames(root: Locator) -> Iterator[int]:
    """Do one thing after the other, and yield how long each is to be seen."""
    page = root.page
    yield LONG
    for _ in range(5):  # the window moves on
        root.get_by_role("button", name="one step on").click()
        yield SHORT
    for panel, cell in (("dx", "0,1,1"), ("dx", "0,2,2"), ("dw", "0,0,0"), ("dw", "0,2,1")):  # back over the same wires
        root.locator(f'[data-panel="{panel}"] [data-cell="{cell}"]').hover()
        yield LONG
    for name in ("P padding", "S stride"):
        root.get_by_role("slider", name=name, exact=True).focus()
        page.keyboard.press("ArrowRight")
        yield LONG


def main() -> None:
    """Write the picture."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=BROWSER_ARGUMENTS)
        page = browser.new_page(**LOOK)
        root = PlainPage(page).mount(ConvolutionExplorer(X, W, gradients=True)).root
        seen = []
        for milliseconds in frames(root):
            settle(page)
            seen.append((Image.open(io.BytesIO(root.screenshot())).convert("RGB"), milliseconds))
        browser.close()
    size = tuple(max(image.size[axis] for image, _ in seen) for axis in (0, 1))
    images = [Image.new("RGB", size, "white") for _ in seen]
    for image, (shot, _) in zip(images, seen, strict=True):
        image.paste(shot)
    palette = palette_of(images)
    first, *rest = (image.quantize(palette=palette, dither=Image.Dither.NONE) for image in images)
    durations = [milliseconds for _, milliseconds in seen]
    first.save(PICTURE, save_all=True, append_images=rest, duration=durations, loop=0)
    print(f"{PICTURE.relative_to(REPOSITORY)}: {len(images)} frames, {PICTURE.stat().st_size} bytes")


def palette_of(images: list[Image.Image]) -> Image.Image:
    """Return an image with one palette for all: the few cells of a colour count as much as all that is white."""
    pixels = np.concatenate([np.asarray(image).reshape(-1, 3) for image in images])
    colours = np.unique(pixels, axis=0)
    white = np.full((len(colours) // 20, 3), 255, np.uint8)  # and white stays white
    return Image.fromarray(np.concatenate([colours, white])[None]).quantize(
        256, method=Image.Quantize.MEDIANCUT, kmeans=4
    )


if __name__ == "__main__":
    main()
