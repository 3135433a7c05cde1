"""The command ``cnnlab``: opens the course, says what is missing and what is solved, writes handouts and the site."""

import argparse
import os
import re
import signal
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from subprocess import CalledProcessError

from cnnlab import __version__

_DESCRIPTION = "Interactive notebooks that teach how a convolutional network computes and how it learns."
_MORE = "Without a command it is the course; each has a --help of its own. A folder named like one is written ./check."
_LIVE = 'address of the notebooks with a kernel; "{}" in it stands for a notebook\'s name'
_EXTRAS = "handout", "site"
# A line of a notebook's file that imports by a name of 0.1.
_OLD_IMPORT = re.compile(
    r'"\s*((?:from cnnlab import .*\b|(?:from|import) cnnlab\.)'
    r'(?:widgets|figures|exercises|environment|progress|training\.run)\b.*?)(?:\\n)?",?$',
    re.MULTILINE,
)
_MOVED = (
    "cnnlab.widgets is now cnnlab.lab, of which ask and BugExplorer are in cnnlab.course; cnnlab.figures is"
    " cnnlab.lab.stills, and cnnlab.training.run cnnlab.lab.training; exercises, environment and progress are in"
    " cnnlab.course"
)


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
    parser, commands = _parsers()
    word = argv[0] if argv else ""
    meant = get_close_matches(word, commands, cutoff=0.7)
    if "" in argv:
        return _say("cnnlab: an argument must not be empty", 2)
    if meant and word not in commands and "/" not in word and not Path(word).exists():
        return _say(f"cnnlab {word}: is cnnlab {meant[0]} meant? A folder of that name is written ./{word}", 2)
    is_named = word in [*commands, "--help", "-h", "--version"]
    given = parser.parse_args(argv if is_named else ["course", *argv])
    name = f"cnnlab {word}" if is_named else "cnnlab"
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # as Ctrl+C: what is half written is taken away
    try:
        return given.run(given)
    except ImportError as error:
        missing = f"'cnnlab[{word}]'" if word in _EXTRAS else (error.name or "").partition(".")[0]
        return _say(f"{name}: {error}. It comes with: pip install {missing}", 1)
    except (FileExistsError, NotADirectoryError) as error:
        return _say(f"{name}: {error.filename} must be a folder; there is a file of that name", 1)
    except (OSError, ValueError, CalledProcessError) as error:
        return _say(f"{name}: {error}", 1)


def _parsers() -> tuple[argparse.ArgumentParser, dict[str, argparse.ArgumentParser]]:
    """Return the parser of the command line, and that of each command by its name."""
    usage = "cnnlab [FOLDER | COMMAND] ..."
    parser = argparse.ArgumentParser("cnnlab", usage=usage, description=_DESCRIPTION, epilog=_MORE)
    parser.add_argument("--version", action="version", version=f"cnnlab {__version__}")
    group = parser.add_subparsers(prog="cnnlab", metavar="COMMAND")
    runs = {"course": _course, "check": _check, "progress": _progress, "report": _report}
    runs |= {"handout": _handout, "site": _site}
    for name, run in runs.items():
        group.add_parser(name, help=run.__doc__, description=run.__doc__).set_defaults(run=run)
    course, _, progress, report, handout, site = group.choices.values()
    course.add_argument("folder", nargs="?", type=Path, default=Path("cnnlab-course"), metavar="FOLDER")
    course.add_argument("--no-open", action="store_true", help="put the notebooks there, and start nothing")
    course.add_argument("--allow-root", action="store_true", help="for JupyterLab, where you are root")
    progress.add_argument("--reset", action="store_true", help="forget it, for the next learner")
    report.add_argument("folder", type=Path, metavar="FOLDER", help="one file a learner, called as the learner")
    handout.add_argument("notebooks", nargs="*", type=Path, metavar="NOTEBOOK")
    handout.add_argument("--key", action="store_true", help="write the teacher's key too: all answers, on one page")
    handout.add_argument("--live", default="", metavar="ADDRESS", help=_LIVE)
    site.add_argument("folder", type=Path, metavar="FOLDER", help="new, empty, or written by this command")
    files = "the files of a Pyodide: the site then needs no other server"
    site.add_argument("--pyodide", type=Path, metavar="FOLDER", help=files)
    where = "where it will be, for previews and for the page of a missing address; default $CNNLAB_ADDRESS"
    site.add_argument("--address", default=os.environ.get("CNNLAB_ADDRESS", ""), metavar="URL", help=where)
    for each in (report, handout):
        each.add_argument("-o", "--output", type=Path, default=Path(), metavar="FOLDER", help="default: this folder")
    for each in (handout, site):
        each.add_argument("--timeout", type=int, default=1800, metavar="S", help="seconds for a cell; default 1800")
    return parser, group.choices


