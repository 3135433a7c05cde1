"""The command ``cnnlab``: opens the course, says what is missing, writes handouts and the site."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from subprocess import CalledProcessError

DESCRIPTION = "Interactive notebooks that teach how a convolutional network computes and how it learns."
MORE = "Each command has a --help of its own. A folder that is named like a command is written ./check."
FOLDER = "cnnlab-course"


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the command line says, and return its exit status.

    Examples
    --------
    >>> main(["check"])  # doctest: +ELLIPSIS
    Python ...
    Everything is here. Start the course with: cnnlab
    0
    """
    argv = sys.argv[1:] if argv is None else list(argv)
    name = argv[0] if argv and argv[0] in COMMANDS else ""
    command, add, words = COMMANDS[name]
    parser = argparse.ArgumentParser(prog=f"cnnlab {name}".strip(), description=words)
    if not name:
        lines = (f"cnnlab {each:8} {COMMANDS[each][2]}" for each in COMMANDS if each)
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.description, parser.epilog = f"{DESCRIPTION}\n{words}", "\n".join(["other commands:", *lines, "", MORE])
    add(parser)
    try:
        return command(parser.parse_args(argv[1:] if name else argv))
    except ImportError as error:
        more = f". It comes with: pip install 'cnnlab[{name}]'" if name in ("handout", "site") else ""
        return _say(f"cnnlab {name}".strip() + f": {error}{more}", 1)
    except (OSError, ValueError, CalledProcessError) as error:
        return _say(f"cnnlab {name}".strip() + f": {error}", 1)


def _say(text: str, status: int = 0) -> int:
    """Write a line for whoever started the command, and return the exit status."""
    (sys.stderr if status else sys.stdout).write(f"{text}\n")
    return status


# --- the course -----------------------------------------------------------------------------------------------------


def _add_course(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", nargs="?", type=Path, default=Path(FOLDER), metavar="FOLDER")
    parser.add_argument("--no-open", action="store_true", help="put the notebooks there, and start nothing")


def _course(given: argparse.Namespace) -> int:
    from cnnlab.publish.folder import FIRST, put_course

    put = put_course(given.folder)
    count = len(put.written)
    _say(f"The course is in {given.folder} ({count} {'file' if count == 1 else 'files'} written).")
    if put.kept:
        _say(f"Kept as you have changed them: {', '.join(put.kept)}. To get one anew, give yours another name first.")
    return 0 if given.no_open else _open(given.folder / FIRST)


def _open(notebook: Path) -> int:
    """Start JupyterLab in this process, so that Ctrl+C reaches it, and return when it has ended."""
    from jupyterlab.labapp import LabApp

    _say("JupyterLab opens in your browser. To stop it, press Ctrl+C here twice.")
    LabApp.launch_instance([str(notebook.resolve()), f"--ServerApp.root_dir={notebook.resolve().parent}"])
    return 0


# --- what is missing ------------------------------------------------------------------------------------------------


def _check(given: argparse.Namespace) -> int:
    from cnnlab.course.environment import check_environment

    environment = check_environment()
    advice = "Everything is here. Start the course with: cnnlab" if environment.ok else environment.advice
    _say(f"{environment.table}\n{advice}")
    return 0 if environment.ok else 1


# --- what leaves the notebook ---------------------------------------------------------------------------------------

LIVE = 'address of the notebooks with a kernel; "{}" in it stands for a notebook\'s name'


def _add_handout(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("notebooks", nargs="+", type=Path, metavar="NOTEBOOK")
    parser.add_argument("-o", "--output", type=Path, default=Path(), metavar="FOLDER", help="default: this folder")
    parser.add_argument("--live", default="", metavar="ADDRESS", help=LIVE)
    parser.add_argument("--budget", type=float, default=1.5, metavar="MB", help="of a page; default 1.5")


def _handout(given: argparse.Namespace) -> int:
    from cnnlab.publish.handout import write_handouts

    for page in write_handouts(given.notebooks, given.output, live=given.live, most=int(1e6 * given.budget)):
        _say(f"{page} ({page.stat().st_size / 1e6:.2f} MB)")
    return 0


def _add_site(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="new, empty, or written by this command")
    words = "the files of a Pyodide: the site then asks nobody else for anything"
    parser.add_argument("--pyodide", type=Path, metavar="FOLDER", help=words)


def _site(given: argparse.Namespace) -> int:
    from cnnlab.publish.site import write_site

    first = write_site(given.folder, pyodide=given.pyodide)
    sizes = [path.stat().st_size for path in first.parent.rglob("*") if path.is_file()]
    return _say(f"{first} ({sum(sizes) / 1e6:.0f} MB in {len(sizes)} files)")


def _add_nothing(parser: argparse.ArgumentParser) -> None:
    pass


COMMANDS: dict[str, tuple[Callable, Callable, str]] = {
    "": (_course, _add_course, f"Put the course into FOLDER (default {FOLDER}) and open it in JupyterLab."),
    "check": (_check, _add_nothing, "Say what the notebooks need, and what of it is missing."),
    "handout": (_handout, _add_handout, "Write each NOTEBOOK as one HTML page that lives without a kernel."),
    "site": (_site, _add_site, "Write the course as a static website, with a kernel in the browser."),
}
