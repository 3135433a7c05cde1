"""The parts of a scene: panels of numbers, and the wires between their cells."""

from __future__ import annotations

import numpy as np

from cnnlab.geometry import Axis
from cnnlab.wiring import axis_wires

FORWARD, BACKWARD = 0, 1  # rows of the stage
INPUT, KERNEL, OUTPUT = 0, 1, 2  # columns of the stage


def input_panel(name: str, planes: np.ndarray, axes: tuple[Axis, Axis], title: str, **options) -> dict:
    """Return a panel of padded input planes (C, H, W), with its ring and the rows and columns no window reads."""
    rows, columns = axes
    frame = [rows.before, rows.far, columns.before, columns.far]
    look = {"frame": frame, "unread": {"rows": _unread(rows), "columns": _unread(columns)}}
    if rows.overhang or columns.overhang:
        look["overhang"] = [rows.overhang, columns.overhang]
    return _panel(name, "input", planes, title, **{"column": INPUT, **look, **options})


def kernel_panel(name: str, kernels: np.ndarray, title: str, **options) -> dict:
    """Return a panel of kernels (F, C, kh, kw): a column for each filter, a row for each channel."""
    filters, channels = kernels.shape[:2]
    planes = kernels.reshape(-1, *kernels.shape[2:])
    options = {"column": KERNEL, "arrangement": [channels, filters], "deep": channels, **options}
    return _panel(name, "tap", planes, title, **options)


def parts_panel(name: str, parts: np.ndarray, title: str) -> dict:
    """Return a panel of partial maps (F, C, H, W), arranged like the kernels that made them."""
    return kernel_panel(name, parts, title) | {"kind": "part", "column": OUTPUT}


def output_panel(name: str, planes: np.ndarray, title: str, **options) -> dict:
    """Return a panel of output planes (F, H, W)."""
    return _panel(name, "output", planes, title, **{"column": OUTPUT, **options})


def map_panel(name: str, planes: np.ndarray, symbol: str, *, kind: str, **options) -> dict:
    """Return a panel of a map that stands for itself, with no wires: one of a chain."""
    across = 1 + (len(planes) > 3 and len(planes) % 2 == 0)
    arrangement = [len(planes) // across, across]
    return _panel(name, kind, planes, size_of(planes), symbol=symbol, arrangement=arrangement, **options)


def overview_frame(*, stepper: str, signs: list[str]) -> dict:
    """Return what a scene of maps without wires has besides its panels; ``stepper`` is the panel in view first."""
    empty = {"output": [], "padded": [], "tap": []}
    counts = {"channels": 1, "filters": 1, "groups": 1, "kernel": [1, 1], "padded": False}
    return {"op": "overview", "rows": empty, "columns": empty, "stepper": stepper, "signs": signs, **counts}


def bias_panel(name: str, bias: np.ndarray, title: str, **options) -> dict:
    """Return a panel with the bias of each filter."""
    options = {"column": KERNEL, "arrangement": [1, len(bias)], **options}
    return _panel(name, "bias", np.reshape(bias, (-1, 1, 1)), title, **options)


def _panel(name, kind, planes, title, *, column, row=FORWARD, arrangement=None, **options) -> dict:
    finite = np.abs(planes[np.isfinite(planes)])
    return {
        "name": name,
        "kind": kind,
        "title": title,
        "planes": arrangement or [len(planes), 1],
        "shape": list(planes.shape[1:]),
        "values": np.array(planes),
        "limit": float(finite.max(initial=0.0)),
        "row": row,
        "column": column,
        **options,
    }


def _unread(axis: Axis) -> list[int]:
    """Return the padded cells of an axis that no window reads: leftovers, and gaps where S > F."""
    return sorted(set(range(axis.padded)) - set(axis_wires(axis).padded.tolist()))


def wires_of(axes: tuple[Axis, Axis], *, turned: bool = False) -> dict:
    """Return the wires of both axes as lists; a wire of the plane is a row wire with a column wire.

    With a kernel ``turned`` by 180°, a wire runs through the tap on the other side.
    """
    tables = {}
    for name, axis in zip(("rows", "columns"), axes, strict=True):
        wires = axis_wires(axis)
        tap = wires.tap[::-1] if turned else wires.tap
        tables[name] = {"output": wires.output.tolist(), "padded": wires.padded.tolist(), "tap": tap.tolist()}
    return tables


def size_of(array: np.ndarray) -> str:
    """Return the size of the planes of an array in words."""
    height, width = array.shape[-2:]
    return f"{height}×{width}"


def one_or_pair(pair: tuple[int, int]) -> int | tuple[int, int]:
    """Return a pair (h, w) as its users write it: one number where both agree."""
    return pair[0] if pair[0] == pair[1] else pair


def padded_to(x: np.ndarray, xp: np.ndarray) -> str:
    """Return what padding did to the size, in words; nothing where it did nothing."""
    return f", padded to {size_of(xp)}" if x.shape != xp.shape else ""
