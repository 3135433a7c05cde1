"""Bring notebooks into the form in which they are committed: executed, stripped of widget views, normalised.

    python .ci/notebooks.py notebooks/*.ipynb          execute, strip, write back what changed
    python .ci/notebooks.py --check notebooks/*.ipynb  execute nothing, say which are not in that form

A saved widget view without its live model shows as an error and hides the picture beside it. So the views go, and
the PNG and the text that every explorer sends with them stay: readers of GitHub, nbviewer and PDF see those.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
KEPT_CELL_METADATA = ("jupyter", "slideshow", "tags")  # what an author sets; the rest is left behind by tools
TIMEOUT = 120  # seconds for one cell
os.environ["CNNLAB_PROGRESS"] = "off"  # for the kernels: a stored output shows nobody's progress, and none is written


def execute(notebook: nbformat.NotebookNode, folder: Path) -> None:
    """Run all cells in ``folder``, in place. Raises CellExecutionError at the first cell that fails."""
    NotebookClient(
        notebook,
        timeout=TIMEOUT,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
        coalesce_streams=True,
    ).execute()


def strip_output(output: nbformat.NotebookNode) -> nbformat.NotebookNode | None:
    """Return the output without its widget view, or None when nothing else was in it."""
    if "data" not in output:
        return output
    output.data.pop(WIDGET_VIEW, None)
    output.metadata.pop(WIDGET_VIEW, None)
    return output if output.data else None


def normalise_code(cell: nbformat.NotebookNode, count: int | None) -> None:
    """Strip the outputs of a code cell and number the cell and its result, in place."""
    cell.execution_count = count
    cell.outputs = [output for output in map(strip_output, cell.outputs) if output is not None]
    for output in cell.outputs:
        if output.output_type == "execute_result":
            output.execution_count = count


def normalise(notebook: nbformat.NotebookNode) -> str:
    """Bring an executed notebook into the committed form, in place, and return it as text.

    Cell ids and execution counts follow the order of the cells, so that a change to one cell leaves the others alone.
    """
    notebook.metadata = nbformat.from_dict(NOTEBOOK_METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5  # the first minor version with cell ids
    executed = 0
    for number, cell in enumerate(notebook.cells, start=1):
        cell.id = f"cell-{number:02d}"
        cell.metadata = {key: cell.metadata[key] for key in KEPT_CELL_METADATA if key in cell.metadata}
        if cell.cell_type == "code":
            has_code = bool(cell.source.strip())
            executed += has_code
            normalise_code(cell, executed if has_code else None)
    nbformat.validate(notebook)
    return nbformat.v4.writes(notebook) + "\n"


def complaints(path: Path) -> list[str]:
    """Return what keeps the notebook from the committed form; nothing is executed or written."""
    text = path.read_text(encoding="utf-8")
    notebook = nbformat.v4.reads(text)
    found = []
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        if cell.execution_count is None:
            found.append(f"{path}: cell {number} was not executed")
        if any(output.output_type == "error" for output in cell.outputs):
            found.append(f"{path}: cell {number} holds an error")
        if "NBVAL_" in cell.source and any(tag.startswith("nbval-") for tag in cell.metadata.get("tags", ())):
            found.append(f"{path}: cell {number} tells nbval by a comment and by a tag: nbval takes one of them")
    if normalise(notebook) != text:
        found.append(f"{path}: not in the committed form; run python .ci/notebooks.py {path}")
    return found


def refresh(path: Path) -> None:
    """Execute the notebook and write it back in the committed form, if that changes the file."""
    before = path.read_text(encoding="utf-8")
    notebook = nbformat.v4.reads(before)
    execute(notebook, path.parent)
    after = normalise(notebook)
    if after != before:
        path.write_text(after, encoding="utf-8", newline="\n")
    print(f"{path}: {'unchanged' if after == before else 'written'}")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return 1 when a check finds something or a cell fails."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebooks", nargs="+", type=Path)
    parser.add_argument("--check", action="store_true", help="execute nothing, say what is not in the committed form")
    options = parser.parse_args(arguments)
    if options.check:
        found = [line for path in options.notebooks for line in complaints(path)]
        print("\n".join(found) or "all in the committed form")
        return int(bool(found))
    for path in options.notebooks:
        try:
            refresh(path)
        except CellExecutionError as error:
            print(f"{path}: a cell failed\n{error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
