"""The zoo of mistakes: wrong answers to the exercises, each with a name, a sentence, and a function that makes it."""

from __future__ import annotations

from cnnlab.exercises import zoo_backward, zoo_forward, zoo_training
from cnnlab.exercises.mistakes import Mistake

ZOO: list[Mistake] = [*zoo_forward.MISTAKES, *zoo_backward.MISTAKES, *zoo_training.MISTAKES]


def mistakes_of(exercise: str) -> list[Mistake]:
    """Return the mistakes of one exercise.

    Examples
    --------
    >>> [mistake.name for mistake in mistakes_of("relu_backward")][:2]
    ['times z', 'mask from da']
    """
    return [mistake for mistake in ZOO if mistake.exercise == exercise]
