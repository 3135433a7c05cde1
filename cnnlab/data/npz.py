"""Arrays in .npz files: what a file holds is compared with what is wanted before any of it is unpacked."""

from __future__ import annotations

import io
import math
import os
import secrets
import shutil
import warnings
import zipfile
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy

from cnnlab._validate import Arrays, shown

_HEADER = 10_000  # bytes in which the header of an array is looked for; numpy writes 128
_OVERHEAD = 2**20  # bytes by which a file may be longer than what is wanted: headers, names, another small network
Kind = tuple[np.dtype, tuple[int, ...]]  # dtype and shape of an array


def read_npz(path: str | PathLike[str], wanted: Mapping[str, Kind], what: str) -> Arrays:
    """Return the arrays of a file by name; they must be just those ``wanted``, which ``what`` names.

    Of any other file no more is unpacked than the header of each array.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is damaged, or holds anything else.

    Examples
    --------
    >>> photo = read_npz(Path(__file__).parent / "photo.npz", {"pixels": (np.dtype("u1"), (3, 200, 200))}, "a photo")
    >>> photo["pixels"].mean().round(1)
    np.float64(101.2)
    """
    path = check_path(path)
    if not os.path.exists(path):
        raise FileNotFoundError(f"{path} must exist")
    if not path.is_file():
        raise ValueError(f"{path} must be a file")
    size, most = path.stat().st_size, sum(map(_bytes, wanted.values())) + _OVERHEAD
    if size > most:
        raise ValueError(f"{path} must hold {what} (it has {size:,} bytes, where {most:,} are more than enough)")
    try:
        with zipfile.ZipFile(path) as file, warnings.catch_warnings():
            warnings.simplefilter("error")  # numpy reads some old headers with a warning: these are not our files
            members = {info.filename.removesuffix(".npy"): info for info in file.infolist()}
            if len(members) < len(file.infolist()):
                raise ValueError("a name is in it twice")
            difference = _difference(wanted, {name: _kind(file, info) for name, info in members.items()})
            arrays = {} if difference else {name: _unpack(file, info) for name, info in members.items()}
    except Exception as error:  # numpy, zipfile and zlib each raise their own for damage
        raise ValueError(f"{path} must be a whole .npz file ({error})") from error
    if difference:
        raise ValueError(f"{path} must hold {what} ({difference})")
    return arrays


def write_npz(path: str | PathLike[str], arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays by name, with the care and the errors of :func:`write_whole`.

    Raises
    ------
    TypeError
        If one is no array, or holds objects, which could only be pickled.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_npz(Path(folder, "w.npz"), {"w": np.arange(3)})
    ...     read_npz(Path(folder, "w.npz"), {"w": (np.dtype(int), (3,))}, "three ints")
    {'w': array([0, 1, 2])}
    """
    for name, array in arrays.items():
        if not isinstance(array, np.ndarray) or array.dtype.hasobject:
            raise TypeError(f"{name} ({shown(array)}) must be an array of numbers: no object is written to a file")
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type] # numpy's types take a name for allow_pickle
    write_whole(path, buffer.getvalue())


def write_whole(path: str | PathLike[str], data: bytes) -> None:
    """Write a file; the one that stood there stays until all is written, and lends its mode to the new one.

    Raises
    ------
    FileNotFoundError
        If the folder does not exist.
    ValueError
        If ``path`` is a folder or the like, or must not be written to.
    OSError
        If the disk is full, or files cannot be made in the folder.
    """
    path = Path(os.path.realpath(check_path(path)))  # through a link to what it points at
    if not path.parent.is_dir():
        raise FileNotFoundError(f"{path.parent} must exist, and be a folder")
    if path.exists() and not (path.is_file() and os.access(path, os.W_OK)):
        raise ValueError(f"{path} must be a file that can be written to")
    part = path.with_name(f".cnnlab-{secrets.token_hex(8)}.part")
    file = part.open("xb")  # raises where such a file is there: it would be somebody else's
    try:
        with file:
            file.write(data)
        if path.exists():
            shutil.copymode(path, part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def check_path(path: Any) -> Path:
    """Return what names a file, a str or a Path, as a Path.

    Examples
    --------
    >>> check_path(7)
    Traceback (most recent call last):
        ...
    TypeError: path (7) must be a str or a Path
    """
    if not isinstance(path, str | PathLike) or not isinstance(os.fspath(path), str):
        raise TypeError(f"path ({shown(path)}) must be a str or a Path")
    try:
        if b"\0" in os.fsencode(path):
            raise ValueError
    except ValueError:  # a UnicodeEncodeError too
        raise ValueError(f"path ({shown(path)}) must be a name that a file can have") from None
    return Path(path)


def _kind(file: zipfile.ZipFile, info: zipfile.ZipInfo) -> Kind:
    """Read the header of an array, and nothing after it."""
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # others unpack without a limit
        raise ValueError(f"{info.filename} in it is not compressed as numpy does")
    with file.open(info) as stream:
        head = io.BytesIO(stream.read(_HEADER))
    read = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}[npy.read_magic(head)]
    shape, _, dtype = read(head)
    return dtype, shape


def _difference(wanted: Mapping[str, Kind], found: Mapping[str, Kind]) -> str:
    """Return the first array that is not as it is wanted, in words."""
    for name in {**wanted, **found}:
        here, there = wanted.get(name), found.get(name)
        if here != there:
            ours, theirs = ("missing" if kind is None else "{} {}".format(*kind) for kind in (here, there))
            return f"{name} is {theirs} there, {ours} here"
    return ""


def _unpack(file: zipfile.ZipFile, info: zipfile.ZipInfo) -> np.ndarray:
    """Return an array, whose header was compared: as many bytes as that promises, and not one more."""
    with file.open(info) as stream:
        array = npy.read_array(stream, allow_pickle=False)
        if stream.read(1):
            raise ValueError(f"{info.filename} in it is longer than it says")
    return array


def _bytes(kind: Kind) -> int:
    dtype, shape = kind
    return dtype.itemsize * math.prod(shape)
