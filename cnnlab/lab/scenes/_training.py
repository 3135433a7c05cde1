"""The scenes of a training: its progress, and the maps of an image in the current network."""

import math

import numpy as np

from cnnlab import losses
from cnnlab.lab.numbers import format_percent, format_value
from cnnlab.lab.scenes._layers import map_panel
from cnnlab.lab.scenes._network import bars_panel
from cnnlab.lab.scenes._panels import chart_panel, operand, panel, places, scene, side_by_side, size_of
from cnnlab.lab.scenes._sentences import sentence

DECADES = 6  # a bar of δ has length 0 at 10⁻⁶, and 1 at 1
WINDOW = 20  # steps in the mean for δ and for the training curves
MOST_POINTS, MOST_PICTURES = 400, 3  # points of a curve; images of the worst answers
SMALL = 0.62  # the scale of a chart here, among four columns
PICTURE, IMAGE, MAPS = 3, 13, 24  # the side of a worst image, of the image, and the width of all maps, in cells


def summary_scene(run):
    """Return the scene of a :class:`cnnlab.lab.training.Run`: curves, δ by layer, confusion matrix, worst images.

    Examples
    --------
    >>> from cnnlab.data import load_digits
    >>> from cnnlab.lab.training import Plan, Run
    >>> scene = summary_scene(Run(load_digits(), Plan((4, 4), 0.03, 16, epochs=1, seed=0)))
    >>> [panel["name"] for panel in scene["panels"]], scene["panels"][2]["values"].sum()
    (['loss', 'accuracy', 'confusion', 'deltas', 'worst'], np.float64(360.0))
    """
    now, probabilities = run.evaluate()
    steps, loss, accuracy = np.array([*(point for point in run.held_out if point.step < run.step), now], float).T
    trained = np.array([(record.loss, record.accuracy) for record in run.records]).reshape(-1, 2).T
    axis = {"x": [0, run.steps], "ticks": [0, run.plan.epochs], "label": "epoch"}
    shown = [
        progress_panel("loss", trained[0], steps, loss, **axis),
        progress_panel("accuracy", 100 * trained[1], steps, 100 * accuracy, unit="%", **axis),
        confusion_panel(run.data.y_test, probabilities),
        deltas_panel(run.deltas[-WINDOW:] or [run.model.deltas]),
        worst_panel(run.data.x_test, run.data.y_test, probabilities),
    ]
    for column, each in enumerate(shown):
        each["column"] = min(column, 3)  # the worst images are below δ
    return scene(shown, [], {}, "confusion")


def maps_scene(model, first, image, layer, name):
    """Return the scene with the first layer's kernels before training and now, and a layer's maps of an image.

    Parameters
    ----------
    model : Sequential
        Its first layer is a convolution.
    first : array (F, C, kh, kw)
        The kernels of that layer before the training.
    image : array (1, C, H, W)
    layer : int
        Whose maps are shown.
    name : str
        The name of that layer.

    Examples
    --------
    >>> from cnnlab.lab.training import SmallNetwork
    >>> model = SmallNetwork((1, 8, 8), (8, 16), 10, rng=np.random.default_rng(0))
    >>> scene = maps_scene(model, model.params["0.w"], np.ones((1, 1, 8, 8)), 4, "ReLU 2")
    >>> [(panel["name"], panel["planes"]) for panel in scene["panels"]]
    [('w0', [4, 2]), ('w', [4, 2]), ('x', [1, 1]), ('maps', [4, 4]), ('p', [1, 1])]
    """
    w, outputs = model.params["0.w"], model.outputs(image)
    maps = outputs[layer]
    planes = side_by_side(maps.shape[1], math.ceil((4 / 3 * maps.shape[1]) ** 0.5))  # wider than high
    side = min(IMAGE, MAPS / planes[1]) / max(maps.shape[2:])
    _, probabilities = losses.softmax_cross_entropy(outputs[-1], np.array([0]))  # the label does not matter for them
    down, across = side_by_side(len(w))
    look = {"planes": [w.shape[1] * down, across], "limit": float(np.abs([first, w]).max())}
    shown = [
        operand("w", first, "at first", name="w0", column=0, **look),
        operand("w", w, "now", column=1, **look),
        map_panel("x", image, "x", size_of(image), column=2, view="maps", scale=IMAGE / max(image.shape[2:])),
        map_panel("maps", maps, name, size_of(maps), column=3, view="maps", scale=side, planes=planes),
        bars_panel("p", probabilities[0], "softmax", column=4),
    ]
    return scene(shown, ["→", "⋆", "→", "→"], {}, "x", compact=True)


# --- panels -------------------------------------------------------------------------------------------------------


