"""The check of the environment: what it finds, what it says, and that notebooks can store it."""

from __future__ import annotations

import math
import re
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest

from cnnlab.course import environment
from cnnlab.course.environment import check_environment

BROWSER_HALVES = {"ipywidgets in JupyterLab", "anywidget in JupyterLab"}
HOST = "/somewhere/bin/python"


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Return a function that makes a package look installed in a version, before the real one on the path."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "executable", HOST)
    monkeypatch.setattr(environment, "_jupyterlab", lambda: (None, math.inf))  # not the pytest that started this worker

    def write(name, version, *requires, python=">=3.11"):
        folder = tmp_path / f"{name}-{version}.dist-info"
        folder.mkdir()
        lines = ["Metadata-Version: 2.4", f"Name: {name}", f"Version: {version}", f"Requires-Python: {python}"]
        lines += [f"Requires-Dist: {line}" for line in requires]
        (folder / "METADATA").write_text("\n".join(lines) + "\n", encoding="utf-8")

    return write


def row(name):
    """Return what the table says of a need: which versions, and how things stand."""
    (words,) = (need.row[1:] for need in check_environment() if need.name == name)
    return words


def test_here_everything_is_found():
    found = check_environment()
    assert found.ok
    assert found.advice == repr(found).splitlines()[-1] == "Everything is here. Go on to the next cell."
    assert all(re.match(r"\d+\.\d", version) for version in found.versions.values())


def test_the_needs_are_those_that_the_package_states(repository):
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needs = {need.name: need.lowest for need in check_environment()}
    lines = [line.split(";")[0] for line in project["dependencies"]]
    stated = {re.split("[<>=~!]", line)[0]: line for line in lines}
    assert {name: f"{name}>={needs[name]}" for name in stated} == stated  # no other kind of bound is read
    assert f">={needs['Python']}" == project["requires-python"]
    markers = [line.partition(";")[2].strip() for line in project["dependencies"] if ";" in line]
    assert set(markers) == {"sys_platform != 'emscripten'"}  # nor another marker
    assert set(needs) == {"Python", *stated, *BROWSER_HALVES}


def test_it_runs_where_the_widget_packages_matplotlib_and_packaging_are_missing():
    missing = ["matplotlib", "ipywidgets", "anywidget", "jupyterlab", "packaging"]
    code = f"import sys; sys.modules |= dict.fromkeys({missing})\n"
    code += "from cnnlab.course.environment import check_environment; print(check_environment())"
    run = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True)
    assert (run.stdout, run.stderr) == (f"{check_environment()}\n", "")


def test_a_checkout_that_is_not_installed_says_the_same(monkeypatch):
    def not_installed(name):
        raise environment.metadata.PackageNotFoundError(name)

    before = repr(check_environment())
    monkeypatch.setattr(environment.metadata, "metadata", not_installed)
    assert repr(check_environment()) == before


def test_the_order_in_which_an_installer_wrote_the_needs_does_not_show(install):
    before = check_environment()
    packages = [need for need in before if need.name not in {"Python", *BROWSER_HALVES}]
    install("cnnlab", "9", *(f"{need.name}>={need.lowest}" for need in reversed(packages)))
    assert repr(check_environment()) == repr(before)


def test_where_all_is_well_no_version_found_shows(install):
    before = check_environment()
    install("numpy", "2.98.7")
    after = check_environment()
    assert after.versions["numpy"] == "2.98.7"
    assert (repr(after), after._repr_html_()) == (repr(before), before._repr_html_())


@pytest.mark.parametrize("version", ["2.0", "2", "2.0.0.post1", "2.0+local", "2.1.0rc1", "10.0"])
def test_a_version_from_the_lowest_on_will_do(install, version):
    install("numpy", version)
    assert row("numpy") == ("2.0 or newer", "ok")


@pytest.mark.parametrize("version", ["1.26.4", "2.0rc1", "2.0.dev0", "2.0a1", "1.9"])
def test_an_older_version_is_named_with_the_command_for_this_python(install, version):
    install("numpy", version)
    found = check_environment()
    assert not found.ok
    assert row("numpy") == ("2.0 or newer", f"{version} found")
    assert found.advice.endswith(f'"{HOST}" -m pip install "numpy>=2.0"')
    assert "\n" not in found.advice


def test_a_missing_package_is_called_missing(install):
    install("cnnlab", "9", "numpy>=2.0", "no-such-package>=1", 'pytest<100,>=99; extra == "test"', "gone_too")
    found = check_environment()
    assert found.versions["no-such-package"] is None
    assert row("no-such-package") == ("1 or newer", "missing")
    assert row("gone_too") == ("any", "missing")
    assert found.advice.endswith('-m pip install gone_too "no-such-package>=1"')
    assert "pytest" not in found.versions


def test_in_a_browser_jupyterlab_is_no_need(monkeypatch):
    monkeypatch.setattr(sys, "platform", "emscripten")
    assert "jupyterlab" not in check_environment().versions


def test_for_an_old_python_no_install_is_offered(install):
    install("cnnlab", "9", "numpy>=99", python=">=99.1")
    found = check_environment()
    assert row("Python")[0] == "99.1 or newer"
    assert found.advice.startswith("Make an environment with a newer Python")


