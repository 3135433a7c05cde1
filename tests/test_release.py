"""A release: one version everywhere, and what a package index shows, with the project's address and without one."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import zipfile

import pytest
from packaging.metadata import Metadata

import cnnlab
from cnnlab.publish.command import main

ADDRESS = "https://example.test/me/cnnlab"
LINK = re.compile(r"\]\(([^()\s]+)\)")


@pytest.fixture(scope="module")
def built(repository, tmp_path_factory):
    """Return the folders of a wheel and an sdist, built without the project's address and with it."""
    folders = {}
    for address in ("", f"{ADDRESS}/"):
        folders[address] = tmp_path_factory.mktemp("built")
        command = [sys.executable, "-m", "hatchling", "build", "--directory", str(folders[address])]
        env = {name: value for name, value in os.environ.items() if name != "CNNLAB_REPOSITORY"}
        env |= {"CNNLAB_REPOSITORY": address} if address else {}
        run = subprocess.run(command, cwd=repository, env=env, capture_output=True, text=True)
        assert run.returncode == 0, run.stdout + run.stderr
    return folders


def metadata_in(folder):
    """Return the metadata of the wheel and of the sdist, each read strictly."""
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        name = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        texts = [wheel.read(name)]
    with tarfile.open(next(folder.glob("*.tar.gz"))) as sdist:
        name = next(name for name in sdist.getnames() if name.endswith("/PKG-INFO"))
        texts.append(sdist.extractfile(name).read())
    return [Metadata.from_email(text) for text in texts]


def test_one_version_is_said_everywhere(repository, built, capsys):
    assert re.fullmatch(r"\d+\.\d+\.\d+", cnnlab.__version__)
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out == f"cnnlab {cnnlab.__version__}\n"
    for folder in built.values():
        assert [str(each.version) for each in metadata_in(folder)] == [cnnlab.__version__] * 2
    changes = (repository / ".github/CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (.*)", changes, re.MULTILINE)[0] == cnnlab.__version__
    assert f"version = {{{cnnlab.__version__}}}" in (repository / "README.md").read_text(encoding="utf-8")


def test_without_an_address_a_build_names_none_and_shows_the_readme_as_it_is(repository, built):
    readme = (repository / "README.md").read_text(encoding="utf-8")
    for each in metadata_in(built[""]):
        assert each.project_urls is None
        assert (each.description.strip(), each.description_content_type) == (readme.strip(), "text/markdown")


def test_with_an_address_every_link_and_picture_leads_to_a_file_of_the_repository(repository, built):
    readme = (repository / "README.md").read_text(encoding="utf-8")
    inside = [link for link in LINK.findall(readme) if (repository / link).is_file()]
    assert ".github/stage.png" in inside
    assert len(inside) > 14
    for each in metadata_in(built[f"{ADDRESS}/"]):
        assert set(each.project_urls) == {"Source", "Documentation", "Changelog", "Issues"}
        assert all(address.startswith(ADDRESS) for address in each.project_urls.values())
        name = each.project_urls["Changelog"].removeprefix(f"{ADDRESS}/blob/HEAD/")
        assert (repository / name).is_file()
        links = LINK.findall(each.description)
        assert [link for link in links if not re.match("https?://", link)] == []
        kinds = ["raw" if link.endswith(".png") else "blob" for link in inside]
        expected = [f"{ADDRESS}/{kind}/HEAD/{link}" for kind, link in zip(kinds, inside, strict=True)]
        assert [link for link in links if link.startswith(ADDRESS)] == expected
        assert re.sub(rf"{ADDRESS}/(?:raw|blob)/HEAD/", "", each.description).strip() == readme.strip()


def test_the_sdist_holds_all_that_a_build_from_it_needs(built):
    with tarfile.open(next(built[""].glob("*.tar.gz"))) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert {"README.md", "LICENSE", "pyproject.toml", ".ci/release.py", ".github/CHANGELOG.md"} <= names
    assert {"cnnlab/__init__.py", "cnnlab/publish/start.py", "notebooks/00_start_here.ipynb"} <= names


START = """
import sys
sys.modules["numpy"] = None
sys.argv[1:] = ["check"]
from cnnlab_start import main
sys.exit(main())
"""


def test_without_numpy_the_command_says_so_in_one_line(built, tmp_path):
    with zipfile.ZipFile(next(built[""].glob("*.whl"))) as wheel:
        wheel.extractall(tmp_path)
        (entries,) = (name for name in wheel.namelist() if name.endswith("/entry_points.txt"))
        assert "cnnlab = cnnlab_start:main" in wheel.read(entries).decode()
    env = {**os.environ, "PYTHONPATH": str(tmp_path)}
    run = subprocess.run([sys.executable, "-c", START], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith("cnnlab: cnnlab needs numpy (")
    assert run.stderr.endswith(f'run: "{sys.executable}" -m pip install numpy\n')
    assert run.stderr.count("\n") == 1
