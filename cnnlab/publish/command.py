"""The command ``cnnlab``: opens the course, checks the environment, shows progress, writes handouts and the site."""

import argparse
import os
import re
import signal
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from inspect import signature
from multiprocessing import active_children
from pathlib import Path

from cnnlab import __version__

_DESCRIPTION = "Interactive notebooks that teach how a convolutional network computes and how it learns."
_MORE = "Without a command it is the course; each has a --help of its own. A folder named like one is written ./check."
_HELP = {  # help texts of the options
    "no_open": "put the notebooks there, and start nothing",
    "allow_root": "for JupyterLab, where you are root",
    "reset": "forget it, for the next learner",
    "output": "folder for what is written; default: this one",
    "key": "write the teacher's key too: all answers, on one page",
    "live": 'address of the notebooks with a kernel; "{}" in it stands for a notebook\'s name',
    "pyodide": "folder with the files of a Pyodide: the site then needs no other server",
    "address": "where it will be, for previews and for the page of a missing address; default $CNNLAB_ADDRESS",
    "timeout": "seconds for a cell; default 1800",
}
_ADDRESS = os.environ.get("CNNLAB_ADDRESS", "")
# A line of a notebook file with an import by a name of version 0.1.
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
    """Run the command line, and return its exit status.

    Examples
    --------
    >>> main(["check"])  # doctest: +ELLIPSIS
    Python ...
    Everything is here. Start the course with: cnnlab
    0
    """
    argv = sys.argv[1:] if argv is None else list(argv)
    parser, commands = _parsers()
    if "" in argv:
        return _say("cnnlab: an argument must not be empty", 2)
    word = argv[0] if argv else ""
    if word not in [*commands, "--help", "-h", "--version"]:
        meant = get_close_matches(word, commands.keys() - {"course"}, cutoff=0.7)
        if meant and "/" not in word and not Path(word).exists():
            return _say(f"cnnlab {word}: is cnnlab {meant[0]} meant? A folder of that name is written ./{word}", 2)
        argv = ["course", *argv]
    given = vars(parser.parse_args(argv))
    signal.signal(signal.SIGTERM, _end)
    try:
        return given.pop("run")(**given)
    except ImportError as error:
        missing = f"'cnnlab[{word}]'" if word in ("handout", "site") else (error.name or "").partition(".")[0]
        why = f"{error}. It comes with: pip install {missing}"
    except (FileExistsError, NotADirectoryError) as error:
        why = f"{error.filename} must be a folder; there is a file of that name"
    except (OSError, ValueError) as error:
        why = str(error)
    return _say(f"cnnlab {argv[0]}: {why}", 1)


def _parsers():
    """Return the parser of the command line, and by name those of the commands, made from their functions.

    Keyword-only parameters become options, with their first letter as the short form.
    """
    usage = "cnnlab [FOLDER | COMMAND] ..."
    parser = argparse.ArgumentParser("cnnlab", usage=usage, description=_DESCRIPTION, epilog=_MORE)
    parser.add_argument("--version", action="version", version=f"cnnlab {__version__}")
    group = parser.add_subparsers(prog="cnnlab", metavar="COMMAND")
    for run in (_course, _check, _progress, _report, _handout, _site):
        command = group.add_parser(run.__name__[1:], help=run.__doc__, description=run.__doc__)
        command.set_defaults(run=run)
        for name, given in signature(run).parameters.items():
            if given.kind is not given.KEYWORD_ONLY:
                nargs = {given.empty: None, (): "*"}.get(given.default, "?")
                command.add_argument(name, nargs=nargs, type=Path, default=given.default, metavar=name.upper())
                continue
            how = {"type": given.annotation, "default": given.default}
            how = {"action": "store_true"} if given.annotation is bool else how
            command.add_argument(f"-{name[0]}", f"--{name.replace('_', '-')}", help=_HELP[name], **how)
    return parser, group.choices


def _end(*_):
    """Stop as on Ctrl+C, which removes half-written files; otherwise the workers would continue for minutes."""
    for worker in active_children():
        worker.terminate()
    sys.exit(143)


