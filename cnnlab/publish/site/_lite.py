"""JupyterLite: JupyterLab and a Python kernel as static files, with the notebooks in it."""

import json
import shutil
import tempfile
from pathlib import Path

import nbformat
from jupyter_core.paths import jupyter_path

from cnnlab.publish.site._packages import LOCK, call, write_packages

EXTENSION = "@jupyterlite/pyodide-kernel-extension"
KERNEL = f"{EXTENSION}:kernel"
# The extensions that the apps need. Others in the builder's JupyterLab may require a server, and are left out.
EXTENSIONS = (EXTENSION, "@jupyter-widgets/jupyterlab-manager", "anywidget")
PYODIDE, LOCKED = "static/pyodide", "static/kernel"  # with all files; with only the lock and the pure wheels
APPS = ("lab", "notebooks", "tree")
BUILD = {"apps": APPS, "no_sourcemaps": True, "ignore_sys_prefix": ["federated_extensions"]}
SETTINGS = {"@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"}}


def build(output, notebooks, pyodide):
    """Build JupyterLite with the notebooks into a new folder.

    Parameters
    ----------
    output : path
    notebooks : list of path
    pyodide : path, optional
        The folder of a Pyodide, which is then included in the site. By default the kernel loads Pyodide from its
        default address.

    Raises
    ------
    OSError
        If a package of the kernel is unavailable, an extension is missing, or JupyterLite fails.
    """
    from jupyterlite_pyodide_kernel.constants import PYODIDE_CDN_URL  # in the extra "site", like pyodide_lock

    with tempfile.TemporaryDirectory() as folder:
        source, where, place = Path(folder), PYODIDE if pyodide else LOCKED, pyodide or PYODIDE_CDN_URL
        for each in ("files", where):
            (source / each).mkdir(parents=True)
        _copy_contents(source / "files", notebooks)
        extensions = list(map(_extension, EXTENSIONS))
        packages = write_packages(source / where, place, extensions[0] / "static/pypi")
        if pyodide:
            for path in [*pyodide.glob("pyodide.*js"), pyodide / "pyodide.asm.wasm", pyodide / "python_stdlib.zip"]:
                shutil.copy(path, source / where)
        _write_settings(source, f"./{where}/{LOCK}", packages, extensions)
        call("jupyterlite_core", "build", f"--output-dir={output}", cwd=source)
        shutil.copytree(source / where, output / where, dirs_exist_ok=True)
        _add_script(output / "notebooks/index.html", f"../{where}/{LOCK}" if pyodide else f"{place}/{LOCK}")


def _add_script(view, python):
    """Add missing messages to JupyterLite's view of one notebook; ``python`` is an address that Python needs."""
    script = Path(__file__).with_name("kernel.js").read_text(encoding="utf-8").replace("{python}", python)
    page = view.read_text(encoding="utf-8").replace("</body>", f'<script type="module">\n{script}</script>\n</body>')
    view.write_text(page, encoding="utf-8")


def _copy_contents(target, notebooks):
    """Copy the notebooks, each text as one string: lists of lines in an output break JupyterLite's contents panel."""
    for path in notebooks:
        text = json.dumps(nbformat.read(path, as_version=4), ensure_ascii=False)
        (target / path.name).write_text(text, encoding="utf-8")


def _extension(name):
    """Return the folder of an installed JupyterLab extension."""
    found = next(filter(Path.is_dir, (Path(path, name) for path in jupyter_path("labextensions"))), None)
    if found is None:
        raise FileNotFoundError(f"the extension {name} must be installed: pip install 'cnnlab[site]'")
    return found


def _write_settings(source, lock, packages, extensions):
    # A mistyped import must not query a package index.
    kernel = {"disablePyPIFallback": True, "loadPyodideOptions": {"lockFileURL": lock, "packages": packages}}
    data = {"appName": "cnnlab", "exposeAppInBrowser": True, "litePluginSettings": {KERNEL: kernel}}
    whole = {"jupyter-lite-schema-version": 0, "jupyter-config-data": data}
    taken = {**BUILD, "federated_extensions": list(map(str, extensions))}
    files = {"jupyter_lite_config": {"LiteBuildConfig": taken}, "jupyter-lite": whole, "overrides": SETTINGS}
    for name, content in files.items():
        (source / f"{name}.json").write_text(json.dumps(content))
