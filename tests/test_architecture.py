"""The floors of the package, read from its imports, and what else its source must and must not hold."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import cnnlab
from cnnlab import reference
from cnnlab.lab.explorers import front

PACKAGE = Path(cnnlab.__file__).parent
TESTS = Path(__file__).parent

# Imports go down only, and modules of one floor do not import each other. A new module is entered here first.
FLOORS = (
    {"checks", "values"},
    {"geometry"},
    {"formula", "wiring"},  # the same arithmetic in words, and as a table of wires
    {"operands", "questions"},  # whether arrays and settings of a windowed operation go together; what is asked
    {"padding", "convolution", "pooling", "activations", "dense", "losses", "initialisation", "data"},
    {"layers", "gradcheck", "optimizers", "reference"},
    {"network"},
    {"scenes", "training", "environment", "progress", "interop"},
    {"figures", "exercises"},
    {"widgets"},
    {"server", "course", "handout"},
    {"site"},
    {"__main__"},
)
FLOOR_OF = {name: floor for floor, names in enumerate(FLOORS) for name in names}
FACADE = "__init__"  # cnnlab/__init__.py re-exports; no module imports it

# The floors of each room that is a package; its own __init__ re-exports, and only those outside import it.
INSIDE = {
    "data": ({"bitmap", "npz"},),
    "reference": ({"windows", "network"},),
    "questions": (),
    "scenes": (
        {"schema"},
        {"panels", "sentences"},
        {"activation", "convolution", "pooling", "reading"},
        {"backward", "layers", "photo"},
        {"network"},
        {"digit", "training"},
    ),
    "training": ({"steps", "interrupt", "replaced"}, {"run"}, {"player"}),
    "exercises": (
        {"clock", "mistakes", "planes", "plays", "solutions", "verdict"},
        {"cases", "guard", "zoo_backward", "zoo_forward", "zoo_training"},
        {"judge", "zoo"},
        {"bugs", "exercise"},
        {"tasks"},
    ),
    "figures": (
        {"writing", "light"},
        {"sheet"},
        {"blocks", "cells", "strip"},
        {"charts", "layout", "planes", "sizes"},
        {"scene"},
        {"curves"},
    ),
    "widgets": (
        {"controls", "front"},
        {"events", "settings"},
        {"explorer"},
        {"windows", "network", "pad", "training"},
        {"activation", "bugs", "chain", "convolution", "photo", "pooling", "predict", "sizes"},
        {"backward", "channels"},
    ),
    "handout": ({"rehearsal", "markdown", "budget"}, {"run"}, {"page"}),
    "site": ({"wheels", "lock"}, {"lite"}),
}

# Which modules may import which package that is not in the standard library.
EVERY_MODULE = set(FLOOR_OF)
THIRD_PARTY = {
    "numpy": EVERY_MODULE,
    "matplotlib": {"figures"},
    "anywidget": {"widgets"},
    "traitlets": {"widgets"},
    "jupyter_core": {"environment", "progress", "site"},
    "jupyterlab": {"__main__"},
    "nbconvert": {"handout"},
    "nbformat": {"handout", "site"},
    "pyodide_lock": {"site"},
    "jupyterlite_pyodide_kernel": {"site"},
    "nbclient": {"handout"},
    "jupyter_client": {"handout"},
    "pygments": {"handout"},
    "latex2mathml": {"handout"},
    "IPython": {"handout"},
    "ipywidgets": {"handout"},
    "packaging": {"environment"},
}

OF_DATA = {"load_digits", "load_photo", "trained_network"}  # data/SOURCES.md has their sources
MAX_LINES = 300

SOURCES = sorted(PACKAGE.rglob("*.py"))
MEASURED = sorted(
    path for folder in (PACKAGE, TESTS) for ext in ("py", "js", "mjs", "css") for path in folder.rglob(f"*.{ext}")
)


def relative(path):
    return path.relative_to(PACKAGE.parent).as_posix()


each_source = pytest.mark.parametrize("path", SOURCES, ids=relative)


def part_of(path):
    """Return the entry of FLOORS that a file belongs to: its module, or its folder's name for a package."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imported_names(path):
    """Return the full dotted names that a file imports, wherever in the file."""
    package = ("cnnlab", *path.relative_to(PACKAGE).parent.parts)
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *filter(None, [node.module])])
            names |= {f"{module}.{alias.name}" for alias in node.names}
    return names


def imported_parts(path):
    """Return the entries of FLOORS that a file imports from, other than its own."""
    inside = {tuple(name.split(".")) for name in imported_names(path) if name.split(".")[0] == "cnnlab"}
    return {parts[1] if len(parts) > 1 else FACADE for parts in inside} - {part_of(path)}


