"""Train the network that ships with the package, and write its weights: ``.venv/bin/python .ci/train.py``.

MNIST was written in the United States, where a 1 has no flag and a 7 no bar; so eight of the 14 forms that the UCI
digits were read from are learnt too, enlarged to bitmaps. In each epoch every image is turned, slanted, stretched,
shifted and drawn with another pen, each a little and at random. ``tests/lab/test_pad.py`` tries other hands on the
result.
"""

from __future__ import annotations

import numpy as np

from cnnlab import Adam, load_mnist, train
from cnnlab.data import FOLDER, normalise_bitmap
from cnnlab.network import Sequential, digit_layers
from cnnlab.training import evaluate

EPOCHS, BATCH = 30, 32
RATES = np.geomspace(0.003, 0.0003, EPOCHS)  # the learning rate of each epoch
FORMS = 1029  # images of the first eight forms; each form begins with 0 to 9, three times over
SPREADS = [[0.12], [0.2], [0.08], [0.12]]  # of the turn and the slant, in radians, and of the logs of height and width
SHIFT = 0.8  # pixels, the spread of a shift


def enlarged(images: np.ndarray, side: int, ink: float) -> np.ndarray:
    """Return images (N, h, w) as bitmaps (N, side, side): between pixels the grey is linear, and on above a share."""
    places = np.clip((np.arange(side) + 0.5) * images.shape[1] / side - 0.5, 0, images.shape[1] - 1)
    near = np.maximum(0, 1 - np.abs(places[:, None] - np.arange(images.shape[1])))
    return near @ images @ near.T > ink * images.max(axis=(1, 2), keepdims=True)


def distorted(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return each image (N, 1, 28, 28) as another hand might have drawn it."""
    turn, slant, rows, columns = rng.normal(0, SPREADS, (4, len(images)))
    matrices = np.array([[np.cos(turn) * np.exp(rows), -np.sin(turn)], [np.sin(turn) + slant, np.exp(columns)]])
    grid = np.indices(images.shape[2:]).reshape(2, -1) - 13.5
    places = matrices.transpose(2, 0, 1) @ grid + 13.5 + rng.normal(0, SHIFT, (len(images), 2, 1))
    places = np.clip(places, 0, 26.999)
    (i, j), (a, b) = places.astype(int).swapaxes(0, 1), (places % 1).swapaxes(0, 1)
    x, each = images[:, 0], np.arange(len(images))[:, None]
    above, below = ((1 - b) * x[each, row, j] + b * x[each, row, j + 1] for row in (i, i + 1))
    return pressed(((1 - a) * above + a * below).reshape(images.shape), rng)


def pressed(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the images with other pens: one in five with thinner strokes, two with bolder ones."""
    thin, bold = around(np.minimum, images), around(np.maximum, images)
    shape = len(images), 1, 1, 1
    forms = (thin + images) / 2, images, images, bold, around(np.maximum, bold)
    share = rng.uniform(0, 1, shape)
    return np.choose(rng.integers(0, 5, shape), [share * form + (1 - share) * images for form in forms])


def around(smallest_or_largest: np.ufunc, images: np.ndarray) -> np.ndarray:
    """Return the smallest or the largest of each pixel and its four neighbours."""
    neighbours = [np.roll(images, shift, axis) for axis in (2, 3) for shift in (1, -1)]
    return smallest_or_largest.reduce([images, *neighbours])


def main() -> None:
    """Train, say how well each epoch does, and write the weights, rounded to half precision."""
    digits, rng = load_mnist(), np.random.default_rng(0)
    uci = np.load(FOLDER / "digits.npz")
    bitmaps = [*enlarged(uci["images"][:FORMS], 32, 0.35), *enlarged(uci["images"][:FORMS], 32, 0.5)]
    x = np.concatenate([digits.x_train, *map(normalise_bitmap, bitmaps)])
    y = np.concatenate([digits.y_train, *[uci["labels"][:FORMS]] * 2])
    model, optimizer = Sequential(*digit_layers(rng=rng)), Adam()
    for epoch, optimizer.learning_rate in enumerate(RATES, start=1):
        list(train(model, distorted(x, rng), y, epochs=1, batch_size=BATCH, optimizer=optimizer, rng=rng))
        print(f"epoch {epoch}: loss %.4f, accuracy %.4f" % evaluate(model, digits.x_test, digits.y_test), flush=True)
    for param in model.params.values():
        param[...] = param.astype(np.float16)
    np.savez_compressed(FOLDER / "network.npz", **model.params)


if __name__ == "__main__":
    main()
