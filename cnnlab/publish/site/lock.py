"""The lock of the kernel's packages: everything is there before the first cell, so no notebook installs anything."""

from __future__ import annotations

import json
import shutil
import urllib.request
from pathlib import Path
from typing import Any

LOCK = "pyodide-lock.json"
COMPILED = ("numpy", "matplotlib", "micropip")
VERSION = "0"  # npm's lock names none, and pyodide_lock wants one


def closure(packages: dict[str, Any], wanted) -> dict[str, Any]:
    """Return the packages wanted, with all that they depend on.

    Examples
    --------
    >>> closure({"a": {"depends": ["b"]}, "b": {"depends": []}, "c": {"depends": []}}, ["a"])
    {'a': {'depends': ['b']}, 'b': {'depends': []}}
    """
    found: dict[str, Any] = {}
    waiting = list(wanted)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = packages[name]
            waiting += packages[name]["depends"]
    return dict(sorted(found.items()))


def python_of(lock: dict[str, Any]) -> str:
    """Return the version of the Python that a lock is for, as pip takes it.

    Examples
    --------
    >>> python_of({"info": {"python": "3.14.0"}})
    '3.14'
    """
    return ".".join(lock["info"]["python"].split(".")[:2])


def read_lock(place: Path | str) -> dict[str, Any]:
    """Return Pyodide's own lock, from a folder or from the kernel's default address."""
    if isinstance(place, Path):
        return json.loads((place / LOCK).read_bytes())
    with urllib.request.urlopen(f"{place}/{LOCK}", timeout=60) as answer:
        return json.load(answer)


def write_lock(target: Path, lock: dict[str, Any], place: Path | str, wheels: list[Path]) -> list[str]:
    """Write the lock of the site and the wheels that it names, and return the names of all packages.

    Parameters
    ----------
    target : path
        The site's folder of Pyodide's files.
    lock : dict
        Pyodide's own.
    place : path or str
        Where that comes from: out of a folder, all its files go into the site; of an address, they stay there.
    wheels : list of path
        Those to add.

    Raises
    ------
    ValueError
        If a wheel needs one that is not there.
    """
    from pyodide_lock import PyodideLockSpec
    from pyodide_lock.utils import add_wheels_to_spec

    target.mkdir(parents=True, exist_ok=True)
    packages = closure(lock["packages"], COMPILED)
    for package in packages.values():
        if isinstance(place, Path):
            shutil.copy(place / package["file_name"], target)
        else:
            package["file_name"] = f"{place}/{package['file_name']}"
    for wheel in wheels:
        shutil.copy(wheel, target)
    spec = PyodideLockSpec(**{**lock, "info": {"version": VERSION, **lock["info"]}, "packages": packages})
    copies = [target / wheel.name for wheel in wheels]
    whole = add_wheels_to_spec(spec, copies, base_path=target, ignore_missing_dependencies=False)
    whole.to_json(target / LOCK)
    return sorted(whole.packages)
