"""The explorers: interactive views of one operation each, in one widget each; :mod:`cnnlab.lab` has their names.

Here stands what an explorer of one's own is made of. It inherits from :class:`Explorer`, or from one that is there; its
settings are traits (:class:`Slider`, :class:`Choice`, :class:`Switch`); ``scenes`` says what its stages show. The
protocol between an explorer and what shows it is in ``_events``.
"""

from cnnlab.lab.explorers._events import GridCell, Part
from cnnlab.lab.explorers._explorer import TOGGLES, Explorer, line
from cnnlab.lab.explorers._settings import Choice, Measure, Setting, Slider, Switch, button, check_between
from cnnlab.lab.explorers._windows import WindowExplorer, lines_of
