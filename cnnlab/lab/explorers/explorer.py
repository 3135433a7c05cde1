"""What all explorers share: one widget each, whose settings are traits, and which answers what a front end asks."""

from __future__ import annotations

import os
import re
import sys
from base64 import b64encode
from html import escape
from types import SimpleNamespace

import numpy as np
import traitlets

from cnnlab.lab import stills
from cnnlab.lab.explorers import front
from cnnlab.lab.explorers._heartbeat import heart
from cnnlab.lab.explorers.events import Part, Shown, is_index, is_well_formed, numbered
from cnnlab.lab.explorers.settings import HasSettings
from cnnlab.lab.scenes.schema import Line, Panel, Scene

MOST_UNDONE = 50
VIEW = "application/vnd.jupyter.widget-view+json"


class Explorer(HasSettings):
    """Controls, formula and stages in one widget; a subclass states its settings as traits, and its scenes.

    What a subclass computes depends on its arrays and on the settings that it is given, nothing else: so it can be
    asked for any settings, not only those in view.

    Parameters
    ----------
    arrays : dict of str to array
        What a learner can type into, by the name of the panel.
    **options
        As :class:`HasSettings`: ranges, options, absent controls, and the first values of the settings.
    """

    _esm = front.loader()
    module = traitlets.Bytes().tag(sync=True)  # the front end, with the first explorer of a kernel
    process = traitlets.Unicode(front.PROCESS).tag(sync=True)  # which kernel it is
    asked = traitlets.Dict({"events": []}).tag(sync=True)  # stays so in the kernel: see set_state
    shown = traitlets.Dict().tag(sync=True)

    def __init__(self, arrays=None, **options):
        self.arrays: dict[str, np.ndarray] = arrays or {}  # replaced by an edit, not written
        self._served, self._past, self._drawn, self._note, self._veil = 0, [], None, "", ""
        super().__init__(**options)
        self.on_msg(self._heard)

    # --- what a subclass gives; s holds the settings by name ---

    def scenes(self, s: SimpleNamespace) -> list[Scene]:
        """Return the scene of each stage."""
        return []

    def beside(self, s: SimpleNamespace, scenes: list[Scene]) -> list[Line]:
        """Return the lines that stand beside the controls, such as the formula."""
        return []

    def below(self, s: SimpleNamespace) -> Line | None:
        """Return a line below the controls, whose room is kept while it is empty; None for no such line."""
        return None

    def parts(self, s: SimpleNamespace, scenes: list[Scene]) -> list[Part]:
        """Return what stands below each other: the head, then a stage for each scene."""
        stages = [{"kind": "stage", "scene": scene} for scene in scenes]
        stages[0]["controls"] = self.controls(s, "bar") + self.controls(s, "foot")
        head = {"kind": "head", "controls": self.controls(s, "head"), "lines": self.beside(s, scenes)}
        note = self.below(s)
        return [head if note is None else {**head, "note": note}, *stages]

    def array_of(self, panel: str) -> str:
        """Return the name of the array that a panel shows."""
        return panel

    def plane_of(self, s: SimpleNamespace, panel: str, number: int) -> np.ndarray:
        """Return what a panel shows as its plane ``number``: a view (H, W) of its array, to be written to."""
        return self.arrays[self.array_of(panel)][0, number]

    def edit(self, s: SimpleNamespace, panel: str, cell: list[int], value: float) -> None:
        """Put a number that a learner typed into an array, which is a copy made for it."""
        number, row, column = cell
        self.plane_of(s, panel, number)[row, column] = value

    def note_of(self, panel: str, cell: list[int], before: list[Scene], after: list[Scene]) -> str:
        """Return what there is to say of an edit, below the first stage until something else changes."""
        return ""

    def press(self, s: SimpleNamespace, name: str) -> None:
        """Do what a button says."""

    def pick(self, s: SimpleNamespace, stage: int, panel: str, cell: list[int]) -> None:
        """Follow a click, where the scene asks for it."""

    def title(self, s: SimpleNamespace, scenes: list[Scene]) -> str:
        """Return the line above the static picture."""
        return self.describe()

    def describe(self) -> str:
        """Return one stable line for text output."""
        raise NotImplementedError

    # --- answering ---

    @traitlets.default("module")
    def _first_module(self) -> bytes:
        return front.first_module()

    def _heard(self, _widget, content, _buffers) -> None:
        """Give a page what it asks for beside the traits: the front end, or the kernel's heartbeat."""
        asked = content.get("ask") if isinstance(content, dict) else None
        if asked == "module":
            self.send({"module": True}, [front.packed()])
        elif asked == "beat":
            heart.carry(self)

    def _begin(self) -> None:
        self._first = self.settings, self.arrays
        super()._begin()

    @property
    def _scenes(self) -> list[Scene]:
        """The scenes of the present state, computed once, when they are asked for; with what is to say of an edit."""
        if self._drawn is None:
            self._drawn = self.scenes(self.now())
        if self._note:
            self._drawn[0]["note"] = self._note
        return self._drawn

    def refresh(self) -> None:
        """Draw the present state anew, in one update."""
        self._drawn = None
        self._draw()

    def _draw(self) -> None:
        if self._made and not self._busy:
            parts = self.parts(self.now(), self._scenes)
            shown: Shown = {"serial": self._served, "parts": parts, "undo": bool(self._past)}
            self.shown = front.pack({**shown, "veil": self._veil} if self._veil else shown)

    def _changed(self, change) -> None:
        self._note = ""
        super()._changed(change)

    def set_state(self, sync_data: dict) -> None:
        """Answer a front end's request, and take nothing else that it may send."""
        asked = sync_data.get("asked") if isinstance(sync_data, dict) else None
        if isinstance(asked, dict):
            heart.wake()
            with self._transaction():
                for event in numbered(asked, after=self._served):
                    self._served = event["serial"]
                    if is_well_formed(event):
                        self._serve(event)

    def _serve(self, event: dict) -> None:
        """Do what one event asks for, if it can be done; else nothing."""
        if "set" in event:
            self._set(event["set"])
        elif "press" in event:
            self._press(event["press"])
        elif "edit" in event:
            self._edit(**event["edit"])
        elif self._is_shown(**event["pick"]):
            self.pick(self.now(), **event["pick"])
            self.refresh()

    def _set(self, settings: dict) -> None:
        try:
            with self.hold_trait_notifications():
                for name, value in settings.items():
                    setattr(self, *self.change_of(name, value))
        except (TypeError, ValueError):
            pass  # such as a slider that was moved before its new bound reached the page

    def _press(self, name: str) -> None:
        if name == "undo":
            self._undo()
        elif name == "reset":
            self.reset()
        elif name == "uncover":
            self.uncover()
        else:
            self.press(self.now(), name)
        self.refresh()

    def cover(self, key: str) -> None:
        """Cover the explorer until :meth:`uncover`, or until one asks to see it: it shows the answer to a question."""
        self._veil = key
        self._draw()

    def uncover(self) -> None:
        """Take the cover away."""
        self._veil = ""
        self._draw()

    def _undo(self) -> None:
        """Take back the last edit, with the settings that it changed."""
        if self._past:
            (self.arrays, settings), self._note = self._past.pop(), ""
            self.set_together(settings)

    def reset(self) -> None:
        """Go back to the settings and the numbers of the beginning."""
        settings, arrays = self._first
        with self._transaction():
            self.arrays, self._past, self._note = arrays, [], ""
            self.set_together(settings)
            self.refresh()

    def _edit(self, stage: int, panel: str, cell: list[int], value: float) -> None:
        """Make an edit that is legal; a slider may have hidden the cell meanwhile."""
        if not self._is_editable(stage, panel, cell):
            return
        name, scenes, arrays, settings = self.array_of(panel), self._scenes, self.arrays, self.settings
        self.arrays = {**arrays, name: arrays[name].copy()}  # the others stay as they are, to go back to
        self.edit(self.now(), panel, cell, float(value))
        changed = {setting: old for setting, old in settings.items() if getattr(self, setting) != old}
        self._past, self._note = [*self._past, (arrays, changed)][-MOST_UNDONE:], ""
        self.refresh()
        self._note = self.note_of(panel, cell, scenes, self._scenes)

    def _is_editable(self, stage: int, panel: str, cell: list[int]) -> bool:
        """Return whether a cell, in the array's own counting, is one that a learner can type into."""
        shown = self._panel(stage, panel)
        if not shown.get("editable") or cell[0] >= len(shown["values"]):
            return False
        return _is_inside(cell[1:], self.plane_of(self.now(), panel, cell[0]).shape)

    def _is_shown(self, stage: int, panel: str, cell: list[int]) -> bool:
        """Return whether a cell is one that is drawn, on a stage that asks to be told of clicks."""
        shown = self._panel(stage, panel)
        return bool(shown) and bool(self._scenes[stage].get("pick")) and _is_inside(cell, shown["values"].shape)

    def _panel(self, stage: int, name: str) -> Panel | dict:
        """Return a panel of a stage; an empty dict where there is no such panel or stage."""
        there = self._scenes[stage]["panels"] if is_index(stage, len(self._scenes)) else []
        return next((panel for panel in there if panel["name"] == name), {})

    # --- where no widget runs ---

    def still(self) -> dict[str, str]:
        """Return what stands for the widget where none runs, by mime type; a picture in base64."""
        picture = stills.scene_png(*self._scenes, title=self.title(self.now(), self._scenes))
        return {"image/png": b64encode(picture).decode()}

    def __repr__(self) -> str:
        return self.describe()

    def _repr_mimebundle_(self, **kwargs) -> tuple[dict, dict]:
        data, metadata = super()._repr_mimebundle_(**kwargs)
        if not _is_watched():  # else whoever converts the notebook prefers a widget that nobody will see
            data.pop(VIEW, None)
        still = self.still()
        if self._veil:
            words = f"{type(self).__name__}: covered until the question above is answered"
            return {**data, "text/plain": words, "text/html": _shut(still, self.describe())}, metadata
        described = {"image/png": {"alt": self.describe()}} if "image/png" in still else {}
        return {**data, "text/plain": self.describe(), **still}, {**metadata, **described}


