"""What a mistake of the zoo is."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Mistake(NamedTuple):
    """A wrong answer to an exercise that has a name.

    ``sentence`` says what the function does; it takes and gives what the learner's function does.
    """

    name: str
    exercise: str
    sentence: str
    function: Callable


def of(exercise: str) -> Callable[..., list[Mistake]]:
    """Return a maker of the mistakes of an exercise, from rows of (name, sentence, function)."""
    return lambda *rows: [Mistake(name, exercise, sentence, function) for name, sentence, function in rows]
