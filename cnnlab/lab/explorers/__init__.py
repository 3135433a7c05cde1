"""The explorers: interactive views of one operation each, each a single widget; :mod:`cnnlab.lab` exports them.

This package has the parts for writing your own explorer. It inherits from :class:`Explorer` or from an existing
explorer; its settings are traits (:class:`Slider`, :class:`Choice`, :class:`Switch`); its method ``scenes`` says what
the stages show. The protocol between an explorer and its front end is described in ``_events``.
"""

from cnnlab.lab.explorers._events import GridCell, GridRow, Part
from cnnlab.lab.explorers._explorer import TOGGLES, Explorer, line
from cnnlab.lab.explorers._settings import Choice, Measure, Setting, Slider, Switch, button, check_between
from cnnlab.lab.explorers._windows import WindowExplorer, lines_of
