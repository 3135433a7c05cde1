"""Train the network that ships with the package, and write its weights: ``.venv/bin/python .ci/train.py``.

In each epoch every image is turned, slanted, stretched, shifted and drawn with another pen, each a little and at
random, so that the network reads hands and pens that are not among the data.
"""

from __future__ import annotations

import numpy as np

from cnnlab import Adam, load_mnist, train
from cnnlab.data import FOLDER
from cnnlab.network import Sequential, digit_layers
from cnnlab.training import evaluate

EPOCHS, BATCH = 30, 32
RATES = np.geomspace(0.003, 0.0003, EPOCHS)  # the learning rate of each epoch


def distort(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return each image (N, 1, 28, 28) as another hand might have drawn it."""
    turn, slant, rows, columns = rng.normal(0, [[0.12], [0.2], [0.08], [0.12]], (4, len(images)))
    cos, sin, down, across = np.cos(turn), np.sin(turn), np.exp(rows), np.exp(columns)
    matrices = np.array([[cos * down, -sin], [sin + slant, cos * across]]).transpose(2, 0, 1)
    grid = np.indices(images.shape[2:]).reshape(2, -1) - 13.5
    places = np.clip(matrices @ grid + 13.5 + rng.normal(0, 0.8, (len(images), 2, 1)), 0, 26.999)
    low = places.astype(int)
    (i, j), (a, b), each = low.swapaxes(0, 1), (places - low).swapaxes(0, 1), np.arange(len(images))[:, None]
    x = images[:, 0]
    upper = (1 - b) * x[each, i, j] + b * x[each, i, j + 1]
    lower = (1 - b) * x[each, i + 1, j] + b * x[each, i + 1, j + 1]
    return pressed(((1 - a) * upper + a * lower).reshape(images.shape), rng)


def pressed(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a fifth of the images with thinner strokes, two fifths with bolder ones, some of these much bolder."""
    neighbours = [np.roll(images, shift, axis) for shift, axis in ((1, 2), (-1, 2), (1, 3), (-1, 3))]
    thin, bold = np.minimum.reduce([images, *neighbours]), np.maximum.reduce([images, *neighbours])
    bolder = np.maximum.reduce([np.roll(bold, shift, axis) for shift, axis in ((1, 2), (-1, 2), (1, 3), (-1, 3))])
    share = rng.uniform(0, 1, (len(images), 1, 1, 1))
    forms = (0.5 * (thin + images), images, images, bold, np.where(share < 0.5, bold, bolder))
    return np.choose(rng.integers(0, 5, (len(images), 1, 1, 1)), [share * f + (1 - share) * images for f in forms])


def main() -> None:
    """Train, say how well each epoch does, and write the weights, rounded to half precision."""
    digits, rng = load_mnist(), np.random.default_rng(0)
    model, optimizer = Sequential(*digit_layers(rng=rng)), Adam(RATES[0])
    for epoch, optimizer.learning_rate in enumerate(RATES, start=1):
        x = distort(digits.x_train, rng)
        list(train(model, x, digits.y_train, epochs=1, batch_size=BATCH, optimizer=optimizer, rng=rng))
        print(f"epoch {epoch}: loss %.4f, accuracy %.4f" % evaluate(model, digits.x_test, digits.y_test), flush=True)
    rounded = {name: param.astype(np.float16).astype(np.float64) for name, param in model.params.items()}
    np.savez_compressed(FOLDER / "network.npz", **rounded)


if __name__ == "__main__":
    main()
