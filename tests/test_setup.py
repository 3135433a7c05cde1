"""The set-up: the package lists agree, the wheel is whole, and the repository names no machine and no package index."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys
import tomllib
import zipfile

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

TEST_COMMAND = "python3 -m venv .venv && .venv/bin/pip install -c constraints.txt -e '.[test]' && "
TEST_COMMAND += ".venv/bin/pytest -n 2 --dist loadfile"
LAB_COMMAND = "python3 -m venv .venv && .venv/bin/pip install -c constraints.txt -e . && .venv/bin/jupyter lab "
TOP_LEVEL = {"notebooks", "cnnlab", "tests", "environment.yml", "README.md"}
TOP_LEVEL |= {"pyproject.toml", "constraints.txt", "LICENSE"}

CONDA_ONLY = {"pip"}  # it is there already otherwise
CHECKS = {"pytest", "nbval"}  # what a teacher checks notebooks with; a visitor installs no browser driver and no linter

# Written in two parts each, so that this file does not hold what it looks for.
PACKAGE_INDEXES = ["pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "index" + "-url", "find" + "-links"]
MACHINE_PATHS = [f"/{folder}/" for folder in ("root", "home", "work", "tmp", "opt", "Users")]


@pytest.fixture(scope="module")
def pyproject(repository):
    return tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def repository_files(repository):
    """Return the paths, relative and with slashes, of all files that are committed, or could be in the same folders.

    Another folder beside them, such as one of handouts, is somebody's own.
    """
    if not (repository / ".git").exists():
        pytest.skip("not a git checkout, so what belongs to the repository is not known")

    def listed(*options):
        command = ["git", "ls-files", *options]
        return subprocess.run(command, cwd=repository, capture_output=True, text=True, check=True).stdout.splitlines()

    tops = {name.split("/")[0] for name in listed()}
    names = listed("--cached", "--others", "--exclude-standard", "--deduplicate")
    return [name for name in names if name.split("/")[0] in tops and (repository / name).is_file()]


@pytest.fixture(scope="module")
def constraints(repository):
    lines = (repository / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [line.split("#")[0].strip() for line in lines if not line.startswith("#")]


def as_table(requirements):
    """Return {name: version specifier} of requirements such as 'numpy>=2.0'."""
    parsed = [Requirement(line) for line in requirements]
    return {canonicalize_name(requirement.name): requirement.specifier for requirement in parsed}


def test_environment_yml_lists_the_packages_of_pyproject(repository, pyproject):
    project = pyproject["project"]
    wanted = as_table(project["dependencies"])
    nbval = {
        name: version for name, version in as_table(project["optional-dependencies"]["test"]).items() if name in CHECKS
    }
    wanted |= nbval
    environment = yaml.safe_load((repository / "environment.yml").read_text(encoding="utf-8"))
    python, *lines = (line for line in environment["dependencies"] if isinstance(line, str))
    (version,) = re.fullmatch(r"python=(3\.\d+)", python).groups()
    assert version in SpecifierSet(project["requires-python"])
    conda = as_table(lines)
    assert {name: version for name, version in conda.items() if name not in CONDA_ONLY} == wanted
    assert environment["channels"] == ["conda-forge"]
    assert environment["dependencies"][-1] == {"pip": ["-e ."]}


def installed_requirements(name, extras):
    """Return the names of all installed packages that ``name[extras]`` asks for, directly or through others."""
    found, waiting = set(), [(name, frozenset(extras))]
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in found:
            continue
        found.add((name, extras))
        for requirement in map(Requirement, importlib.metadata.requires(name) or []):
            environments = [{"extra": extra} for extra in extras or {""}]
            if requirement.marker is None or any(map(requirement.marker.evaluate, environments)):
                waiting.append((canonicalize_name(requirement.name), frozenset(requirement.extras)))
    return {name for name, _ in found}


def test_constraints_pin_every_package_that_the_test_command_installs(constraints):
    pinned = {canonicalize_name(line.split("==")[0]) for line in constraints}
    assert installed_requirements("cnnlab", {"test"}) - {"cnnlab"} <= pinned
    assert "ruff" in pinned


def test_constraints_hold_names_and_versions_alone(constraints):
    assert [line for line in constraints if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []


def test_every_pinned_version_runs_on_the_oldest_python(constraints):
    """Debian 12 has Python 3.11.2, and some packages stop at an early patch of a minor version."""
    needs = {
        distribution.name: distribution.metadata.get("Requires-Python") or ""
        for distribution in importlib.metadata.distributions()
        if f"{distribution.name}=={distribution.version}" in constraints
    }
    assert [name for name, versions in needs.items() if "3.11.0" not in SpecifierSet(versions)] == []


def test_the_top_level_holds_what_the_design_names(repository_files):
    shown = {name.split("/")[0] for name in repository_files if not name.startswith(".")}
    assert shown <= TOP_LEVEL


def test_no_file_names_a_package_index_or_a_machine(repository, repository_files):
    named = []
    for name in repository_files:
        text = (repository / name).read_bytes().decode("utf-8", errors="ignore")
        paths = [path for path in MACHINE_PATHS if re.search(rf"(?<![\w.}}/]){path}\w", text)]
        named += [(name, word) for word in paths + [index for index in PACKAGE_INDEXES if index in text]]
    assert named == []


def test_the_readme_gives_the_commands_that_ci_runs(repository):
    readme = (repository / "README.md").read_text(encoding="utf-8")
    assert TEST_COMMAND in readme
    assert LAB_COMMAND in readme
    assert TEST_COMMAND in (repository / ".ci/run").read_text(encoding="utf-8")
    assert TEST_COMMAND in (repository / ".github/workflows/ci.yml").read_text(encoding="utf-8")


def test_ci_builds_the_site_by_the_line_that_publishes_it_and_every_action_is_pinned_by_commit(repository):
    workflows = {
        path.stem: path.read_text(encoding="utf-8") for path in (repository / ".github/workflows").glob("*.yml")
    }
    (line,) = re.findall(r"run: (.*cnnlab site .*)", workflows["pages"])
    assert f"run: {line}\n" in workflows["ci"]
    used = [action for text in workflows.values() for action in re.findall(r"uses: (.*)", text)]
    assert len(used) > 10
    assert [action for action in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v[\d.]+", action)] == []


def test_the_readme_names_every_notebook_and_only_files_that_exist(repository):
    readme = (repository / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\bnotebooks/[\w./-]+\.\w+", readme))
    assert [name for name in sorted(named) if not (repository / name).exists()] == []
    assert {f"notebooks/{path.name}" for path in (repository / "notebooks").glob("*.ipynb")} <= named


@pytest.fixture(scope="module")
def wheel(repository, tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    run = subprocess.run(build, cwd=repository, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def test_the_wheel_holds_the_package_its_front_end_and_its_data_and_the_course(repository, repository_files, wheel):
    files = [
        path for path in (repository / "cnnlab").rglob("*") if path.is_file() and path.parent.name != "__pycache__"
    ]
    elsewhere = {
        "cnnlab/publish/server.py": "cnnlab_server.py",
        "cnnlab/publish/start.py": "cnnlab_start.py",
        "cnnlab/publish/server.json": "etc/jupyter/jupyter_server_config.d/cnnlab.json",
    }
    names = (path.relative_to(repository).as_posix() for path in files)
    packed = {name.split(".data/data/")[-1] for name in wheel.namelist() if ".dist-info/" not in name}
    course = {
        name.replace("notebooks", "cnnlab_course", 1) for name in repository_files if name.startswith("notebooks/")
    }
    assert packed == {elsewhere.get(name, name) for name in names} | course


LOAD_EXTENSION = """
import importlib, json, sys
sys.path.insert(0, sys.argv[1])
for name in json.loads(sys.argv[2])["ServerApp"]["jpserver_extensions"]:
    module = importlib.import_module(name)
    assert module._jupyter_server_extension_points() == [{"module": name}]
