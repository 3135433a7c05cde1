"""The base class of all explorers: one widget, with traits as settings, that answers the events of a front end."""

from __future__ import annotations

import os
import re
import sys
from base64 import b64encode
from contextlib import contextmanager, suppress
from html import escape
from inspect import signature
from types import SimpleNamespace
from typing import Any

import anywidget
import numpy as np
import traitlets

from cnnlab._validate import check_known
from cnnlab.lab import saving, stills
from cnnlab.lab.explorers import front
from cnnlab.lab.explorers._events import Part, is_index, is_place, numbered, read_event
from cnnlab.lab.explorers._settings import Control, Setting
from cnnlab.lab.scenes.reading import at_step, steps_of, with_names
from cnnlab.lab.scenes.schema import Line, Scene

MOST_UNDONE = 50
EXACT = ("int64", "float64")  # the dtypes for which a line of numpy gives the same result as cnnlab
TOGGLES = frozenset(("numbers", "wires", "coverage", "gradients", "code"))  # the front end's names
VIEW = "application/vnd.jupyter.widget-view+json"


class _WhenMade(type(anywidget.AnyWidget)):
    """Calls ``_begin`` once an explorer is fully constructed, so that no constructor calls an overridden method."""

    def __call__(cls, *args, **kwargs):
        made = super().__call__(*args, **kwargs)
        made._begin(dict(zip(signature(made.__init__).parameters, args, strict=False)) | kwargs)
        return made