def progress_panel(name, trained, steps, tested, *, unit="", **axis):
    """Return a chart of a measure at every step of the training, and at some steps on held-out images.

    Examples
    --------
    >>> axis = {"x": [0, 9], "ticks": [0, 3], "label": "epoch"}
    >>> chart = progress_panel("loss", np.array([2.0, 1.0]), np.array([0, 2]), np.array([2.2, 1.1]), **axis)["chart"]
    >>> chart["y"], chart["lines"][0]["y"]
    ([0.0, 2.5], array([2. , 1.5]))
    """
    count = len(trained)
    drawn = np.arange(count, 0, -max(1, math.ceil(count / MOST_POINTS)))[::-1]  # always including the last step
    smooth = running_mean(trained)[drawn - 1]
    lines = [{"name": "train", "x": drawn, "y": smooth}, {"name": "held out", "x": steps, "y": tested}]
    heights = [0.0, 100.0] if unit else ends_of(np.concatenate([smooth, tested]))
    return chart_panel(name, tested[-1], name, "", lines, y=heights, unit=unit, scale=SMALL, **axis)


def deltas_panel(steps):
    """Return a bar for each layer: the size of δ there, a mean over the last steps.

    Examples
    --------
    >>> shown = deltas_panel([{"conv": 2e-4, "dense": math.nan}, {"conv": 0.0, "dense": math.nan}])
    >>> shown["captions"], shown["texts"], np.round(shown["lengths"], 3)
    (['conv', 'dense'], ['0.0001', ''], array([0.333, 0.   ]))
    """
    means = np.mean([list(step.values()) for step in steps], axis=0)
    lengths = np.interp(np.log10(np.fmax(means, 10.0**-DECADES)), [-DECADES, 0], [0, 1])
    texts = ["" if math.isnan(mean) else format_value(mean, 4) for mean in means]  # NaN: not yet known
    look = {"view": "bars", "captions": list(steps[0]), "lengths": lengths.tolist(), "texts": texts}
    told = "δ is the derivative of an image’s loss by the layer’s output: its mean size over the last 20 steps."
    look |= {"places": places(1, [], []), "says": sentence(told)}
    return panel("deltas", np.reshape(means, (1, -1, 1)), "mean |δ|", "from 10⁻⁶ to 1", role="gradient", **look)


def confusion_panel(labels, probabilities):
    """Return how many images of each class (row) got each prediction (column), with the errors marked.

    Examples
    --------
    >>> shown = confusion_panel([0, 1, 1], np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]]))
    >>> shown["values"][0].tolist(), shown["marks"]
    ([[1.0, 0.0], [1.0, 1.0]], {'miss': [[0, 1, 0]]})
    """
    counts = np.zeros((1, *[probabilities.shape[1]] * 2))
    np.add.at(counts[0], (labels, probabilities.argmax(axis=1)), 1)
    misses = np.argwhere(counts * (1 - np.eye(len(counts[0])))).tolist()
    look = {"heads": ["label", "answer"], "alias": "images", "marks": {"miss": misses}}
    told = "Label and answer {place}: so many held-out images. Off the diagonal the answer is wrong."
    return panel("confusion", counts, "held out", "label ↓ answer →", role="y", says=sentence(told), **look)


def worst_panel(images, labels, probabilities):
    r"""Return the images with the worst predictions: first wrong ones, then those whose label is least probable.

    Examples
    --------
    >>> probabilities = np.array([[0.9, 0.1], [0.8, 0.2], [0.6, 0.4]])
    >>> shown = worst_panel(np.ones((3, 1, 1, 1)), np.array([0, 1, 1]), probabilities)
    >>> shown["title"], shown["captions"][0]
    ('2 of 3 wrong', '1 read as 0\n80 % sure')
    """
    answers, shares = probabilities.argmax(axis=1), probabilities.max(axis=1)
    right = answers == labels
    worst = np.lexsort((probabilities[np.arange(len(labels)), labels], right))[:MOST_PICTURES]
    captions = [f"{labels[k]} read as {answers[k]}\n{format_percent(shares[k])} sure" for k in worst]
    planes = np.asarray(images[worst], dtype=np.float64).mean(axis=1)
    look = {"scale": PICTURE / max(planes.shape[1:]), "planes": [1, len(worst)], "alias": "pixel"}
    look["says"] = sentence("A pixel of a held-out image, from 0 (paper) to 1 (ink).")
    title = f"{np.sum(~right)} of {len(right)} wrong"
    return panel("worst", planes, "the worst", title, role="x", captions=captions, **look)


# --- numbers ------------------------------------------------------------------------------------------------------


def running_mean(values):
    """Return the running mean: each value averaged with up to ``WINDOW - 1`` before it.

    Examples
    --------
    >>> running_mean([1, 3, 8])
    array([1., 2., 4.])
    """
    counts = np.minimum(np.arange(len(values)) + 1, WINDOW)
    return np.convolve([0.0, *values], np.ones(WINDOW))[1 : len(values) + 1] / counts


def ends_of(values):
    """Return round ends of an axis, such as 2.5 times a power of ten, that include all finite values and 0.

    Examples
    --------
    >>> ends_of(np.array([0.3, 2.31, np.inf])), ends_of(np.array([-1.2, 120.0]))
    ([0.0, 2.5], [-1.5, 150.0])
    """
    return [-_round_up(-values) if (values < 0).any() else 0.0, _round_up(values)]


def _round_up(values):
    most = np.max(values[np.isfinite(values)], initial=0.0) or 1.0
    power = 10.0 ** math.floor(math.log10(most))
    return next(factor * power for factor in (1, 1.5, 2, 2.5, 3, 4, 5, 10) if factor * power >= most)
