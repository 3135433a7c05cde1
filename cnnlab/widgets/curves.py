"""What a training shows of itself, live in the browser and as a still picture; both draw the same summary."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from io import BytesIO

import anywidget
import numpy as np
import traitlets
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from cnnlab.figures import BLUE, INK, SIGNED, SOFT, draw_plane
from cnnlab.widgets.run import Run, Settings
from cnnlab.widgets.stage import FRONT, join_modules, pack

LINES = ({"color": BLUE, "marker": "o"}, {"color": "#b45309", "linestyle": "--", "marker": "s"})
SMALLEST = 1e-6  # δ where the bars begin
WINDOW = 20  # steps that δ, and a point of the train curves, is the mean of
MOST_POINTS, MOST_WRONG = 400, 8  # points of a curve, pictures


class Curves(anywidget.AnyWidget):
    """Draws ``summary``, from :func:`summarise`."""

    _esm = join_modules("dom.js", "curves.js")
    _css = FRONT / "curves.css"

    summary = traitlets.Dict().tag(sync=True, to_json=pack)


def summarise(run: Run) -> dict:
    """Return what is drawn of a training: its curves, δ by layer, confusion matrix and most wrong images.

    Examples
    --------
    >>> from cnnlab.data import load_digits
    >>> summary = summarise(Run(load_digits(), Settings((4, 4), 0.03, 16, epochs=1, seed=0)))
    >>> [chart["name"] for chart in summary["charts"]], summary["confusion"].sum()
    (['loss', 'accuracy'], np.int64(360))
    """
    now, probabilities = run.evaluate()
    points = [*(point for point in run.held_out if point.step < run.step), now]
    tested = np.array(points, dtype=float).T  # rows: step, loss, accuracy
    trained = np.array([(record.loss, record.accuracy) for record in run.records]).reshape(-1, 2).T
    data = run.data
    return {
        "step": run.step,
        "steps": run.steps,
        "epochs": run.settings.epochs,
        "charts": [
            curve_chart("loss", "", trained[0], tested[0], tested[1]),
            curve_chart("accuracy", "%", 100 * trained[1], tested[0], 100 * tested[2]),
        ],
        "deltas": mean_deltas(run),
        "classes": probabilities.shape[1],
        "confusion": confusion_matrix(data.y_test, probabilities),
        "shape": list(data.x_test.shape[2:]),
        "wrong": most_wrong(data.x_test, data.y_test, probabilities),
    }


def mean_deltas(run: Run) -> list[dict]:
    """Return the mean size of δ in each layer with weights, over the last steps.

    Examples
    --------
    >>> from cnnlab.data import load_digits
    >>> mean_deltas(Run(load_digits(), Settings((4, 4), 0.03, 16, epochs=1, seed=0)))[-1]
    {'name': 'dense', 'value': 0.0}
    """
    last = run.deltas[-WINDOW:] or [run.model.deltas]
    return [{"name": name, "value": sum(step[name] for step in last) / len(last)} for name in run.model.deltas]


def curve_chart(name: str, unit: str, trained: np.ndarray, steps: np.ndarray, tested: np.ndarray) -> dict:
    """Return a chart of what was measured at every step of the training, and at some steps on held-out images.

    Examples
    --------
    >>> chart = curve_chart("loss", "", np.array([2.0, 1.0]), np.array([0, 2]), np.array([2.2, 1.1]))
    >>> chart["top"], chart["lines"][0]["y"]
    (2.5, array([2. , 1.5]))
    """
    count = len(trained)
    drawn = np.arange(count, 0, -max(1, math.ceil(count / MOST_POINTS)))[::-1]  # the last step is among them
    smooth = running_mean(trained)[drawn - 1]
    lines = [{"name": "train", "x": drawn, "y": smooth}, {"name": "held out", "x": steps, "y": tested}]
    top = 100.0 if unit else round_up(np.concatenate([smooth, tested]))
    return {"name": name, "unit": unit, "top": top, "lines": lines}


def confusion_matrix(labels, probabilities) -> np.ndarray:
    """Return how many images of each class (row) got each answer (column).

    Examples
    --------
    >>> confusion_matrix([0, 1, 1], np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]]))
    array([[1, 0],
           [1, 1]])
    """
    counts = np.zeros((probabilities.shape[1],) * 2, dtype=int)
    np.add.at(counts, (labels, probabilities.argmax(axis=1)), 1)
    return counts


def most_wrong(images, labels, probabilities) -> dict:
    """Return the images with a wrong answer, least probable label first, and how many there are in all.

    Examples
    --------
    >>> wrong = most_wrong(np.ones((3, 1, 1, 1)), np.array([0, 1, 1]), np.array([[0.9, 0.1], [0.8, 0.2], [0.6, 0.4]]))
    >>> wrong["labels"], wrong["answers"], wrong["shares"], wrong["count"]
    ([1, 1], [0, 0], [0.8, 0.6], 2)
    """
    answers = probabilities.argmax(axis=1)
    (wrong,) = np.nonzero(answers != labels)
    worst = wrong[np.argsort(probabilities[wrong, labels[wrong]], kind="stable")][:MOST_WRONG]
    return {
        "count": len(wrong),
        "of": len(labels),
        "images": np.asarray(images[worst], dtype=np.float64).mean(axis=1),
        "labels": np.asarray(labels)[worst].tolist(),
        "answers": answers[worst].tolist(),
        "shares": probabilities[worst, answers[worst]].tolist(),
    }


def running_mean(values: Sequence[float]) -> np.ndarray:
    """Return the mean of each value and the up to ``WINDOW - 1`` before it.

    Examples
    --------
    >>> running_mean([1, 3, 8])
    array([1., 2., 4.])
    """
    sums = np.cumsum([0.0, *values])
    ends = np.arange(1, len(values) + 1)
    starts = np.maximum(0, ends - WINDOW)
    return (sums[ends] - sums[starts]) / (ends - starts)


def round_up(values: np.ndarray) -> float:
    """Return a round number, such as 2.5 times a power of ten, that no finite value exceeds.

    Examples
    --------
    >>> round_up(np.array([0.3, 2.31, np.inf])), round_up(np.array([120.0]))
    (2.5, 150.0)
    """
    most = np.max(values[np.isfinite(values)], initial=0.0) or 1.0
    power = 10.0 ** math.floor(math.log10(most))
    return next(factor * power for factor in (1, 1.5, 2, 2.5, 3, 4, 5, 10) if factor * power >= most)


def state_html(run: Run, wanted: Settings, playing: bool) -> str:
    """Return in a sentence how it stands; ``wanted`` are the settings of the next training.

    Examples
    --------
    >>> from cnnlab.data import load_digits
    >>> run = Run(load_digits(), Settings((4, 4), 0.03, 16, epochs=1, seed=0))
    >>> state_html(run, run.settings._replace(batch_size=32), False)
    '<div role="status">Ready: press start. The new batch size will be used after a reset.</div>'
    """
    if run.trouble:
        return f'<div role="alert" class="cnnlab-message">{html.escape(run.trouble)}. Press reset.</div>'
    state = "Training." if playing else "Paused." if run.step else "Ready: press start."
    changed = [name for name in ("filters", "batch_size") if getattr(wanted, name) != getattr(run.settings, name)]
    later = f" The new {' and '.join(changed)} will be used after a reset.".replace("_", " ") if changed else ""
    return f'<div role="status">{"Finished." if run.over else state}{later}</div>'


def progress_html(run: Run, seconds: float | None) -> str:
    """Return a bar, how far the training is, and how many seconds it will take where that is known.

    Examples
    --------
    >>> from cnnlab.data import load_digits
    >>> progress_html(Run(load_digits(), Settings((4, 4), 0.03, 16, epochs=1, seed=0)), None)[-34:]
    '</progress><div>step 0 of 90</div>'
    """
    bar = f'<progress max="{run.steps}" value="{run.step}" aria-label="progress of the training"></progress>'
    at = f"step {run.step} of {run.steps}"
    if not run.records:
        return f"{bar}<div>{at}</div>"
    last = run.records[-1]
    left = "" if seconds is None else f" · about {math.ceil(seconds)} s left"
    batch = f"batch loss {last.loss:.4f}, {100 * last.accuracy:.0f} % right"
    return f"{bar}<div>{at}, epoch {last.epoch} of {run.settings.epochs}{left}<br>{batch}</div>"


def draw_summary(summary: dict, kernels: np.ndarray, title: str) -> bytes:
    """Return a PNG of a training: its curves, δ, first kernels, confusion matrix and most wrong images.

    Parameters
    ----------
    summary : dict
        From :func:`summarise`.
    kernels : array (F, kh, kw)
        Those of the first convolution.
    title : str
        A line above the picture.

    Examples
    --------
    >>> from cnnlab.data import load_digits
    >>> run = Run(load_digits(), Settings((4, 4), 0.03, 16, epochs=1, seed=0))
    >>> draw_summary(summarise(run), run.model.layers[0].params["w"][:, 0], "before")[1:4]
    b'PNG'
    """
    figure = Figure(figsize=(9.6, 6.2), facecolor="white", dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    figure.suptitle(title, fontsize=10, color=INK, x=0.01, ha="left")
    (loss, accuracy, delta), (matrix, mistakes, weights) = figure.subplots(2, 3)
    for chart, ax in zip(summary["charts"], (loss, accuracy), strict=True):
        draw_curves(chart, summary, ax)
    draw_deltas(summary["deltas"], delta)
    draw_confusion(summary["confusion"], matrix)
    wrong = summary["wrong"]
    names = [f"{label} read as {answer}" for label, answer in zip(wrong["labels"], wrong["answers"], strict=True)]
    heading = f"most wrong (of {wrong['count']} wrong)" if names else f"all {wrong['of']} right"
    draw_pictures(wrong["images"], names, heading, mistakes, across=4)
    draw_pictures(kernels, [""] * len(kernels), "kernels of the first convolution", weights, across=4)
    buffer = BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def draw_curves(chart: dict, summary: dict, ax: Axes) -> Axes:
    """Draw the train and the held-out curve of the loss or the accuracy by epoch."""
    scale = summary["epochs"] / summary["steps"]
    for line, style in zip(chart["lines"], LINES, strict=True):
        end = {"markevery": [-1] if len(line["x"]) else None, "clip_on": False}  # a mark at the end of a curve only
        ax.plot(line["x"] * scale, line["y"], label=line["name"], **end, **style)
    ax.set(xlim=(0, summary["epochs"]), ylim=(0, chart["top"] * 1.02), xlabel="epoch")
    name = f"{chart['name']} in {chart['unit']}" if chart["unit"] else chart["name"]
    ax.legend(fontsize=8, frameon=False, labelcolor=INK)
    return _plain(ax, name)


def draw_deltas(layers: list[dict], ax: Axes) -> Axes:
    """Draw the mean size of δ in each layer as a bar, from a millionth to 1."""
    for place, layer in enumerate(layers):
        ax.barh(place, max(layer["value"], SMALLEST), left=0, color=BLUE, height=0.5)
        ax.text(SMALLEST, place - 0.3, f" {layer['name']}: {layer['value']:.2g}", va="bottom", fontsize=8, color=INK)
    ax.set(xscale="log", xlim=(SMALLEST, 1), ylim=(len(layers) - 0.5, -0.9), yticks=[])
    ax.minorticks_off()
    return _plain(ax, f"mean |δ| by layer, last {WINDOW} steps")


def draw_confusion(counts: np.ndarray, ax: Axes) -> Axes:
    """Draw how many images of each class (row) got each answer (column)."""
    draw_plane(counts, ax)
    places = np.arange(len(counts))
    ax.set(xticks=places + 0.5, yticks=places + 0.5, xticklabels=places, yticklabels=places)
    ax.set(xlim=(0, len(counts)), ylim=(len(counts), 0), aspect="equal", anchor="NW", xlabel="answer", ylabel="label")
    return _plain(ax, "held-out images")


def draw_pictures(planes: np.ndarray, names: list[str], heading: str, ax: Axes, *, across: int) -> Axes:
    """Draw small planes (N, H, W) in rows, each with its name below, coloured to one scale."""
    limit = np.abs(planes).max(initial=0) or 1.0
    rows = max(2, -(-len(planes) // across))
    across = max(across, -(-len(planes) // rows))
    for place, (plane, name) in enumerate(zip(planes, names, strict=True)):
        x, y = 1.15 * (place % across), 1.35 * (place // across)
        extent = (x, x + 1, y + 1, y)
        ax.imshow(plane, cmap=SIGNED, vmin=-limit, vmax=limit, extent=extent, interpolation="nearest")
        ax.text(x + 0.5, y + 1.05, name, ha="center", va="top", fontsize=7, color=INK)
    ax.set(xlim=(0, 1.15 * across), ylim=(1.35 * rows, 0), aspect="equal", anchor="NW")
    ax.set_axis_off()
    return _plain(ax, heading)


def _plain(ax: Axes, title: str) -> Axes:
    """Put a title on Axes and take away what is not needed."""
    ax.set_title(title, fontsize=9, color=INK, loc="left")
    ax.tick_params(labelsize=8, colors=SOFT, length=0)
    ax.spines[:].set_visible(False)
    ax.xaxis.label.set(size=8, color=SOFT)
    ax.yaxis.label.set(size=8, color=SOFT)
    return ax