class Explorer(anywidget.AnyWidget, metaclass=_WhenMade):
    """Controls, formula and stages in one widget; a subclass defines its settings, as traits, and its scenes.

    What a subclass shows must depend only on its arrays and settings.

    Parameters
    ----------
    arrays : dict of str to array
        The arrays that a learner can edit, by the name of the panel.
    limits : dict
        By the name of a setting, its limits if its class does not fix them: the ends of a slider, the options of a
        choice.
    absent : iterable of str
        Settings without a control, and toggles that are hidden.
    **settings
        Initial values.
    """

    _esm = front.loader()
    module = traitlets.Bytes().tag(sync=True)  # the front end, in the first explorer of a kernel
    process = traitlets.Unicode(front.PROCESS).tag(sync=True)  # which kernel it is
    asked = traitlets.Dict({"events": []}).tag(sync=True)  # in the kernel it stays empty: see set_state
    shown = traitlets.Dict().tag(sync=True, to_json=front.as_message)

    asks = False  # whether it is a question
    _made = False

    def __init__(self, arrays=None, *, limits=None, absent=(), **settings):
        self.arrays = arrays or {}  # an edit replaces an array, and does not write to it
        self.limits, self.absent = dict(limits or {}), frozenset(absent)
        self._edited, self._held = None, {}  # the last edited cell, and by stage the last selected one
        self._busy, self._served, self._past, self._drawn, self._note, self._veil = False, 0, (), None, "", ""
        classes = reversed(type(self).__mro__)  # so that an overridden setting keeps its place
        self._settings = {k: v for cls in classes for k, v in vars(cls).items() if isinstance(v, Setting)}
        check_known(settings, self._settings, "a setting")
        super().__init__(**settings)
        for name in self._settings:  # one by one: of no names at all, traitlets would make every trait
            self.observe(self._changed, name)
        self.on_msg(self._heard)

    def _begin(self, given):
        self.__given = given  # the arguments by name; not ``_given``, which a subclass may have for itself
        self._made, self._first = True, (self.arrays, self.settings)
        self.check(self.now())
        self.refresh()
        self.open()

    def open(self) -> None:
        """Start to send updates to the front ends, now that there is something to show."""
        if self._made:
            super().open()

    # --- methods for subclasses to override ---

    def check(self, s: SimpleNamespace) -> None:
        """Raise ValueError if the settings, the attributes of ``s``, are incompatible."""

    def inactive(self) -> set[str]:
        """Return the settings that have no effect now: their controls are hidden."""
        return set()

    def scenes(self) -> list[Scene]:
        """Return the scene of each stage; none if there is nothing to draw, and :meth:`formula_lines` says why."""
        return []

    def formula_lines(self, scenes: list[Scene]) -> list[Line]:
        """Return the lines beside the controls, such as the formula."""
        return []

    def note_line(self) -> Line | None:
        """Return a line below the controls, whose space is kept while it is empty; None for no line."""
        return None

    def parts(self, scenes: list[Scene]) -> list[Part]:
        """Return the parts from top to bottom: the head, then a stage for each scene."""
        stages = [{"kind": "stage", "scene": scene, "absent": sorted(self.absent & TOGGLES)} for scene in scenes]
        for stage in stages[:1]:
            stage["controls"] = self.controls("bar", "foot", "signs", "lens")
        head = {"kind": "head", "controls": self.controls("head"), "lines": self.formula_lines(scenes)}
        note = self.note_line()
        return [head if note is None else {**head, "note": note}, *stages]

    def plane_of(self, panel: str, number: int) -> np.ndarray:
        """Return plane ``number`` of a panel: a writable view (H, W) of its array."""
        return self.arrays[panel][0, number]

    def edit(self, panel: str, cell: list[int], value: float) -> None:
        """Write a number that a learner typed into an array; all arrays were copied for this edit."""
        number, row, column = cell
        self.plane_of(panel, number)[row, column] = value

    def note_of(self, panel: str, before: list[Scene], after: list[Scene]) -> str:
        """Return a note on an edit, shown below the first stage until something else changes."""
        return ""

    def press(self, name: str) -> None:
        """Handle the press of a button."""

    def pick(self, stage: int, panel: str, cell: list[int]) -> None:
        """Handle a click on a cell, if the scene asks for clicks."""

    def title(self, scenes: list[Scene]) -> str:
        """Return the line above the static picture."""
        lines = self.formula_lines(scenes)
        return "".join(text for _, text in lines[0]) if lines else self.describe()

    def describe(self) -> str:
        """Return one stable line for text output."""
        raise NotImplementedError

    # --- settings ---

    @property
    def settings(self) -> dict[str, Any]:
        """The settings by name."""
        return {name: getattr(self, name) for name in self._settings}

    def now(self, **changed) -> SimpleNamespace:
        """Return the settings as attributes, with these changes."""
        return SimpleNamespace(**self.settings | changed)

    def fits(self, **changed) -> bool:
        """Return whether the settings would be compatible with these changes."""
        with suppress(ValueError):
            self.check(self.now(**changed))
            return True
        return False

    def bounds(self, name: str, value: int, ends: tuple[int, int]) -> list[int]:
        """Return how far a number can go in both directions, given the other settings."""
        return [
            next(other for other in range(end, value + step, step) if self.fits(**{name: other}))
            for end, step in zip(ends, (1, -1), strict=True)
        ]

    def most(self, name: str) -> int:
        """Return the upper limit of a slider, regardless of the other settings."""
        return self._settings[name].limits(self)[1]

    def controls(self, *places: str) -> list[Control]:
        """Return the controls at these places."""
        hidden = self.absent | self.inactive()
        there = (each for name, each in self._settings.items() if name not in hidden)
        return [setting.control(self) for setting in there if setting.look["place"] in places]

    def change_of(self, name: str, value) -> tuple[str, Any]:
        """Return the setting that a control changes, and its new value; raise TypeError or ValueError if none."""
        if name not in self._settings or name in self.absent | self.inactive():
            raise ValueError(f"{name} must be the name of a control")
        return name, self._settings[name].read(self, value)

    def set_together(self, settings: dict[str, Any]) -> None:
        """Change several settings at once; if they are incompatible, none is changed."""
        values = {name: self._settings[name].validate(self, value) for name, value in settings.items()}
        self.check(self.now(**values))
        with self._transaction(), self.hold_trait_notifications():
            for name, value in values.items():
                setattr(self, name, value)

    def _changed(self, change):
        self._note = ""
        self.refresh()

    @contextmanager
    def _transaction(self):
        """Draw once, at the end of the outermost transaction."""
        outer, self._busy = self._busy, True
        try:
            yield
        finally:
            self._busy = outer
            self._draw()

    # --- events of the front end ---

    @traitlets.default("module")
    def _first_module(self):
        return front.first_module()

    def _heard(self, _widget, content, _buffers):
        """Send the front end to a page that lacks it, and remember which cell the learner has selected."""
        if not isinstance(content, dict):
            return
        if content.get("ask") == "module":
            self.send({"module": True}, [front.packed()])
        if is_place(at := content.get("at")):
            self.hold(at["panel"], at["cell"], at["stage"])

    @property
    def _scenes(self):
        """The scenes of the current state, computed on first use, with the note on the last edit."""
        if self._drawn is None:
            self._drawn = [with_names(scene, self._name_of) if "setup" in scene else scene for scene in self.scenes()]
        if self._note and self._drawn:
            self._drawn[0]["note"] = self._note
        return self._drawn

    def _name_of(self, array):
        """Return the name of an array in a line of code, and how many leading dimensions it lacks under that name.

        The name is that of the newest variable that holds the array passed in, as long as its numbers are the ones
        shown; else that of the explorer's attribute, if a variable holds the explorer.
        """
        given, numbers = self.__given.get(array), getattr(self, array, None)
        if type(given) is np.ndarray and given.dtype in EXACT:
            lacks = np.ndim(numbers) - given.ndim
            if np.array_equal(given[(None,) * lacks], numbers) and (name := _variable(given)):
                return name, lacks
        owner = _variable(self) if numbers is not None else ""
        return f"{owner}.{array}" if owner else array, 0

    def refresh(self) -> None:
        """Redraw the current state, in one update."""
        self._drawn = None
        self._draw()

    def _draw(self):
        if self._made and not self._busy:
            parts = self.parts(self._scenes)
            if self._note and not self._scenes:
                parts.append({"kind": "row", "controls": [], "lines": [line(("bold", self._note))]})
            self.shown = {"serial": self._served, "parts": parts, "undo": bool(self._past), "veil": self._veil}

    def set_state(self, sync_data: dict) -> None:
        """Answer a front end's request, and ignore anything else that it may send."""
        asked = sync_data.get("asked") if isinstance(sync_data, dict) else None
        if isinstance(asked, dict):
            with self._transaction():
                for event in numbered(asked, after=self._served):
                    self._served = event["serial"]
                    kind, wanted = read_event(event)
                    if kind:
                        getattr(self, f"_{kind}")(wanted)

    def _set(self, settings):
        """Change all of the settings or none: a slider may have been moved before its new bound reached the page."""
        before = self.settings
        try:
            self.set_together(dict(self.change_of(name, value) for name, value in settings.items()))
        except Exception as error:
            if self.settings != before:  # the change was made: an observer or the other end of a link raised
                raised = f"{type(error).__name__}: {error}"
                self.tell(f"What is linked to this explorer, or observes it, cannot follow. {raised}")
            elif not isinstance(error, TypeError | ValueError):
                raise

    def tell(self, note: str) -> None:
        """Show a note below the first stage, or below everything if there is none, until something else changes."""
        self._note = note
        self.refresh()

    def refused(self, name: str, error: Exception) -> None:
        """Show the error of a setting that a widget on the page has set: there is no cell output to show it."""
        if self._made and _request().get("header", {}).get("msg_type") == "comm_msg":
            self.tell(f"{name} stays at {getattr(self, name)}: {error}")

    def _press(self, name):
        if name in ("undo", "reset", "uncover"):
            getattr(self, name)()
        else:
            self.press(name)
        self.refresh()

    def _pick(self, place):
        """Handle a click on a drawn cell, if the stage asks for clicks."""
        panel = self._panel(place)
        if panel and self._scenes[place["stage"]].get("pick") and _is_inside(place["cell"], panel["values"].shape):
            self.pick(**place)
            self.refresh()

    def _edit(self, edit):
        """Write a number into an editable cell, unless a slider has hidden it in the meantime."""
        shown, panel, cell = self._panel(edit), edit["panel"], edit["cell"]
        there = shown.get("editable") and cell[0] < len(shown["values"])
        if not there or not _is_inside(cell[1:], self.plane_of(panel, cell[0]).shape):
            return
        scenes, arrays, settings = self._scenes, self.arrays, self.settings
        self.arrays = {name: array.copy() for name, array in arrays.items()}  # so that the edit can be undone
        self.edit(panel, cell, float(edit["value"]))
        self.arrays |= {name: array for name, array in arrays.items() if np.array_equal(array, self.arrays[name])}
        changed = {setting: old for setting, old in settings.items() if getattr(self, setting) != old}
        place = edit["stage"], panel, cell
        if not (edit.get("more") and place == self._edited and self._past):
            self._past = (*self._past, (arrays, changed))[-MOST_UNDONE:]
        self._edited, self._note = place, ""
        self.refresh()
        self._note = self.note_of(panel, scenes, self._scenes) if self._scenes else ""

    def _panel(self, place):
        """Return the panel that an event names; an empty dict if there is no such panel or stage."""
        there = self._scenes[place["stage"]]["panels"] if is_index(place["stage"], len(self._scenes)) else []
        return next((panel for panel in there if panel["name"] == place["panel"]), {})

    def undo(self) -> None:
        """Undo the last edit, with the settings that it changed."""
        if self._past:
            *self._past, (self.arrays, settings) = self._past
            self._note = ""
            self.set_together(settings)

    def reset(self) -> None:
        """Restore the initial settings and numbers."""
        with self._transaction():
            self._past = (self._first,)
            self.undo()
            self.refresh()

    def cover(self, key: str) -> None:
        """Cover the explorer, as it shows an answer, until :meth:`uncover` or until the learner asks to see it."""
        self._veil = key
        self._draw()

    def uncover(self, note: str = "") -> None:
        """Remove the cover; a note is shown below the first stage until something else changes."""
        self._note = note if self._scenes else ""
        self.cover("")

    # --- pictures and files, for places without widgets ---

    @property
    def steps(self) -> int:
        """How many steps ▶ takes."""
        return max(map(steps_of, self._scenes), default=1)

    def picture(self, step: int | None = None) -> stills.Canvas:
        """Return the static picture, with the last selected cells, or after a step of ▶."""
        scenes = [
            self._as_held(number, scene) if step is None else at_step(scene, step)
            for number, scene in enumerate(self._scenes)
        ]
        return stills.draw_scenes(scenes, self.title(scenes))

    def hold(self, panel: str, cell: list[int], stage: int = 0) -> Explorer:
        """Select a cell [plane, row, column] of a panel, as drawn, for the picture; return the explorer."""
        self._held[stage] = {"panel": panel, "cell": cell}
        return self

    def _as_held(self, number, scene):
        at = self._held.get(number, scene["first"])
        shown = self._panel({"stage": number, **at})
        return {**scene, "first": at} if shown and _is_inside(at["cell"], shown["values"].shape) else scene

    def save(self, path) -> None:
        """Write the explorer to a file, atomically.

        Parameters
        ----------
        path : path
            Its ending selects the format; an existing file is replaced.

            ``.svg``, ``.pdf``, ``.png``
                The picture, with the last selected cell, its sum and the formula. In the first two, text stays text.
            ``.gif``
                The steps of ▶; of many steps, as many as fit into 2 MB.
            ``.html``
                A self-contained page of this explorer, interactive without a kernel.
            ``.mjs``
                The front end as an anywidget module; its state goes into a ``.json`` file beside it. In MyST they are
                the address and the body of the directive ``{anywidget}``.

        Raises
        ------
        TypeError, ValueError
            If ``path`` is not a path, or has another ending.
        FileNotFoundError
            If there is no such folder.

        Examples
        --------
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> from cnnlab.lab import ConvolutionExplorer
        >>> with TemporaryDirectory() as folder:
        ...     ConvolutionExplorer([[1, 2], [3, 4]], [[1]]).save(Path(folder, "window.svg"))
        ...     ">Inner " in Path(folder, "window.svg").read_text()
        True
        """
        saving.save(self, path)

    def still(self) -> dict[str, str]:
        """Return the static substitute for the widget, by mime type; a picture in base64."""
        return {"image/png": b64encode(self.picture().png()).decode()}

    def __repr__(self):
        return self.describe()

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = super()._repr_mimebundle_(**kwargs)
        if not _is_watched():  # else a converter would prefer the widget, which nobody would see
            data.pop(VIEW, None)
        still = self.still()
        if self._veil:
            words = f"{type(self).__name__}: covered until the question above is answered"
            data.update({"text/plain": words, "text/html": _shut(still, self.describe())})
        else:
            data.update({"text/plain": self.describe(), **still})
            if "image/png" in still:
                metadata["image/png"] = {"alt": self.describe()}
        if VIEW in data and _request():
            _keep(data)
        return data, metadata


