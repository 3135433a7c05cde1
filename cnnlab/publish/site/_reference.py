"""The reference: the docstrings of every public module, rendered by pdoc."""

from importlib import import_module

from cnnlab.publish.site._packages import PACKAGE

_PLACES = ("[!_]*.py", "reference/[!_]*.py", "lab/explorers/[!_]*.py", "course/[!_]*.py")
_HOME = "cnnlab-home"
_ARRAY_LIKE = type("ArrayLike", (), {"__module__": "builtins"})  # pdoc would expand numpy's into a long union


def write_reference(folder, icon):
    """Write the reference into a new folder of the site; an icon on each page links to the first page."""
    import pdoc  # in the extra "site"

    paths = [path.relative_to(PACKAGE.parent) for place in _PLACES for path in sorted(PACKAGE.glob(place))]
    names = [".".join(path.with_suffix("").parts) for path in paths]
    for module in map(import_module, names):
        vars(module).update({"ArrayLike": _ARRAY_LIKE} if "ArrayLike" in vars(module) else {})
    pdoc.render.configure(docformat="numpy", show_source=False, favicon=icon, logo=icon, logo_link=_HOME)
    pdoc.pdoc(*names, output_directory=folder)
    for page in folder.rglob("*.html"):
        home = "../" * len(page.relative_to(folder).parts) + "index.html"
        page.write_text(page.read_text(encoding="utf-8").replace(_HOME, home), encoding="utf-8")
