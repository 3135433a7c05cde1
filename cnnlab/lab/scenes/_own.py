"""A user's own functions in a scene: their numbers and their wires instead of ours."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from inspect import signature
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np

from cnnlab.lab.scenes._panels import limit_of, parts_in, total
from cnnlab.wiring import Wires, wires_of

SECONDS = 2.0  # time limit for the wires of one sum
MOST_CALLS = 15_000  # if each pair of cells must be tried; most functions need far fewer


class Own(NamedTuple):
    """A user's function: its arrays are passed by position, the settings that it names by keyword.

    ``results`` maps each result's panel to its sums of products of arrays: ``{"y": [("x", "w"), ("b",)]}``.
    """

    function: Callable
    arrays: Sequence[str]
    results: Mapping[str, Sequence[tuple[str, ...]]]
    settings: Mapping[str, Any]
    more: tuple = ()

    def answers(self, given):
        """Return the results for these arrays, of which the function gets copies it may modify."""
        named = {name: self.settings[name] for name in signature(self.function).parameters if name in self.settings}
        found = self.function(*(given[name].copy() for name in self.arrays), *self.more, **named)
        return found if isinstance(found, tuple) else [found]


def own_scene(scene, given, functions):
    """Return a scene with the results of these functions instead of its own; errors of the functions propagate.

    Examples
    --------
    >>> from cnnlab.lab.scenes import convolution_scene
    >>> x, w = np.array([[[[1.0, 2.0], [3.0, 4.0]]]]), np.array([[[[1.0]]]])
    >>> def twice(x, w):
    ...     return 2 * x * w
    >>> shown = own_scene(convolution_scene(x, w), {"x": x, "w": w}, [Own(twice, "xw", {"y": [("x", "w")]}, {})])
    >>> shown["panels"][2]["values"].tolist(), shown["wires"]["y"]["weight"], shown["note"]
    ([[[2.0, 4.0], [6.0, 8.0]]], [2.0, 2.0, 2.0, 2.0], 'y: numbers and wires of twice.')
    """
    panels, wires, notes = {panel["name"]: panel for panel in scene["panels"]}, {}, []
    for panel in panels.values():
        for field in ("sum", "says", "marks"):
            panel.pop(field, None)
    for own in functions:
        name = getattr(own.function, "__name__", "your function")
        notes.append(f"{', '.join(panels[each]['symbol'] for each in own.results)}: numbers and wires of {name}.")
        for at, (result, sums) in enumerate(own.results.items()):
            panel, answer = panels[result], np.asarray(own.answers(given)[at], np.float64)
            values, cells = np.zeros_like(panel["values"]), np.ix_(*_cells_of(panel))
            shape = values[cells].shape
            if answer.size != values[cells].size:
                raise ValueError(f"{panel['symbol']} has shape {answer.shape}; planes {shape} are expected")
            values[cells] = answer.reshape(shape)
            panel |= {"values": values, "title": f"by {name}", "limit": limit_of(answer)}
            found = {factors: _wires(own, at, given, factors, sums) for factors in sums}
            if not all(found.values()):
                notes.append(f"No wires of {panel['symbol']} were found.")
                continue
            for factors, listed in found.items():
                add_wires(wires, [panel, *map(panels.get, factors)], listed)
    rest = {key: value for key, value in scene.items() if key not in ("setup", "coverage", "shares")}
    return rest | {"wires": wires, "note": " ".join(notes)}


def add_wires(wires, joined, found, **more):
    """Add the wires ``found`` between the panels of a result and of arrays to a scene's, and set the panels' sums.

    Those of the first sum have the result's name, those that are added to it the name of their array.
    """
    result, *factors = joined
    pair = (*(panel["name"] for panel in factors), "one")[:2]
    key = pair[0] if "sum" in result else result["name"]
    if "sum" in result:
        result["sum"]["adds"] = key
    else:
        result["sum"] = total(*pair, wires=key)
    for panel in factors:
        panel.setdefault("sum", parts_in(*pair, result["name"], wires=key))
    ends = {panel["end"]: _placed(panel, flat) for panel, flat in zip(joined, found.cells.T, strict=True)}
    wires[key] = {"cells": ends, "weight": found.weights.tolist(), **more}


def wires_by(function, given, factors, sums, *, picks=False, seconds=SECONDS, clock=perf_counter) -> Wires:
    """Return the wires from the arrays of one of the sums to a result, the arrays of the other sums being 0.

    ``function`` maps the arrays by name to the result.

    Raises
    ------
    ValueError
        If it takes too many calls or too long, or the results are unsuitable.
    """
    rest = {name: np.zeros_like(given[name]) for others in sums if others != factors for name in others}
    end = clock() + seconds

    def answer(*arrays):
        if clock() > end:
            raise ValueError(f"It was stopped after {seconds:g} seconds.")
        return function(given | rest | dict(zip(factors, arrays, strict=True)))

    return wires_of(answer, *(given[name] for name in factors), picks=picks, most_calls=MOST_CALLS)


def _wires(own, at, given, factors, sums):
    """Return the wires of one of the sums of a result; None if none are found."""
    for picks in (False, True)[: 3 - len(factors)]:
        with suppress(Exception):  # the user's function may raise anything
            found = wires_by(lambda named: own.answers(named)[at], given, factors, sums, picks=picks)
            if found.exact:
                return found
    return None


def _cells_of(panel):
    """Return the planes, rows and columns of a panel that belong to its array, not to padding or beyond the edge."""
    edges, lengths = panel.get("edges", {}), zip(("planes", "rows", "columns"), panel["values"].shape, strict=True)
    return [np.flatnonzero(np.equal(edges.get(end, [0] * length), 0)) for end, length in lengths]


def _placed(panel, flat):
    """Return the drawn cells for flat indices of an array."""
    cells = np.stack(np.meshgrid(*_cells_of(panel), indexing="ij"), axis=-1)
    return cells.reshape(-1, 3)[flat].tolist()
