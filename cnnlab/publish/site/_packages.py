"""The packages of the kernel in the browser: Pyodide's own, pure Python wheels, cnnlab's wheel, and their lock file.

Everything is available before the first cell runs, so no notebook installs anything.
"""

import json
import shutil
import subprocess
import sys
import urllib.request
import zipfile
from importlib import metadata
from pathlib import Path

LOCK = "pyodide-lock.json"
COMPILED = ("numpy", "matplotlib", "micropip")
PACKAGE = Path(__file__).parents[2]
ABOUT = ("METADATA", "WHEEL", "licenses/LICENSE")
# The packages that cnnlab and the kernel import besides numpy and matplotlib; the kernel provides ipykernel and the
# like. A newer jedi has compiled parts.
PURE = (
    *("anywidget", "psygnal", "typing_extensions"),
    *("ipywidgets", "jupyterlab_widgets", "comm", "traitlets"),
    *("ipython", "asttokens", "decorator", "executing", "ipython_pygments_lexers", "jedi<0.20", "matplotlib_inline"),
    *("parso", "pexpect", "prompt_toolkit", "ptyprocess", "pure_eval", "pygments", "stack_data", "wcwidth"),
)


def write_packages(target, place, kernel):
    """Write the wheels of the site and the lock that names them, and return the names of all packages.

    Parameters
    ----------
    target : path
        The site's folder of Pyodide's files.
    place : path or str
        A folder or an address of Pyodide: files from a folder are copied to the site, those at an address stay there.
    kernel : path
        The folder of the wheels in the kernel's extension.

    Raises
    ------
    OSError
        If a wheel or Pyodide's own lock cannot be read; the message names the address.
    ValueError
        If a wheel needs a package that is missing.
    """
    lock = _read_lock(place)
    pure = ("--implementation=py", "--abi=none", "--platform=any", "--only-binary=:all:", "--no-deps")
    python = f"--python-version={lock['info']['python']}"
    call("pip", "download", "-vv", python, *pure, f"--dest={target}", *map(_wanted, PURE))
    build_own(target)
    for wheel in {wheel.name.split("-")[0]: wheel for wheel in sorted(kernel.glob("*.whl"))}.values():  # the newest
        shutil.copy(wheel, target)
    return write_lock(target, lock, place)


def _read_lock(place):
    """Return Pyodide's own lock, from a folder or from the kernel's default address."""
    address = f"{place.as_uri() if isinstance(place, Path) else place}/{LOCK}"
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return json.load(answer)
    except OSError as error:
        raise OSError(f"{address} cannot be read ({error})") from error


def write_lock(target, lock, place):
    """Add the wheels in a folder to Pyodide's lock, write it there, and return the names of all packages."""
    from pyodide_lock import PyodideLockSpec
    from pyodide_lock.utils import add_wheels_to_spec

    wheels, packages = sorted(target.glob("*.whl")), closure(lock["packages"], COMPILED)
    for package in packages.values():
        if isinstance(place, Path):
            shutil.copy(place / package["file_name"], target)
        else:
            package["file_name"] = f"{place}/{package['file_name']}"
    info = {"version": "0", **lock["info"]}  # npm's lock contains none, and pyodide_lock requires one
    spec = PyodideLockSpec(info=info, packages=packages)
    whole = add_wheels_to_spec(spec, wheels, base_path=target, ignore_missing_dependencies=False)
    whole.to_json(target / LOCK)
    return sorted(whole.packages)


def closure(packages, wanted):
    """Return the packages wanted and all their dependencies.

    Examples
    --------
    >>> closure({"a": {"depends": ["b"]}, "b": {"depends": []}, "c": {"depends": []}}, ["a"])
    {'a': {'depends': ['b']}, 'b': {'depends': []}}
    """
    found = list(wanted)
    for name in found:  # the list grows during the loop
        found += [other for other in packages[name]["depends"] if other not in found]
    return {name: packages[name] for name in sorted(found)}


def call(*command, cwd=None):
    """Run a module of Python.

    Raises
    ------
    OSError
        If it fails; the message ends with its output, such as the address that it could not reach.
    """
    done = subprocess.run([sys.executable, "-m", *map(str, command)], cwd=cwd, capture_output=True, text=True)
    if done.returncode:
        raise OSError(f"{command[0]} has failed: {done.stdout[-2000:]}{done.stderr[-2000:]}")


def _wanted(name):
    """Return the requirement for pip: the installed version, so that both halves of a widget have the same version."""
    found = next(iter(metadata.distributions(name=name)), None)
    return f"{name}=={found.version}" if found else name


def build_own(folder):
    """Write cnnlab's wheel from its installed files, without the notebooks, and return its path."""
    about = metadata.distribution("cnnlab")
    name = f"cnnlab-{about.version}"
    paths = sorted(path for path in PACKAGE.rglob("[!.]*") if path.is_file() and path.suffix != ".pyc")
    files = {path.relative_to(PACKAGE.parent).as_posix(): path.read_bytes() for path in paths}
    files |= {f"{name}.dist-info/{each}": about.read_text(each).encode() for each in ABOUT}
    record = f"{name}.dist-info/RECORD"  # no hashes: the lock file has one of the whole wheel
    files[record] = "".join(f"{path},,\n" for path in [*files, record]).encode()
    with zipfile.ZipFile(folder / f"{name}-py3-none-any.whl", "w") as wheel:
        for path, data in files.items():
            wheel.writestr(zipfile.ZipInfo(path), data, zipfile.ZIP_DEFLATED)  # without a time: the same in each build
    return Path(wheel.filename)