def line(*spans: str | tuple[str, str]) -> Line:
    """Return a line of text made of spans: plain text, or (style, text)."""
    return [["", span] if isinstance(span, str) else list(span) for span in spans]


def _shell():
    """Return the IPython shell that runs the notebook, or None."""
    return sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None


def _variable(wanted):
    """Return the newest variable of the notebook that holds this very object; empty if there is none."""
    variables = reversed(list(getattr(_shell(), "user_ns", {}).items()))
    return next((name for name, value in variables if value is wanted and not name.startswith("_")), "")


def _request():
    """Return the message that the kernel is answering; empty if there is none."""
    kernel = getattr(_shell(), "kernel", None)
    request = kernel.get_parent() if hasattr(kernel, "get_parent") else None
    return request if isinstance(request, dict) else {}


def _is_watched():
    """Return whether the client that runs this cell may show widgets.

    It does not if it is a Python client, as the number at the end of its message ids tells, and does not allow stdin:
    nbconvert and papermill, and also Voilà, which shows widgets all the same.
    """
    request = _request()
    if not request or "VOILA_BASE_URL" in os.environ:
        return True
    may_ask = request.get("content", {}).get("allow_stdin", True)
    return may_ask or not re.search(r"_\d+_\d+$", str(request.get("header", {}).get("msg_id")))


