"""The rooms of the package, read from its imports, and what else its source must and must not hold."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import cnnlab
from cnnlab import reference
from cnnlab.lab.explorers import front

PACKAGE = Path(cnnlab.__file__).parent

# Imports go down only. What stands in no room is the mathematics, reference and data included.
FLOORS = ("mathematics", "lab", "course", "publish")

# Which packages, besides the standard library, a room may use; a room may use what those below it use.
THIRD_PARTY = {
    "mathematics": {"numpy"},
    "lab": {"matplotlib", "PIL", "anywidget", "traitlets", "IPython"},  # PIL comes with matplotlib
    "course": {"jupyter_core"},
    "publish": {
        *("jupyter_client", "jupyterlab", "jupyterlite_pyodide_kernel", "pdoc", "pyodide_lock"),
        *("nbclient", "nbconvert", "nbformat", "ipywidgets", "jinja2", "latex2mathml", "mistune", "pygments"),
    },
}

OF_DATA = {"load_digits", "load_mnist", "load_photo", "trained_network"}  # data/SOURCES.md has their sources
MOST_ENTRIES, MOST_PUBLIC = 24, 450


def module_of(path):
    """Return the dotted name of a source file."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


TREES = {module_of(path): ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}


def room_of(module):
    """Return the room of a module."""
    room = module.split(".")[1] if "." in module else ""
    return room if room in FLOORS else FLOORS[0]


def imported(module):
    """Return the full dotted names that a module imports, wherever in its file."""
    names = set()
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module} has a relative import: name the module in full"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def modules_in(names):
    """Return the modules of the package among dotted names, each of which may be that of something in a module."""
    ours = [name for name in names if name.split(".")[0] == "cnnlab"]
    return {name if name in TREES else name.rpartition(".")[0] for name in ours}


def test_imports_go_down_the_floors_and_never_in_a_circle():
    graph = {module: modules_in(imported(module)) - {module} for module in TREES}
    upward = [
        (module, other)
        for module, others in graph.items()
        for other in others
        if FLOORS.index(room_of(other)) > FLOORS.index(room_of(module))
        if module != "cnnlab.__main__"  # python -m cnnlab is the command
    ]
    assert upward == []
    says_the_version = "cnnlab.publish.command"
    facade = [
        (module, "cnnlab") for module, others in graph.items() if "cnnlab" in others and module != says_the_version
    ]
    assert facade == [], "name the module: from cnnlab.geometry import"
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"a circle of imports: {error.args[1]}")


def test_nobody_imports_a_private_name_of_another_room():
    found = []
    for module in TREES:
        for name in imported(module):
            folder, *private = name.split("._", 1)
            if name.startswith("cnnlab") and private and not private[0].startswith("_"):
                is_module = any(known == f"{folder}._{private[0].split('.')[0]}" for known in TREES)
                if not is_module or not f"{module}.".startswith(f"{folder}."):
                    found.append((module, name))
    assert found == []


def test_the_mathematics_needs_numpy_alone():
    names = [module for module in TREES if room_of(module) == "mathematics" and module != "cnnlab.__main__"]
    code = (
        "import sys; before = set(sys.modules)\n"
        f"for name in {names}: __import__(name)\n"
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before} - sys.stdlib_module_names)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    brought = {name for name in run.stdout.split() if "cython" not in name}  # numpy's random numbers bring its runtime
    assert brought == {"numpy", "cnnlab"}