@pytest.mark.parametrize(
    ("here", "packages"),
    [
        (["anywidget"], "jupyterlab_widgets"),
        (["@jupyter-widgets/jupyterlab-manager"], "anywidget"),
        ([], "anywidget jupyterlab_widgets"),
    ],
)
def test_a_missing_browser_half_is_installed_again_by_its_package(install, monkeypatch, tmp_path, here, packages):
    for folder in here:
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "package.json").write_text('{"version": "5.0.1"}', encoding="utf-8")
    monkeypatch.setattr(environment, "jupyter_path", lambda _: [str(tmp_path / "nowhere"), str(tmp_path)])
    found = check_environment()
    versions = {name: found.versions[name] for name in BROWSER_HALVES}
    assert sorted(map(str, versions.values())) == sorted(["5.0.1"] * len(here) + ["None"] * (2 - len(here)))
    assert found.advice.endswith(f'"{HOST}" -m pip install --force-reinstall --no-deps {packages}')


def test_the_browser_halves_are_looked_for_where_jupyterlab_looks(install, monkeypatch, tmp_path):
    (tmp_path / "labextensions/anywidget").mkdir(parents=True)
    (tmp_path / "labextensions/anywidget/package.json").write_text('{"version": "7.7"}', encoding="utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    assert check_environment().versions["anywidget in JupyterLab"] == "7.7"


def test_what_a_page_lacks_is_said_in_html_alone_and_an_explorer_hides_it():
    found = check_environment()
    (said,) = re.findall(r'<p class="cnnlab-unproven">(.*?)</p>', found._repr_html_())
    assert "If no picture appears below" in said
    assert "pip install anywidget" in said
    assert "no picture" not in repr(found)
    front = Path(environment.__file__).parents[1] / "lab/front"
    hides = r"\[data-cnnlab\] \.cnnlab-unproven \{\s*display: none"
    assert re.search(hides, (front / "explorer.css").read_text(encoding="utf-8"))
    assert "dataset.cnnlab" in (front / "explorer.js").read_text(encoding="utf-8")


def test_the_table_is_text_and_never_markup(install, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/a <b>/python")
    install("numpy", "1.0")
    shown = check_environment()._repr_html_()
    assert shown.count(">1.0 found</td>") == 1
    assert "&lt;b&gt;/python" in shown
    assert "<b>/python" not in shown


def test_where_a_package_is_missing_it_is_installed_first(install, monkeypatch):
    install("numpy", "1.26.4")
    monkeypatch.setattr(environment, "jupyter_path", lambda _: [])
    assert check_environment().advice.endswith('-m pip install "numpy>=2.0"')


# --- a JupyterLab in another environment ------------------------------------------------------------------------------


@pytest.fixture
def jupyterlab(tmp_path, monkeypatch):
    """Return a function that puts a JupyterLab with some extensions elsewhere, which has started this kernel."""
    python = tmp_path / "other/bin/python"
    command, began = [str(python), "jupyter-lab"], [0.0]
    process = SimpleNamespace(cmdline=lambda: command, create_time=lambda: began[-1])
    monkeypatch.setitem(sys.modules, "psutil", SimpleNamespace(Process=lambda number: process))

    def place(*extensions, word=None, ago=0.0):
        command[:] = [str(word or python)]
        for folder in ("lab", *(f"labextensions/{name}" for name in extensions)):
            (tmp_path / "other/share/jupyter" / folder).mkdir(parents=True)
        for name in extensions:
            path = tmp_path / "other/share/jupyter/labextensions" / name / "package.json"
            path.write_text('{"version": "7.7"}', encoding="utf-8")
        began.append(time.time() - ago)
        return python

    monkeypatch.setattr(environment, "jupyter_path", lambda name: [f"{sys.prefix}/share/jupyter/{name}"])
    return place


def test_the_browser_halves_are_those_of_the_jupyterlab_that_shows_the_page(jupyterlab):
    python = jupyterlab("@jupyter-widgets/jupyterlab-manager")
    found = check_environment()
    assert (found.versions["ipywidgets in JupyterLab"], found.versions["anywidget in JupyterLab"]) == ("7.7", None)
    assert found.advice == (
        "JupyterLab runs in another environment. Run this in a terminal, then reload this page: "
        f'"{python}" -m pip install --force-reinstall --no-deps anywidget'
    )


def test_a_package_that_is_missing_here_is_not_looked_for_there(jupyterlab, install):
    jupyterlab("anywidget", "@jupyter-widgets/jupyterlab-manager")
    assert check_environment().ok
    install("numpy", "1.0")
    assert check_environment().advice.endswith(f'the same environment: "{HOST}" -m pip install "numpy>=2.0"')


@pytest.mark.parametrize(("ago", "late"), [(-60.0, False), (3600.0, True)])
def test_what_came_while_jupyterlab_ran_asks_for_a_new_page(jupyterlab, ago, late):
    jupyterlab("anywidget", "@jupyter-widgets/jupyterlab-manager", ago=ago)
    found = check_environment()
    words = "Some of it came while JupyterLab ran: reload this page once, then go on to the next cell."
    assert (found.ok, found.advice) == (True, f"Everything is here. {words if late else 'Go on to the next cell.'}")


@pytest.mark.parametrize("word", ["python", "/bin/sh", sys.executable, ""])
def test_where_no_other_jupyterlab_started_the_kernel_the_halves_are_our_own(jupyterlab, word):
    before = check_environment()
    jupyterlab(word=word or " ")
    assert before.ok
    assert repr(check_environment()) == repr(before)