print(*(name for name in sys.modules if name.split(".")[0] not in sys.stdlib_module_names | {"__main__"}))
"""


def test_the_server_s_extension_loads_neither_cnnlab_nor_numpy(repository, wheel, tmp_path):
    wheel.extractall(tmp_path)
    shipped = (repository / "cnnlab/publish/server.json").read_text(encoding="utf-8")
    command = [sys.executable, "-I", "-S", "-c", LOAD_EXTENSION, str(tmp_path), shipped]
    run = subprocess.run(command, capture_output=True, text=True)
    assert (run.stdout.split(), run.stderr) == (["cnnlab_server"], "")


IMPORT_ALL = """
import importlib, pathlib, pkgutil, sys
sys.path.insert(0, sys.argv[1])
import cnnlab
assert pathlib.Path(cnnlab.__file__).is_relative_to(sys.argv[1]), cnnlab.__file__
for module in pkgutil.walk_packages(cnnlab.__path__, "cnnlab."):
    importlib.import_module(module.name)
"""


def test_every_module_imports_from_the_unpacked_wheel_outside_the_checkout(wheel, tmp_path):
    """The widgets read their front-end files on import, so this fails when one of those is not packed."""
    wheel.extractall(tmp_path)
    command = [sys.executable, "-I", "-W", "error", "-c", IMPORT_ALL, str(tmp_path)]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
