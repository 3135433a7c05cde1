"""The wheels that the kernel in the browser needs: those of pure Python, and cnnlab's own."""

from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

CHECKOUT = Path(__file__).parents[3]
# What cnnlab and the kernel import beside numpy and matplotlib; the kernel brings ipykernel and the like itself.
PURE = (
    *("anywidget", "psygnal", "typing_extensions"),
    *("ipywidgets", "jupyterlab_widgets", "comm", "traitlets"),
    *("ipython", "asttokens", "decorator", "executing", "ipython_pygments_lexers", "jedi", "matplotlib_inline"),
    *("parso", "pexpect", "prompt_toolkit", "ptyprocess", "pure_eval", "pygments", "stack_data", "wcwidth"),
)
OLDER = {"jedi": "jedi<0.20"}  # newer ones bring compiled parts
LEFT_OUT = "cnnlab_course/"  # the notebooks, which are on the site already


def download(folder: Path, python: str) -> None:
    """Put the pure wheels into a folder, in the versions that are installed here, with pip.

    Raises
    ------
    subprocess.CalledProcessError
        If pip cannot find one.
    """
    target = ["--python-version", python, "--implementation", "py", "--abi", "none", "--platform", "any"]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", *target]
    subprocess.run([*command, "--dest", str(folder), *map(_wanted, PURE)], check=True)


def _wanted(name: str) -> str:
    """Return what to ask pip for: the version that is here, so that both halves of a widget are of one version."""
    if name in OLDER:
        return OLDER[name]
    try:
        return f"{name}=={metadata.version(name)}"
    except metadata.PackageNotFoundError:
        return name


def build_own(folder: Path) -> Path:
    """Write cnnlab's wheel without its notebooks into a folder, and return its path.

    It is built from the checkout, or put together again from what is installed.
    """
    files = _built(folder) if (CHECKOUT / "pyproject.toml").is_file() else _installed()
    record = next(name for name in files if name.endswith(".dist-info/RECORD"))
    kept = {name: data for name, data in files.items() if not name.startswith(LEFT_OUT) and name != record}
    path = folder / f"{record.split('.dist-info')[0]}-py3-none-any.whl"
    lines = [f"{name},sha256={_digest(data)},{len(data)}" for name, data in kept.items()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for name, data in {**kept, record: "\n".join([*lines, f"{record},,", ""]).encode()}.items():
            wheel.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)  # without the time: the same each time
    return path


def _built(folder: Path) -> dict[str, bytes]:
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True)
    (built,) = folder.glob("cnnlab-*.whl")
    with zipfile.ZipFile(built) as wheel:
        files = {name: wheel.read(name) for name in wheel.namelist()}
    built.unlink()
    return files


def _installed() -> dict[str, bytes]:
    files = metadata.files("cnnlab") or []
    inside = (file for file in files if not file.is_absolute() and ".." not in file.parts and file.suffix != ".pyc")
    return {file.as_posix(): file.locate().read_bytes() for file in inside}


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