def _say(text: str, status: int = 0) -> int:
    """Write a line to the terminal, and return the exit status."""
    (sys.stderr if status else sys.stdout).write(f"{text}\n")
    return status


# --- the commands: each takes what was given to its parser, and returns the exit status ------------------------------


def _course(given):
    """Put the course into FOLDER (default cnnlab-course) and open it in JupyterLab."""
    from cnnlab.publish._folder import FIRST, put_course

    written, kept = put_course(given.folder)
    _say(f"The course is in {given.folder} (files written: {len(written)}).")
    if kept:
        _say(f"Kept as you have changed them: {', '.join(kept)}. To get one anew, give yours another name first.")
    for name in kept:
        if old := _OLD_IMPORT.findall((given.folder / name).read_text(encoding="utf-8", errors="replace")):
            _say("\n  ".join([f"{name} imports by names of cnnlab 0.1 ({_MOVED}):", *old]))
    if not given.no_open:
        _open((given.folder / FIRST).resolve(), ["--allow-root"] * given.allow_root)
    return 0


def _open(notebook: Path, options: list[str]) -> None:
    """Start JupyterLab in this process, so that Ctrl+C reaches it, and return when it has ended."""
    from jupyterlab.labapp import LabApp

    from cnnlab.publish._threads import settings_of_threads

    os.environ.update(settings_of_threads())  # its kernels inherit them
    _say("JupyterLab opens in your browser. To stop it, press Ctrl+C here twice.")
    LabApp.launch_instance([str(notebook), f"--ServerApp.root_dir={notebook.parent}", *options])


def _check(given):
    """Say what the notebooks need, and what of it is missing."""
    from cnnlab.course.environment import check_environment

    found = check_environment()
    advice = "Everything is here. Start the course with: cnnlab" if found.ok else found.advice
    _say(f"{found.table}\n{advice}")
    return 0 if found.ok else 1


def _progress(given):
    """Say what a learner has solved on this machine, and which mistakes they met."""
    from cnnlab.course.progress import ProgressMap, forget, path, recorded

    file = path()
    if file is None:
        return _say("Nothing is recorded: CNNLAB_PROGRESS is off.")
    if given.reset:
        forget()
        return _say("What was solved on this machine is forgotten.")
    mistakes = [f"{key}: {mistake}" for key, mistake in recorded() if mistake is not None]
    _say("\n".join([repr(ProgressMap()), "Mistakes met on the way:", *(mistakes or ["none"])]))
    return _say(f"To hand it in, copy this file under your name: {file}")


def _report(given):
    """Write report.html and report.csv from the records that learners have handed in."""
    from cnnlab.publish.report import write_report

    learners, damaged = write_report(given.folder, given.output)
    if damaged:
        _say(f"Left out, since damaged: {', '.join(damaged)}")
    return _say(f"report.html and report.csv are in {given.output.resolve()} (learners: {learners})")


def _handout(given):
    """Write each NOTEBOOK as one HTML page that lives without a kernel."""
    from cnnlab.publish.handout import write_handouts
    from cnnlab.publish.handout.key import write_key

    if not given.notebooks and not given.key:
        raise ValueError("name a NOTEBOOK, or ask for the --key")
    keys = [write_key(given.output)] if given.key else []
    for page in [*keys, *write_handouts(given.notebooks, given.output, live=given.live, timeout=given.timeout)]:
        _say(f"{page} ({page.stat().st_size / 1e6:.2f} MB)")
    return 0


def _site(given):
    """Write the course as a static website, with a kernel in the browser."""
    from cnnlab.publish.site import write_site

    first = write_site(given.folder, pyodide=given.pyodide, address=given.address, timeout=given.timeout)
    sizes = [path.stat().st_size for path in first.parent.rglob("*") if path.is_file()]
    return _say(f"{first} ({sum(sizes) / 1e6:.0f} MB in {len(sizes)} files)")