@each_source
def test_every_module_stands_on_a_floor(path):
    known = part_of(path) in FLOOR_OF or part_of(path) == FACADE
    assert known, f"{relative(path)} is on no floor: enter {part_of(path)!r} into FLOORS in {relative(Path(__file__))}"


@each_source
def test_imports_go_down_only(path):
    own = FLOOR_OF.get(part_of(path), len(FLOORS))
    not_modules = imported_parts(path) - EVERY_MODULE
    assert not not_modules, f"{relative(path)} imports from cnnlab itself; name the module: from cnnlab.geometry import"
    upward = {name for name in imported_parts(path) - {"data"} if FLOOR_OF[name] >= own}
    assert not upward, f"{relative(path)}, floor {own}, imports {upward}, which are not on a lower floor"


def modules_inside(path):
    """Return the modules of its own package that a file imports."""
    inside = f"cnnlab.{part_of(path)}."
    return {name.removeprefix(inside).split(".")[0] for name in imported_names(path) if name.startswith(inside)}


@pytest.mark.parametrize("path", [path for path in SOURCES if part_of(path) in INSIDE], ids=relative)
def test_imports_go_down_only_inside_a_package_too(path):
    floor_of = {name: floor for floor, names in enumerate(INSIDE[part_of(path)]) for name in names}
    if path.stem == "__init__":
        return
    assert path.stem in floor_of, f"{relative(path)} is on no floor: enter it into INSIDE in {relative(Path(__file__))}"
    upward = {name for name in modules_inside(path) if floor_of.get(name, len(SOURCES)) >= floor_of[path.stem]}
    assert not upward, f"{relative(path)} imports {upward}, which are not on a lower floor of its package"


def test_every_package_has_its_floors():
    assert set(INSIDE) == {part_of(path) for path in SOURCES if len(path.relative_to(PACKAGE).parts) > 1}


def test_every_file_of_the_front_end_is_part_of_it():
    files = {path.name for path in front.FOLDER.glob("*.js")} - {"schema.js"}  # types alone
    assert {*front.modules(), *front.modules("handout.js")} == files
    assert set(front.STYLES) == {path.stem for path in front.FOLDER.glob("*.css")}


@each_source
def test_each_package_is_imported_only_where_it_may_be(path):
    outside = {name.split(".")[0] for name in imported_names(path)} - sys.stdlib_module_names - {"cnnlab"}
    not_allowed = {name for name in outside if part_of(path) not in THIRD_PARTY.get(name, set())}
    assert not not_allowed, f"{relative(path)} may not import {not_allowed}"


def test_import_cnnlab_loads_numpy_alone():
    code = "import sys, numpy; before = set(sys.modules); import cnnlab; print(*set(sys.modules) - before)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in run.stdout.split()} - sys.stdlib_module_names
    assert loaded - {"numpy"} == {"cnnlab"}


def exported():
    """Return (name, object) of every function and class that a user meets: cnnlab's and reference's."""
    return [
        (f"{module.__name__}.{name}", value)
        for module in (cnnlab, reference)
        for name, value in vars(module).items()
        if not name.startswith("_") and (inspect.isfunction(value) or inspect.isclass(value))
        if value.__module__.startswith("cnnlab." if module is cnnlab else "cnnlab.reference")
    ]


@pytest.mark.parametrize(("name", "value"), exported(), ids=[name for name, _ in exported()])
def test_every_public_function_has_an_example(name, value):
    text = inspect.getdoc(value) or ""
    assert "Examples\n--------" in text, f"{name} has no Examples section"
    assert ">>> " in text.split("Examples\n--------")[1], f"{name} has an Examples section without an example"


@pytest.mark.parametrize(("name", "value"), exported(), ids=[name for name, _ in exported()])
def test_every_public_function_that_computes_names_its_source(name, value):
    if name.startswith("cnnlab.reference") or inspect.isclass(value) or value.__name__ in OF_DATA:
        return
    assert "Source: " in inspect.getdoc(value) or "source are those of" in inspect.getdoc(value), (
        f"{name} has no source"
    )


@pytest.mark.parametrize("path", MEASURED, ids=lambda path: path.relative_to(TESTS.parent).as_posix())
def test_no_file_is_longer_than_a_reader_likes(path):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= MAX_LINES, f"{path.name} has {lines} lines, more than {MAX_LINES}"


@each_source
def test_the_package_neither_asserts_nor_prints(path):
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    asserts = [node.lineno for node in nodes if isinstance(node, ast.Assert)]
    prints = [node.lineno for node in nodes if isinstance(node, ast.Name) and node.id == "print"]
    assert (asserts, prints) == ([], []), f"{relative(path)} has an assert or a print at these lines"
