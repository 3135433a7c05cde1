"""The scene of one layer: its whole map, forward or backward, or a single unit."""

from operator import attrgetter

import numpy as np

from cnnlab.activations import ACTIVATIONS
from cnnlab.geometry import check_window
from cnnlab.lab.scenes import _panels as panels
from cnnlab.lab.scenes import _sentences as sentences
from cnnlab.lab.scenes._convolution import convolution_scene
from cnnlab.lab.scenes._panels import panel, places, side_by_side
from cnnlab.lab.scenes._pooling import pooling_scene
from cnnlab.layers import Activation, Conv2D, Dense, Flatten, Pool2D

WAYS = (Conv2D, Dense, Pool2D, Activation, Flatten)
STEPS = attrgetter("forward", "backward", "_forward", "_backward")


def way_of(layer):
    """Return the class that defines how a layer works; None if the layer overrides its parent's methods.

    Examples
    --------
    >>> from cnnlab.layers import ReLU
    >>> way_of(ReLU()).__name__, way_of(type("Doubled", (ReLU,), {"forward": lambda self, x: 2 * x})())
    ('Activation', None)
    """
    way = next((way for way in WAYS if isinstance(layer, way)), None)
    return way if way and STEPS(type(layer)) == STEPS(way) else None


def layer_scene(layer, x, y, dy=None):
    """Return the scene of a layer applied to a map, with ``dy`` also of its backward pass.

    Parameters
    ----------
    layer : Layer
        A dense layer is a convolution whose kernel is as large as its input. An unknown layer is shown as plain maps,
        forward only.
    x, y, dy : arrays (1, C, H, W)
        Its input, its output, and the gradient of the output; scores are (1, K, 1, 1).

    Examples
    --------
    >>> scene = layer_scene(Dense(4, 3, rng=np.random.default_rng(0)), np.ones((1, 1, 2, 2)), np.ones((1, 3, 1, 1)))
    >>> [(panel["name"], panel["values"].shape) for panel in scene["panels"]]
    [('x', (1, 2, 2)), ('w', (3, 2, 2)), ('y', (3, 1, 1))]
    """
    way = way_of(layer)
    if way in (Conv2D, Dense):
        b = layer.params["b"] if layer.params["b"].any() else None
        w, settings = kernels_of(layer, x)
        scene = convolution_scene(x, w, b, dy=dy, **settings)
        if way is Dense:
            sentences.tell(scene["panels"], sentences.CONVOLUTION | sentences.DENSE)
        return scene
    if way is Pool2D:
        return pooling_scene(x, layer.sizes[-1], op=layer.name, dy=dy, **layer.settings)
    if way is Activation:
        return activation_scene(x, layer.name, dy=dy, **layer.settings)
    if way is Flatten:
        axes, same = check_window(x.shape[2:], 1), panels.total("x", "one", values=True)
        arrays = {"x": x[0], "y": x[0]} | ({} if dy is None else {"dx": dy[0], "dy": dy[0]})
        sums = dict.fromkeys(("x", "y", "dy"), same) | {"dx": same | {"a": "dy"}}
        return panels.operation(arrays, {}, axes, sentences.FLATTEN, sums, [], panels.pool_wires(axes, x.shape[1]))
    kind = type(layer).__name__  # only its input and output are known
    shown = [map_panel("x", x, "x", "in"), map_panel("y", y, "y", f"out of {kind}", column=1)]
    sentences.tell(shown, sentences.PLAIN, name=kind)
    return panels.scene(shown, ["→"], {})


def activation_scene(z, name, *, dy=None, **settings):
    """Return the scene of an activation, cell by cell; with ``dy`` also backward, by its slope.

    Parameters
    ----------
    z : array (1, C, H, W)
    name : str
        One of :data:`cnnlab.activations.ACTIVATIONS`; ``settings`` are its settings, such as the slope of leaky_relu.
    dy : array (1, C, H, W), optional
        ∂L/∂a.

    Examples
    --------
    >>> scene = activation_scene(np.array([[[[-1.0, 2.0]]]]), "relu")
    >>> [panel["values"].ravel().tolist() for panel in scene["panels"]]
    [[-1.0, 2.0], [0.0, 2.0]]
    """
    entry, axes = ACTIVATIONS[name], check_window(z.shape[2:], 1)
    settings = entry.check_settings(settings)
    slopes = entry.backward(np.ones_like(z), z, **settings)[0]
    sums = panels.SHARES_BACK | {
        "x": panels.parts_in("x", "share", "y", verb="goes through", values=True),
        "y": panels.total("x", "share", strip=(f"{name}(", ", ", ")"), values=True),
    }
    arrays, symbols = {"x": z[0], "y": entry.forward(z, **settings)[0]}, {"x": "z", "y": "a", "dx": "δ", "dy": "∂L/∂a"}
    if dy is not None:
        arrays |= {"dx": entry.backward(dy, z, **settings)[0], "dy": dy[0]}
    titles = {"x": f"before, {panels.size_of(z)}", "y": f"after {name}", "dx": "before it", "dy": "after it"}
    look = {"known": {"name": name}, "shares": panels.packed_shares(slopes[..., None, None])}
    wires = panels.pool_wires(axes, z.shape[1])
    scene = panels.operation(arrays, titles, axes, sentences.ACTIVATION, sums, ["→"], wires, **look)
    for each in scene["panels"]:
        each["symbol"] = symbols[each["name"]]
    return scene


def map_panel(name, values, symbol, title, **options):
    """Return a panel of one image's map (1, C, H, W) or scores (1, K), in one column."""
    planes = values[0] if values.ndim == 4 else values.reshape(1, -1, 1)
    count, height, width = planes.shape
    where = places(count, range(height), range(width) if values.ndim == 4 else [])  # scores have one index
    return panel(name, planes, symbol, title, **{"role": "x", "planes": side_by_side(count), "places": where} | options)


def kernels_of(layer, x):
    """Return the kernels and the settings of a convolution, or of a dense layer seen as one."""
    if isinstance(layer, Dense):
        return layer.params["w"].T.reshape(-1, *x.shape[1:]), {"groups": 1}
    return layer.params["w"], layer.settings


def channels_of(w, settings, plane):
    """Return the channels that a filter reads: those of its group."""
    filters, deep = w.shape[:2]
    group = plane // (filters // settings["groups"])
    return list(range(group * deep, (group + 1) * deep))