def _say(text, status=0):
    """Write a line to the terminal, and return the exit status."""
    (sys.stderr if status else sys.stdout).write(f"{text}\n")
    return status


# --- the commands: each takes the parsed arguments, and returns the exit status ------------------------------


def _course(folder: Path = Path("cnnlab-course"), *, no_open: bool, allow_root: bool) -> int:
    """Put the course into FOLDER (default cnnlab-course) and open it in JupyterLab."""
    from cnnlab.publish._folder import FIRST, put_course, source

    written, kept = put_course(folder, source())
    _say(f"The course is in {folder} (files written: {len(written)}).")
    if kept:
        _say(f"Kept as you have changed them: {', '.join(kept)}. To get a fresh copy of one, rename yours first.")
    for path in filter(Path.is_file, (folder / name for name in kept)):
        if old := _OLD_IMPORT.findall(path.read_text(encoding="utf-8", errors="replace")):
            _say("\n  ".join([f"{path.name} imports by names of cnnlab 0.1 ({_MOVED}):", *old]))
    if no_open:
        return 0
    from jupyterlab.labapp import LabApp

    from cnnlab.publish._threads import settings_of_threads

    os.environ.update(settings_of_threads())  # inherited by its kernels
    _say("JupyterLab opens in your browser. To stop it, press Ctrl+C here twice.")
    first = (folder / FIRST).resolve()
    # JupyterLab runs in this process, so that Ctrl+C reaches it.
    LabApp.launch_instance([str(first), f"--ServerApp.root_dir={first.parent}", *["--allow-root"] * allow_root])
    return 0


def _check() -> int:
    """List what the notebooks need, and what is missing."""
    from cnnlab.course.environment import check_environment

    found = check_environment()
    advice = "Everything is here. Start the course with: cnnlab" if found.ok else found.advice
    _say(f"{found.table}\n{advice}")
    return 0 if found.ok else 1


def _progress(*, reset: bool) -> int:
    """List what a learner has solved on this machine, and which mistakes they made."""
    from cnnlab.course.progress import ProgressMap, forget, path, recorded

    file = path()
    if file is None:
        return _say("Nothing is recorded: CNNLAB_PROGRESS is off.")
    if reset:
        forget()
        return _say("What was solved on this machine is forgotten.")
    mistakes = [f"{key}: {mistake}" for key, mistake in recorded() if mistake is not None]
    _say("\n".join([repr(ProgressMap()), "Mistakes met on the way:", *(mistakes or ["none"])]))
    return _say(f"To hand it in, copy this file under your name: {file}")


def _report(folder: Path, *, output: Path = Path()) -> int:
    """Write report.html and report.csv from the records in FOLDER: one file per learner, named after the learner."""
    from cnnlab.publish.report import write_report

    learners, damaged = write_report(folder, output)
    if damaged:
        _say(f"Left out, since damaged: {', '.join(damaged)}")
    return _say(f"report.html and report.csv are in {output.resolve()} (learners: {learners})")


def _handout(notebooks: Path = (), *, output: Path = Path(), key: bool, live: str = "", timeout: int = 1800) -> int:
    """Write each of the NOTEBOOKS as one HTML page that is interactive without a kernel."""
    from cnnlab.publish.handout import write_handouts
    from cnnlab.publish.handout.key import write_key

    if not notebooks and not key:
        raise ValueError("name a NOTEBOOK, or ask for the --key")
    keys = [write_key(output)] if key else []
    for page in [*keys, *write_handouts(notebooks, output, live=live, timeout=timeout)]:
        _say(f"{page} ({page.stat().st_size / 1e6:.2f} MB)")
    return 0


def _site(folder: Path, *, pyodide: str = "", address: str = _ADDRESS, timeout: int = 1800) -> int:
    """Write the course as a static website, with a kernel in the browser, into FOLDER: new, empty, or a site before."""
    from cnnlab.publish.site import write_site

    first = write_site(folder, pyodide=pyodide and Path(pyodide), address=address, timeout=timeout)
    return _say(f"The site is complete. Its first page is {first}")