def _keep(data):
    """Show what JupyterLab needs to show this output again when the notebook is opened without its widgets.

    It prefers the widget to the picture, and writes "Error displaying widget" if the widget is gone. So an invisible
    output goes before: a style sheet that puts the picture, or the text, in the place of that error.
    """
    mark = f"cnnlab-{data[VIEW]['model_id']}"
    words = "".join(letter if letter.isalnum() else f"\\{ord(letter):x} " for letter in data["text/plain"])
    picture = f"url(data:image/png;base64,{data['image/png']})" if "image/png" in data else "normal"
    kept = f".jp-OutputArea-child:has(#{mark})"
    error = f"{kept} + .jp-OutputArea-child > .jupyter-widgets:not(:has(*))"
    style = f"""<style id="{mark}">
        {kept} {{ display: none }}
        {error} {{ content: {picture}; flex: initial; width: auto; max-width: 100%; font-size: 0 }}
        {error}::before {{ content: "{words}"; font-size: var(--jp-content-font-size1) }}
    </style>"""
    sys.modules["IPython.display"].publish_display_data({"text/html": style})


def _shut(still, alt):
    """Return a still as HTML that is folded until the reader opens it."""
    shown = stills.image_html(still["image/png"], alt) if "image/png" in still else escape(alt)
    return f"<details><summary>The picture, for when you have your answer</summary>{shown}</details>"


def _is_inside(indices, lengths):
    return all(at < length for at, length in zip(indices, lengths, strict=True))