def line(*spans: str | tuple[str, str]) -> Line:
    """Return a line of text; a span is plain text, or (style, text)."""
    return [["", span] if isinstance(span, str) else list(span) for span in spans]


def _is_watched() -> bool:
    """Return whether widgets may be seen where a cell runs.

    They are not where a client in Python, as the number at its message's end tells, says that nobody is there to ask:
    so do nbconvert and papermill; and Voilà, which shows widgets all the same.
    """
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    kernel = getattr(shell, "kernel", None)
    request = kernel.get_parent() if hasattr(kernel, "get_parent") else None
    if not isinstance(request, dict) or "VOILA_BASE_URL" in os.environ:
        return True
    may_ask = request.get("content", {}).get("allow_stdin", True)
    return may_ask or not re.search(r"_\d+_\d+$", str(request.get("header", {}).get("msg_id")))


def _shut(still: dict[str, str], alt: str) -> str:
    """Return a still as HTML that shows it when one asks for it."""
    shown = stills.image_html(still["image/png"], alt) if "image/png" in still else escape(alt)
    return f"<details><summary>The picture, for when you have your answer</summary>{shown}</details>"


def _is_inside(indices: list[int], lengths: tuple[int, ...]) -> bool:
    return all(at < length for at, length in zip(indices, lengths, strict=True))
