"""The check of the environment: what it finds, what it says, and that notebooks can store it."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from cnnlab.course import environment
from cnnlab.course.environment import check_environment

BROWSER_HALVES = {"jupyterlab_widgets in JupyterLab", "anywidget in JupyterLab"}
HOST = "/somewhere/bin/python"


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Return a function that makes a package look installed in a version, before the real one on the path."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "executable", HOST)

    def write(name, version, *requires):
        folder = tmp_path / f"{name}-{version}.dist-info"
        folder.mkdir()
        lines = ["Metadata-Version: 2.4", f"Name: {name}", f"Version: {version}"]
        lines += [f"Requires-Dist: {line}" for line in requires]
        (folder / "METADATA").write_text("\n".join(lines) + "\n", encoding="utf-8")

    return write


def test_here_everything_is_found():
    found = check_environment()
    assert found.ok
    assert found.advice == repr(found) == "✓ Everything is here. Go on to the next cell."
    assert all(re.match(r"\d+\.\d", version) for _, version in found.values())
    assert [line.split()[0] for line in found.table.splitlines()].count("numpy") == 1


def test_the_needs_are_those_that_the_package_states(repository):
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needs = {name: lowest for name, (lowest, _) in check_environment().items()}
    lines = [line.split(";")[0] for line in project["dependencies"]]
    stated = {re.split("[<>=~!]", line)[0]: line for line in lines}
    assert {name: f"{name}>={needs[name]}" for name in stated} == stated  # no other kind of bound is read
    markers = [line.partition(";")[2].strip() for line in project["dependencies"] if ";" in line]
    assert set(markers) == {"sys_platform != 'emscripten'"}  # nor another marker
    assert set(needs) == {"Python", *stated, *BROWSER_HALVES}


def test_it_runs_where_the_widget_packages_matplotlib_and_packaging_are_missing():
    missing = ["matplotlib", "ipywidgets", "anywidget", "jupyterlab", "packaging"]
    code = f"import sys; sys.modules |= dict.fromkeys({missing})\n"
    code += "from cnnlab.course.environment import check_environment; print(check_environment().table)"
    run = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True)
    assert (run.stdout, run.stderr) == (f"{check_environment().table}\n", "")


def test_the_order_in_which_an_installer_wrote_the_needs_does_not_show(install):
    before = check_environment()
    packages = {name: lowest for name, (lowest, _) in before.items() if lowest}
    install("cnnlab", "9", *(f"{name}>={lowest}" for name, lowest in reversed(packages.items())))
    assert check_environment().table == before.table


def test_where_all_is_well_no_version_found_shows(install):
    before = check_environment()
    install("numpy", "2.98.7")
    after = check_environment()
    assert after["numpy"][1] == "2.98.7"
    assert (repr(after), after._repr_html_()) == (repr(before), before._repr_html_())


@pytest.mark.parametrize("version", ["2.0", "2.0.0.post1", "2.0+local", "2.1.0rc1", "10.0"])
def test_a_version_from_the_lowest_on_will_do(install, version):
    install("numpy", version)
    assert check_environment().ok


@pytest.mark.parametrize("version", ["1.26.4", "1.9"])
def test_an_older_version_is_named_with_the_command_for_this_python(install, version):
    install("numpy", version)
    found = check_environment()
    assert not found.ok
    assert re.search(rf"(?m)^numpy +2\.0 +{version}$", repr(found))
    assert found.advice.endswith(f'"{HOST}" -m pip install "numpy>=2.0"')
    assert "\n" not in found.advice


def test_a_missing_package_is_called_missing(install):
    install("cnnlab", "9", "numpy>=2.0", "no-such-package>=1", 'pytest<100,>=99; extra == "test"')
    found = check_environment()
    assert found["no-such-package"][1] is None
    assert re.search(r"(?m)^no-such-package +1 +missing$", repr(found))
    assert found.advice.endswith('-m pip install "no-such-package>=1"')
    assert "pytest" not in found


def test_in_a_browser_jupyterlab_is_no_need(monkeypatch):
    monkeypatch.setattr(sys, "platform", "emscripten")
    assert "jupyterlab" not in check_environment()


@pytest.mark.parametrize("here", [["anywidget"], ["@jupyter-widgets/jupyterlab-manager"], []])
def test_a_missing_browser_half_is_installed_again_by_its_package(install, monkeypatch, tmp_path, here):
    for folder in here:
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "package.json").write_text('{"version": "5.0.1"}', encoding="utf-8")
    monkeypatch.setattr(environment, "jupyter_path", lambda _: [str(tmp_path / "nowhere"), str(tmp_path)])
    found = check_environment()
    versions = {name: found[name][1] for name in BROWSER_HALVES}
    assert sorted(map(str, versions.values())) == sorted(["5.0.1"] * len(here) + ["None"] * (2 - len(here)))
    again = "--force-reinstall --no-deps jupyterlab_widgets anywidget"
    assert found.advice.endswith(f'"{HOST}" -m pip install {again}')


def test_the_browser_halves_are_looked_for_where_jupyterlab_looks(install, monkeypatch, tmp_path):
    (tmp_path / "labextensions/anywidget").mkdir(parents=True)
    (tmp_path / "labextensions/anywidget/package.json").write_text('{"version": "7.7"}', encoding="utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    assert check_environment()["anywidget in JupyterLab"][1] == "7.7"


def test_what_a_page_lacks_is_said_in_html_alone_and_an_explorer_hides_it():
    found = check_environment()
    (said,) = re.findall(r'<p class="cnnlab-unproven">(.*?)</p>', found._repr_html_())
    assert "If no picture appears below" in said
    assert "pip install --force-reinstall --no-deps jupyterlab_widgets anywidget" in said
    assert "no picture" not in repr(found)
    front = Path(environment.__file__).parents[1] / "lab/front"
    hides = r"\[data-cnnlab\] \.cnnlab-unproven \{\s*display: none"
    assert re.search(hides, (front / "explorer.css").read_text(encoding="utf-8"))
    assert "dataset.cnnlab" in (front / "explorer.js").read_text(encoding="utf-8")


def test_the_table_is_text_and_never_markup(install, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/a <b>/python")
    install("numpy", "1.0")
    shown = check_environment()._repr_html_()
    assert "&lt;b&gt;/python" in shown
    assert "<b>/python" not in shown


def test_where_a_package_is_missing_it_is_installed_first(install, monkeypatch):
    install("numpy", "1.26.4")
    monkeypatch.setattr(environment, "jupyter_path", lambda _: [])
    assert check_environment().advice.endswith('-m pip install "numpy>=2.0"')
