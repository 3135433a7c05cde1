"""Exercises: functions to write, checks that say which mistake was made, hints, and solutions on request.

Each module of this folder without an underscore in front is an exercise of the course: ``exercises.NAME``.

>>> from cnnlab.course import exercises
>>> def my_output_size(R, F, P, S):
...     return (R - F + 2 * P) // S
>>> exercises.output_size.check(my_output_size).mistake
'no + 1'
"""

from importlib import import_module
from pkgutil import iter_modules

from cnnlab.course._texts import TEXTS
from cnnlab.course.exercises._exercise import LOCKED, Exercise, are_locked
from cnnlab.course.exercises._parts import numbers

_found = [module.name for module in iter_modules(__path__) if not module.name.startswith("_")]
EXERCISES = {
    name: import_module(f"{__name__}.{name}").EXERCISE for name in sorted(_found, key=list(TEXTS).index)
}  # in the order of texts.toml
globals().update(EXERCISES)  # replaces the modules, which import_module has bound to these names

__all__ = ["EXERCISES", "LOCKED", "Exercise", "are_locked", "numbers", *EXERCISES]
