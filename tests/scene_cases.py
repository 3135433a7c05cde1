"""Scenes of random geometries, each with what it must show: its arrays by panel, and its wires one by one.

Everything is made of small integers, so that sums are exact.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, wraps
from inspect import signature
from unittest import mock

import numpy as np
from outside import BENT, L2, LENGTH, RMS, RMS_NAME, SOFTPLUS
from scene_wires import (
    Wire,
    all_win,
    convolution_wires,
    even_shares,
    first_wins,
    gathered,
    pool_wires,
    winners_divide,
)

from cnnlab import conv2d, conv2d_backward, max_pool2d, mean_pool2d, pad2d
from cnnlab.activations import ACTIVATIONS
from cnnlab.geometry import check_window
from cnnlab.lab.scenes import (
    activation_scene,
    channels_scene,
    convolution_scene,
    gather_scene,
    pooling_scene,
    scatter_scene,
    tie_scene,
)
from cnnlab.pooling import POOLS, check_pool

# What every random draw could miss: F = 1, S > F, P > F, even F, leftovers, dilation, groups; (size, kernel, settings)
ODD_CONVOLUTIONS = [
    ((5, 5), (1, 1), {}),
    ((6, 6), (1, 1), {"stride": 3}),
    ((7, 6), (2, 2), {"stride": 3}),
    ((3, 4), (2, 2), {"padding": 3}),
    ((2, 2), (1, 1), {"padding": 2, "stride": 2}),
    ((4, 4), (4, 2), {"padding": ((1, 2), (0, 1))}),
    ((6, 5), (3, 3), {"stride": 2, "padding": ((0, 1), (2, 0))}),
    ((5, 7), (2, 3), {"dilation": (3, 2), "stride": 2, "padding": 1}),
    ((5, 5), (3, 3), {"padding": "same"}),
    ((5, 4), (4, 2), {"padding": "same"}),
    ((1, 1), (1, 1), {}),
]
ODD_POOLS = [
    ((5, 5), 2, {"ceil_mode": True}),
    ((6, 7), 3, {"stride": 2, "padding": 1, "ceil_mode": True}),
    ((5, 5), 2, {"stride": 3, "ceil_mode": True}),
    ((4, 5), (3, 2), {"stride": 1, "padding": (1, 0)}),
    ((3, 3), 1, {"stride": 2}),
    ((5, 5), 3, {"stride": 1, "padding": ((2, 0), (0, 2))}),
    ((5, 6), (2, 3), {"stride": 1, "padding": (1, 2), "dilation": 2}),
    ((5, 4), 2, {"stride": (2, 3), "padding": (0, 1), "ceil_mode": True}),  # one side hangs over, one drops a window
]


@dataclass
class Case:
    """A scene, the arrays (planes, h, w) that its panels must show, and its wires, by panel where they differ."""

    name: str
    scene: dict
    arrays: dict[str, np.ndarray]
    wires: list[Wire]
    given: dict = field(default_factory=dict)  # arrays that the public function takes
    rules: dict[str, list[Wire]] = field(default_factory=dict)
    exact: bool = True
    bends: bool = False  # y is no sum of shares
    parts: Callable | None = None  # (filter, channel of its group) to what it adds to y

    @cached_property
    def panels(self) -> dict[str, dict]:
        return {panel["name"]: panel for panel in self.scene["panels"]}

    @property
    def ways(self) -> tuple[bool, ...]:
        """The ways to read the scene: with its gradients, and without where it has any."""
        return (True, False) if any("gradient" in panel for panel in self.scene["panels"]) else (True,)

    def seen(self, backward: bool) -> dict:
        """Return the scene as it is read while its gradients are shown, or hidden."""
        if backward:
            return self.scene
        panels = [{key: value for key, value in panel.items() if key != "gradient"} for panel in self.scene["panels"]]
        return {**self.scene, "panels": panels}

    def cells(self):
        """Yield every cell of every panel."""
        for name, panel in self.panels.items():
            for cell in np.ndindex(panel["values"].shape):
                yield {"panel": name, "cell": list(cell)}

    def wires_at(self, panel: str) -> dict[tuple, list[Wire]]:
        """Return the wires of each cell of a panel."""
        by_cell = defaultdict(list)
        for wire in self.rules.get(panel, self.wires):
            by_cell[getattr(wire, self.panels[panel]["end"])].append(wire)
        return by_cell


# --- cases ----------------------------------------------------------------------------------------------------------


def integers(rng, shape) -> np.ndarray:
    """Return integers without zeros: a wire that is missing must show."""
    return rng.choice([-3.0, -2.0, -1.0, 1.0, 2.0, 3.0], shape)


def convolution_case(
    rng, size, kernel, settings, *, channels=1, filters=1, groups=1, bias=False, turned=False, dy=True
):
    x, w = integers(rng, (1, channels, *size)), integers(rng, (filters, channels // groups, *kernel))
    b = integers(rng, filters) if bias else None
    given = {**settings, "groups": groups}
    used = w[..., ::-1, ::-1] if turned else w
    y = conv2d(x, used, b, **given)
    upstream = integers(rng, y.shape) if dy else None
    scene = convolution_scene(x, w, b, dy=upstream, turned=turned, **given)
    axes = check_window(size, kernel, **settings)
    wires = convolution_wires(axes, channels, filters, groups, turned=turned)
    xp = pad2d(x, tuple((axis.before, axis.after) for axis in axes))[0]
    arrays = {"x": xp, "w": w.reshape(-1, *kernel), "y": y[0]} | ({"b": b.reshape(-1, 1, 1)} if bias else {})
    if dy:
        dx, dw, db = conv2d_backward(upstream, x, used, **given)
        dw = dw[..., ::-1, ::-1] if turned else dw
        arrays |= {"dy": upstream[0], "dw": dw.reshape(-1, *kernel)} | ({"db": db.reshape(-1, 1, 1)} if bias else {})
        arrays["dx"] = gathered(wires, xp.shape, "input", lambda at: arrays["dy"][at.output] * arrays["w"][at.tap])
        inside = tuple(slice(axis.before, axis.before + axis.size) for axis in axes)
        np.testing.assert_array_equal(arrays["dx"][:, *inside], dx[0])
    options = "".join(word for word, on in ((" bias", bias), (" turned", turned), (" dy", dy)) if on)
    name = f"conv {size} F{kernel} {settings} C{channels} N{filters} G{groups}{options}"

    def part(f, k):
        channel = f // (filters // groups) * (channels // groups) + k
        return conv2d(x[:, [channel]], used[[f], k : k + 1], **settings)[0, 0]

    return Case(name, scene, arrays, wires, {"x": x, "w": w, "b": b, "dy": upstream}, parts=part)


def pooling_case(rng, size, kernel, settings, *, op="max", channels=1, pad_value=-np.inf, include=True, dy=True):
    x = rng.integers(-3, 2, (1, channels, *size)).astype(float)
    axes = check_pool(size, kernel, **settings)
    sides = [(axis.before, axis.after + axis.overhang) for axis in axes]
    fill = 0.0 if op == "mean" else pad_value
    xp = np.pad(x[0], [(0, 0), *sides], constant_values=fill)
    wires = pool_wires(axes, xp, even_shares(axes, include) if op == "mean" else first_wins)
    if op == "mean":
        y = mean_pool2d(x, kernel, count_include_pad=include, **settings)[0]
    elif pad_value == -np.inf:
        y = max_pool2d(x, kernel, **settings)[0][0]
    else:
        outputs = channels, *(axis.out for axis in axes)
        y = gathered(wires, outputs, "output", lambda wire: wire.share * xp[wire.input])
    upstream = integers(rng, (1, *y.shape)) if dy else None
    options = {"count_include_pad": include} if op == "mean" else {"pad_value": pad_value}
    scene = pooling_scene(x, kernel, op=op, dy=upstream, **options, **settings)
    arrays = {"x": xp, "y": y}
    if dy:
        arrays["dy"] = upstream[0]
        arrays["dx"] = gathered(wires, xp.shape, "input", lambda wire: wire.share * upstream[0][wire.output])
    name = f"{op} {size} F{kernel} {settings} C{channels} pad {fill} include {include}{' dy' if dy else ''}"
    return Case(name, scene, arrays, wires, {"x": x, "dy": upstream}, exact=op == "max")


def tie_case(rng, size, kernel, settings):
    x = rng.integers(0, 2, (1, 2, *size)).astype(float)
    axes = check_pool(size, kernel, **settings)
    xp = np.pad(x[0], [(0, 0), *((axis.before, axis.after + axis.overhang) for axis in axes)], constant_values=-np.inf)
    dy = integers(rng, (1, 2, *(axis.out for axis in axes)))
    scene = tie_scene(x, kernel, dy, **settings)
    case = Case(f"ties {size} F{kernel} {settings}", scene, {"dy": dy[0]}, [], exact=False)
    for rule, share in (("first", first_wins), ("split", winners_divide), ("all", all_win)):
        wires = case.rules[f"dx-{rule}"] = pool_wires(axes, xp, share)
        case.arrays[f"dx-{rule}"] = gathered(wires, xp.shape, "input", lambda wire: wire.share * dy[0][wire.output])
    case.wires = case.rules["dx-first"]
    return case


def channels_case(rng, size, kernel, settings, *, turned=False, **options):
    """Return a convolution with its partial maps, one for each channel of each filter."""
    case = convolution_case(rng, size, kernel, settings, turned=turned, **options)
    case.scene = channels_scene(**case.given, turned=turned, **settings)
    filters, deep = case.given["w"].shape[:2]
    case.arrays["parts"] = np.stack([case.parts(f, k) for f in range(filters) for k in range(deep)])
    case.name = f"channels {case.name}"
    return case


def activation_case(rng, op, **settings):
    entry, z, dy = ACTIVATIONS[op], integers(rng, (1, 2, 3, 4)), integers(rng, (1, 2, 3, 4))
    step = 1e-6
    slopes = (entry.forward(z + step, **settings) - entry.forward(z - step, **settings))[0] / (2 * step)
    wires = [Wire(cell, cell, (0, 0, 0), round(slope, 8)) for cell, slope in np.ndenumerate(slopes)]
    y, dx = entry.forward(z, **settings)[0], entry.backward(dy, z, **settings)[0]
    scene = activation_scene(z, op, dy=dy, **settings)
    name, bends = f"{op} {settings}", op not in ("relu", "leaky_relu")
    return Case(name, scene, {"x": z[0], "y": y, "dx": dx, "dy": dy[0]}, wires, {"x": z}, exact=False, bends=bends)


def l2_case(rng, size, kernel, settings):
    """Return the scene of a pool from outside, whose shares are x / y."""
    share = lambda values, _: [value / np.hypot.reduce(values) for value in values]  # noqa: E731
    return outside_case(rng, integers(rng, (1, 2, *size)), LENGTH, L2, share, kernel, settings)


def rms_case(rng, size, kernel, settings, include):
    """Return the scene of a pool from outside that divides by the cells that count, of numbers with zeros."""
    even = even_shares(check_pool(size, kernel, **settings), include)

    def share(values, cells):
        parts = even(values, cells)
        y = sum(part * value**2 for part, value in zip(parts, values, strict=True)) ** 0.5
        return [part * value / y if y else 0.0 for part, value in zip(parts, values, strict=True)]

    x = rng.choice([-3.0, -1.0, 0.0, 0.0, 4.0], (1, 2, *size))
    return outside_case(rng, x, RMS_NAME, RMS, share, kernel, settings, count_include_pad=include)


def outside_case(rng, x, op, pool, share, kernel, settings, **options):
    axes = check_pool(x.shape[2:], kernel, **settings)
    xp = np.pad(x[0], [(0, 0), *((axis.before, axis.after + axis.overhang) for axis in axes)])
    wires = pool_wires(axes, xp, share)
    y = pool.forward(x, kernel, **settings, **options)[0][0]
    dy = integers(rng, (1, *y.shape))
    dx = gathered(wires, xp.shape, "input", lambda wire: wire.share * dy[0][wire.output])
    with mock.patch.dict(POOLS, {op: pool}):
        scene = pooling_scene(x, kernel, op=op, dy=dy, **settings, **options)
    arrays = {"x": xp, "y": y, "dx": dx, "dy": dy[0]}
    name = f"{op} {x.shape[2:]} F{kernel} {settings} {options}"
    return Case(name, scene, arrays, wires, {"x": x, "dy": dy}, exact=False)


def backward_cases(rng, size, kernel, stride, padding):
    """Return the scatter and the gather of one convolution."""
    x, w = integers(rng, (1, 1, *size)), integers(rng, (1, 1, *kernel))
    settings = {"stride": stride, "padding": padding}
    dy = integers(rng, conv2d(x, w, **settings).shape)
    axes = check_window(size, kernel, **settings)
    wires = convolution_wires(axes, 1, 1, 1)
    shape = (1, *(axis.padded for axis in axes))
    dx = gathered(wires, shape, "input", lambda wire: dy[0][wire.output] * w[0][wire.tap])
    name = f"{size} F{kernel} {settings}"
    scatter = Case(f"scatter {name}", scatter_scene(x, w, dy, **settings), {"dy": dy[0], "w": w[0], "dx": dx}, wires)
    spread = np.zeros([(axis.out - 1) * axis.stride + 1 for axis in axes])
    spread[:: axes[0].stride, :: axes[1].stride] = dy[0, 0]
    full = [(axis.kernel - 1, axis.kernel - 1 + axis.leftover) for axis in axes]
    arrays = {"x": np.pad(spread, full)[None], "w": w[0, :, ::-1, ::-1], "y": dx}
    all_ways = convolution_wires(check_window(spread.shape, kernel, padding=full), 1, 1, 1)
    return [scatter, Case(f"gather {name}", gather_scene(x, w, dy, **settings), arrays, all_ways)]


def random_geometry(rng) -> tuple[tuple[int, int], tuple[int, int], dict]:
    """Return size, kernel and settings of a convolution that is legal, whatever they are."""
    kernel, dilation = rng.integers(1, 4, 2), rng.integers(1, 3, 2)
    padding = rng.integers(0, 3, (2, 2))
    least = np.maximum(1, (kernel - 1) * dilation + 1 - padding.sum(axis=1))
    settings = {"stride": rng.integers(1, 5, 2), "padding": padding, "dilation": dilation}
    size = least + rng.integers(0, 4, 2)
    return tuple(size.tolist()), tuple(kernel.tolist()), {name: _pairs(value) for name, value in settings.items()}


def _pairs(value: np.ndarray):
    return tuple(map(tuple, value.tolist())) if value.ndim == 2 else tuple(value.tolist())


def all_cases() -> list[Case]:
    """Return every case: the odd ones, and random ones from a fixed seed."""
    rng = np.random.default_rng(7)
    cases = []
    for k, (size, kernel, settings) in enumerate(ODD_CONVOLUTIONS + [random_geometry(rng) for _ in range(24)]):
        groups = int(rng.choice([1, 1, 2]))
        channels, filters = (groups * int(count) for count in rng.choice([1, 1, 2], 2))
        cases.append(
            convolution_case(
                *(rng, size, kernel, settings),
                channels=channels,
                filters=filters,
                groups=groups,
                bias=k % 3 == 1,
                turned=k % 4 == 2,
                dy=k % 5 != 3,
            )
        )
    for k, (size, kernel, settings) in enumerate(ODD_POOLS):
        for op, pad_value, include in (("max", -np.inf, 1), ("max", 0.0, 1), ("mean", 0.0, 1), ("mean", 0.0, 0)):
            options = {"channels": 1 + k % 2, "include": bool(include), "dy": k % 5 != 4}
            cases.append(pooling_case(rng, size, kernel, settings, op=op, pad_value=pad_value, **options))
    cases += [tie_case(rng, *ODD_POOLS[k]) for k in (1, 3, 5, 6)]
    cases += [l2_case(rng, *ODD_POOLS[k]) for k in (3, 4, 5, 6)]
    cases += [rms_case(rng, *ODD_POOLS[k], include) for k in (0, 1, 3, 6, 7) for include in (True, False)]
    for k, (size, kernel, settings) in enumerate(ODD_CONVOLUTIONS[2:8:2]):
        options = {"channels": 3 - 2 * (k == 2), "filters": 2, "bias": k > 0, "turned": k > 1}
        cases.append(channels_case(rng, size, kernel, settings, **options))
    with mock.patch.dict(ACTIVATIONS, {BENT: SOFTPLUS}):
        cases += [activation_case(rng, op) for op in ACTIVATIONS]
    cases.append(activation_case(rng, "leaky_relu", slope=-0.5))
    for size, kernel, stride, padding in [((3, 3), (2, 2), 1, 0), ((5, 5), (3, 3), 2, 1), ((6, 5), (2, 3), (3, 2), 0)]:
        cases += backward_cases(rng, size, kernel, stride, padding)
    return cases + backward_cases(rng, (4, 4), (1, 1), 2, ((1, 0), (0, 2)))


CASES = all_cases()


def every_case(test: Callable) -> Callable:
    """Run a test of the case ``number`` for one after the other, in one pass; a failure says in which."""

    @wraps(test)
    def looped(**given):
        for number, case in enumerate(CASES):
            try:
                test(number=number, **given)
            except BaseException as error:
                error.add_note(f"in case {number}, {case.name}")
                raise

    whole = signature(test)
    rest = [parameter for name, parameter in whole.parameters.items() if name != "number"]
    looped.__signature__ = whole.replace(parameters=rest)
    return looped
