"""ask: show a question of the course by its key, and cover an explorer that would give its answer away."""

from functools import partial

from cnnlab.course.progress import missed, record, solved
from cnnlab.course.questions import question
from cnnlab.lab import Predict
from cnnlab.lab.explorers import Explorer


def ask(key: str, explorer: Explorer | None = None) -> Predict:
    """Return a question of the course; an explorer that would give its answer away is covered until it is answered.

    A question that this learner has already solved is shown ticked, and covers nothing.

    The third question at the beginning of a notebook is replaced by one that this learner got wrong in an earlier
    notebook, if the record of progress has any.

    Parameters
    ----------
    key : str
        The number of the notebook and a word: "06.flip". The questions are in ``cnnlab/course/questions``.
    explorer : Explorer, optional
        Shown by a cell of its own; covered until the question is answered or the learner asks to see it.

    Raises
    ------
    TypeError, ValueError
        If the course has no such question, or ``explorer`` is not an explorer.

    Examples
    --------
    >>> ask("02.photo")
    Predict: A 5×5 kernel, stride 2, padding 1, moves over 200×200 cells. How wide is the output?
    """
    stated = question(key)
    if key.endswith(".recall_3"):
        before = [question(other) for other in sorted(missed()) if other[:2] < key[:2]]  # exercises come after all
        if again := [each for each in before if " above" not in each.question]:  # it can be asked in another place
            stated = again[int(key[:2]) % len(again)]  # a different one in each notebook
    done = stated.key in solved() and ".recall_" not in key  # a recall question is asked again even if it was solved
    return Predict(**stated._asdict(), explorer=explorer, on_answer=partial(record, stated.key), solved=done)
