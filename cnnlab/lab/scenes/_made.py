"""The scene of how one map of a network was computed, by a filter over the maps before it; or how its gradient was."""

import numpy as np

from cnnlab.lab.numbers import format_value
from cnnlab.lab.scenes._convolution import channels_scene, convolution_scene, gathered, spread_out, turn
from cnnlab.lab.scenes._curves import softmax_scene
from cnnlab.lab.scenes._layers import channels_of, kernels_of, layer_scene, map_panel, way_of
from cnnlab.lab.scenes._overview import SIDES, label_of, network_scene, upright
from cnnlab.lab.scenes._panels import size_of, without_code
from cnnlab.lab.scenes._sentences import CONVOLUTION, DENSE, tell
from cnnlab.lab.scenes.reading import panel_of
from cnnlab.layers import Conv2D, Dense

MOST_MAPS = 32  # maps in one column


def made_scene(result, name, cell):
    """Return the scene of how a map of a network, or its gradient, was computed; None if there is no more to show.

    Parameters
    ----------
    result : Pass
    name : str
        A panel of :func:`network_scene`: "p", "hk", or "gk" where the pass has gradients.
    cell : [plane, row, column]
        The initially selected cell of that panel.

    Examples
    --------
    >>> import numpy as np
    >>> from cnnlab.lab.scenes import run_network
    >>> from cnnlab.layers import Flatten
    >>> from cnnlab.network import Sequential
    >>> model = Sequential(Conv2D(1, 2, 2, rng=np.random.default_rng(0)), Flatten())
    >>> shown = made_scene(run_network(model, np.ones((1, 1, 2, 2))), "h1", [1, 0, 0])
    >>> shown["heading"], [panel["name"] for panel in shown["panels"]]
    ('How conv is made', ['x', 'w', 'y', 'b', 'parts'])
    """
    if name == "p":
        return softmax_scene(result.maps[-1][0], label_of(result), backward=bool(result.errors)) | {"topic": name}
    k, back, plane = int(name[1:]), name[0] == "g", cell[0]
    layers, maps, errors = result.model.layers, upright(result, result.maps), upright(result, result.errors)
    at = k + 1 if back else k  # the layer that computes it: below a map, above a gradient
    if not 0 < at < len(maps):
        return None
    layer, x, y, read, way = layers[at - 1], maps[at - 1], maps[at], [plane], way_of(layers[at - 1])
    called = {"x": f"h{at - 1}", "y": f"h{at}", "dx": f"g{at - 1}", "dy": f"g{at}"}
    made, target, hidden = None, "dx" if back else "y", ["b"]
    if way is Conv2D and back:
        made, read = _gathered(layer, x, errors[at], plane)
        called, target = {"x": f"g{at}", "y": name}, "y"
    elif way is Dense and back:
        made = _spread(layer, x, errors[at], plane)
        hidden = ["b", "x", "y", "dw"]
    elif way in (Conv2D, Dense):
        w, settings = kernels_of(layer, x)
        read = channels_of(w, settings, plane)
        made = channels_scene(x[:, read], w[[plane]], layer.params["b"][[plane]], **settings | {"groups": 1})
    elif way:
        made = layer_scene(layer, x[:, read], y[:, read], errors[at][:, read] if back else None)
    if made is None or len(read) > MOST_MAPS:
        return None
    whole = network_scene(result, backward=bool(errors))
    for each in made["panels"]:
        count = len(each["values"])
        each |= {"editable": False, "row": 0, "view": "none" if each["name"] in hidden else "maps"}
        each["planes"] = [count, 1]
        each.pop("gradient", None)
        if each["name"] in called:
            map_ = panel_of(whole, called[each["name"]])
            planes = read if each["name"] == "x" else [plane] if count == 1 else range(count)
            each |= {field: map_[field] for field in ("symbol", "alias", "role") if field in map_}
            each["title"] = f"map {planes[0]}" if count == 1 else f"{count} maps"
            each["places"] = each["places"] | {"planes": [map_["places"]["planes"][at] for at in planes]}
    drawn = panel_of(made, target)
    sees = panel_of(whole, f"h{k}")["sees"]
    drawn["sees"] = {  # a padding cell gets the sight of the nearest map cell
        side: np.take(sees[side], drawn["places"][along], mode="clip").tolist() for side, (along, _) in SIDES.items()
    }
    indices = zip((drawn["places"]["rows"], drawn["places"]["columns"]), cell[1:], strict=True)
    first = {"panel": target, "cell": [0, *(along.index(index) if along else 0 for along, index in indices)]}
    for bias in (each for each in made["panels"] if each["name"] == "b"):
        drawn["title"] += f", b = {format_value(bias['values'].item())}"
    told = {"steps": target, "topic": f"{name} {plane}", "heading": f"How {drawn['symbol']} is made"}
    made = without_code(made) | told | {"first": first, "held": True, "compact": True, "network": True}
    if at == 1 and not back:
        return made
    image = map_panel("h0", result.maps[0], "image", size_of(result.maps[0]), end="map 0", view="maps")
    others = [each | {"column": each["column"] + 1} for each in made["panels"]]
    return made | {"panels": [image, *others], "signs": ["", *made["signs"]]}  # the image frames the receptive field


def _gathered(layer, x, dy, plane):
    """Return the scene of a map's gradient: each δ map above it, spread by zeros, under a turned kernel."""
    (w, settings), axes = kernels_of(layer, x), layer.axes(x.shape[2:])
    channels = [channels_of(w, settings, number) for number in range(len(w))]
    filters = [number for number, read in enumerate(channels) if plane in read]
    kernels = w[filters, channels[filters[0]].index(plane)]
    spread, rings = spread_out(dy[:, filters], axes)
    ring = tuple((top - axis.before, end - axis.after) for (top, end), axis in zip(rings, axes, strict=True))
    if min(map(min, ring)) < 0:
        return None, filters
    scene = channels_scene(spread, turn(kernels)[None], padding=ring, dilation=settings["dilation"])
    panel_of(scene, "y")["says"] = gathered(kernels)
    return scene, filters


def _spread(layer, x, dy, plane):
    """Return the scene of a map's gradient below a dense layer: each δ above it times its weights, added up."""
    scene = convolution_scene(x[:, [plane]], kernels_of(layer, x)[0][:, [plane]], dy=dy)
    tell(scene["panels"], CONVOLUTION | DENSE)
    return scene | {"signs": ["←", "·"]}
