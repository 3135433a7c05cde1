"""Arrays in .npz files: the contents are compared with what is expected before anything is unpacked."""

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
from numpy.typing import DTypeLike

from cnnlab._validate import Arrays, shown

_OVERHEAD = 2**20  # extra bytes a file may have: headers, names, the arrays of another small network
_PACKED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # those that numpy writes; others unpack without a limit
Kind = tuple[DTypeLike, tuple[int, ...]]  # dtype and shape of an array


def read_npz(path: str | PathLike[str], wanted: Mapping[str, Kind], what: str) -> Arrays:
    """Return the arrays of a file by name; they must be exactly those ``wanted``; ``what`` describes them in errors.

    A file that is far larger, packed or unpacked, is not read at all.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is damaged, or holds anything else.

    Examples
    --------
    >>> photo = read_npz(Path(__file__).parent / "photo.npz", {"pixels": ("uint8", (3, 200, 200))}, "a photo")
    >>> photo["pixels"].mean().round(1)
    np.float64(101.2)
    """
    path = check_path(path)
    if not os.path.exists(path):
        raise FileNotFoundError(f"{path} must exist")
    if not path.is_file():
        raise ValueError(f"{path} must be a file")
    most = sum(np.dtype(dtype).itemsize * math.prod(shape) for dtype, shape in wanted.values()) + _OVERHEAD
    size, arrays = path.stat().st_size, {}
    if size > most:
        raise ValueError(f"{path} must hold {what} (it has {size:,} bytes, where {most:,} are more than enough)")
    try:
        with zipfile.ZipFile(path) as file, warnings.catch_warnings():
            warnings.simplefilter("error")  # numpy warns about some old headers: such files are not ours
            members = file.infolist()
            if sum(member.file_size for member in members) > most or {m.compress_type for m in members} - _PACKED:
                raise ValueError("what is in it is too large, or not packed as numpy does")
            for info in members:
                with file.open(info) as stream:
                    arrays[info.filename.removesuffix(".npy")] = npy.read_array(stream, allow_pickle=False)
    except Exception as error:  # numpy, zipfile and zlib raise different errors for damaged files
        raise ValueError(f"{path} must be a whole .npz file ({error})") from error
    found = {name: (array.dtype, array.shape) for name, array in arrays.items()}
    for name in (name for name in {**wanted, **found} if wanted.get(name) != found.get(name)):
        there, here = ("{} {}".format(*kinds[name]) if name in kinds else "missing" for kinds in (found, wanted))
        raise ValueError(f"{path} must hold {what} ({name} is {there} there, {here} here)")
    return arrays


def write_npz(path: str | PathLike[str], arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays by name, with the care and the errors of :func:`write_whole`.

    Raises
    ------
    TypeError
        If a value is not an array, or holds objects, which could only be pickled.

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
    """Write a file atomically; a previous file is kept until all is written, and its mode is preserved.

    Raises
    ------
    FileNotFoundError
        If the folder does not exist.
    ValueError
        If ``path`` is not a regular file, or is not writable.
    OSError
        If the disk is full, or files cannot be created in the folder.
    """
    path = Path(os.path.realpath(check_path(path)))  # follow symbolic links, to replace the file itself
    if not path.parent.is_dir():
        raise FileNotFoundError(f"{path.parent} must exist, and be a folder")
    if path.exists() and not (path.is_file() and os.access(path, os.W_OK)):
        raise ValueError(f"{path} must be a file that can be written to")
    part = path.with_name(f".cnnlab-{secrets.token_hex(8)}.part")
    file = part.open("xb")  # raises if such a file exists: it would belong to someone else
    try:
        with file:
            file.write(data)
        if path.exists():
            shutil.copymode(path, part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def check_path(path: Any) -> Path:
    """Return the path of a file, a str or a Path, as a Path.

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
    except ValueError:  # UnicodeEncodeError is one
        raise ValueError(f"path ({shown(path)}) must be a name that a file can have") from None
    return Path(path)
