"""The zoo of mistakes: wrong answers to the exercises, each with a name, a sentence, and a function that makes it."""

from __future__ import annotations

from cnnlab.course.exercises import mistakes_backward, mistakes_forward, mistakes_training
from cnnlab.course.exercises.mistake import Mistake

ZOO: list[Mistake] = [*mistakes_forward.MISTAKES, *mistakes_backward.MISTAKES, *mistakes_training.MISTAKES]


def mistakes_of(exercise: str) -> list[Mistake]:
    """Return the mistakes of one exercise.

    Examples
    --------
    >>> [mistake.name for mistake in mistakes_of("relu_backward")][:2]
    ['times z', 'mask from da']
    """
    return [mistake for mistake in ZOO if mistake.exercise == exercise]
