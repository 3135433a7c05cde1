"""ask: a question of the course, by its key; it covers an explorer that would give its answer away."""

from __future__ import annotations

from cnnlab._validate import shown
from cnnlab.course.progress import record
from cnnlab.course.questions import Question, question
from cnnlab.lab.explorers.explorer import Explorer
from cnnlab.lab.explorers.predict import Predict


class Asked(Predict):
    """A question of the course: it uncovers its explorer when it is closed, and is recorded when it is solved."""

    def __init__(self, stated: Question, explorer: Explorer | None = None):
        self.key, self.explorer = stated.key, explorer
        super().__init__(
            stated.question, stated.answer, choices=stated.choices, mistakes=stated.mistakes, because=stated.reason
        )

    def _close(self, headline: str, style: str) -> None:
        super()._close(headline, style)
        if self.explorer is not None:
            self.explorer.uncover()
        if self.solved:
            record(self.key)


def ask(key: str, explorer: Explorer | None = None) -> Predict:
    """Return a question of the course; an explorer that would give its answer away is covered until there is one.

    Parameters
    ----------
    key : str
        The notebook and a word: "06.flip". The questions are in ``cnnlab/course/questions``.
    explorer : Explorer, optional
        Shown by a cell of its own; covered until the question is answered, or one asks to see it.

    Raises
    ------
    TypeError, ValueError
        If the course has no such question, or the explorer is none.

    Examples
    --------
    >>> ask("02.photo")
    Predict: A 5×5 kernel, stride 2, padding 1, moves over 200×200 cells. How many cells has one side of the output?
    """
    if explorer is not None and not isinstance(explorer, Explorer):
        raise TypeError(f"explorer ({shown(explorer)}) must be an explorer")
    asked = Asked(question(key), explorer)
    if explorer is not None:
        explorer.cover(key)
    return asked