QUICK = """
import sys
import cnnlab
slow = {"zipfile", "numpy.random", "cnnlab.convolution", "cnnlab.layers", "cnnlab.training", "cnnlab.data"}
assert not slow & set(sys.modules), slow & set(sys.modules)
assert cnnlab.data.npz is sys.modules["cnnlab.data.npz"]
from cnnlab import dense, wiring, conv2d
from cnnlab.layers import Dense  # which loads the module of the same name
assert cnnlab.dense is dense is sys.modules["cnnlab.dense"].dense, dense
assert cnnlab.wiring is wiring is sys.modules["cnnlab.wiring"].wiring, wiring
assert cnnlab.conv2d is conv2d is sys.modules["cnnlab.convolution"].conv2d
assert {"train", "ReLU", "load_photo", "output_size", "wiring", "__version__"} <= set(dir(cnnlab))
everything = {}
exec("from cnnlab import *", everything)
assert everything["train"] is cnnlab.train
assert "LayerSize" not in everything
for name in ("nothing", "_nothing", "__wrapped__"):
    try:
        getattr(cnnlab, name)
    except AttributeError as error:
        assert str(error) == f"module 'cnnlab' has no attribute {name!r}"
    else:
        raise AssertionError(name)
"""


def test_what_is_imported_from_the_package_is_loaded_when_it_is_used():
    run = subprocess.run([sys.executable, "-c", QUICK], capture_output=True, text=True, check=False)
    assert run.stderr == ""


def test_each_room_uses_the_packages_that_it_may():
    for module in TREES:
        rooms = FLOORS[: FLOORS.index(room_of(module)) + 1]
        allowed = {"cnnlab", *sys.stdlib_module_names}.union(*(THIRD_PARTY[room] for room in rooms))
        assert {name.split(".")[0] for name in imported(module)} <= allowed, module


def public_names():
    """Return what looks public: the names in modules none of which begins with an underscore."""
    names = []
    for module, tree in TREES.items():
        if any(part.startswith("_") and part != "__main__" for part in module.split(".")):
            continue
        for node in tree.body:
            defined = isinstance(node, ast.FunctionDef | ast.ClassDef)
            targets = [node.name] if defined else [getattr(to, "id", "_") for to in getattr(node, "targets", [])]
            names += [f"{module}.{name}" for name in targets if not name.startswith("_")]
    return names


def test_a_reader_of_the_package_meets_few_entries_and_few_names():
    entries = {path.name for path in PACKAGE.iterdir()} - {"__pycache__", "py.typed"}
    assert len(entries) <= MOST_ENTRIES, sorted(entries)
    assert len(public_names()) <= MOST_PUBLIC


def exported():
    """Return (name, object) of every function and class that a user meets: cnnlab's and reference's."""
    return [
        (f"{module.__name__}.{name}", value)
        for module in (cnnlab, reference)
        for name, value in inspect.getmembers(module)
        if not name.startswith("_") and (inspect.isfunction(value) or inspect.isclass(value))
        if value.__module__.startswith("cnnlab." if module is cnnlab else "cnnlab.reference")
    ]


def test_every_public_function_has_an_example_a_source_and_annotations():
    for name, value in exported():
        text = inspect.getdoc(value) or ""
        assert "Examples\n--------" in text, f"{name} has no Examples section"
        assert ">>> " in text.split("Examples\n--------")[1], f"{name} has an Examples section without an example"
        if name.startswith("cnnlab.reference") or inspect.isclass(value):
            continue
        sourced = value.__name__ in OF_DATA or "Source: " in text or "source are those of" in text
        assert sourced, f"{name} has no source"
        parameters = inspect.signature(value).parameters.values()
        bare = [parameter.name for parameter in parameters if parameter.annotation is parameter.empty]
        assert not bare, f"{name} has parameters without an annotation: {bare}"
        assert "return" in value.__annotations__, f"{name} does not say what it returns"
    assert (PACKAGE / "py.typed").is_file()  # so that a type checker reads them


def test_every_file_of_the_front_end_is_part_of_it():
    files = {path.name for path in front.FOLDER.rglob("*.js")} - {"schema.js"}  # types alone
    assert {*front.modules(), *front.modules("handout.js")} == files
    assert set(front.STYLES) == {path.stem for path in front.FOLDER.glob("*.css")}


def test_the_package_neither_asserts_nor_prints():
    for module, tree in TREES.items():
        for node in ast.walk(tree):
            assert not isinstance(node, ast.Assert), f"{module}:{node.lineno} asserts"
            assert not (isinstance(node, ast.Name) and node.id == "print"), f"{module}:{node.lineno} prints"
