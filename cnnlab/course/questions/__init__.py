"""Questions for learners, with the mistakes that get feedback of their own.

Those of the course are in this folder, ``NN.toml`` for each notebook, so that no notebook contains an answer. Each has

- ``question``, and ``answer``: a number, a text, or one of ``choices``;
- ``reason``, which is shown with the answer;
- ``mistakes``: what went wrong, by the wrong answer; keys that read as numbers are numbers;
- or ``size = { R = 200, F = 5, P = 1, S = 2 }``: all of this is then computed; entries given as well take precedence.
"""

import json
import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

from cnnlab._validate import check_choice, shown
from cnnlab.formula import Explanation, explain_output_size
from cnnlab.lab.explorers.predict import size_mistakes, size_question

_SETTINGS = {"R": "size", "F": "kernel", "P": "padding", "S": "stride", "D": "dilation"}


class Question(NamedTuple):
    """A question of the course, as :class:`cnnlab.lab.explorers.Predict` takes it."""

    key: str
    question: str
    answer: float | str
    because: str | Explanation
    choices: list[str]
    mistakes: dict[float | str, str]


def question(key: str) -> Question:
    """Return a question of the course by its key: the notebook and a word.

    Raises
    ------
    TypeError, ValueError
        If there is no such key.

    Examples
    --------
    >>> question("02.photo").answer
    99
    """
    if not isinstance(key, str):
        raise TypeError(f"key ({shown(key)}) must be a text such as '06.flip'")
    notebook, _, name = key.partition(".")
    near = [other for other in all_keys() if other.startswith(f"{notebook}.")]
    check_choice("key", key, near or list(_tables()))
    return _made(key, _tables()[notebook][name])


def all_keys() -> list[str]:
    """Return the keys of all questions, in the order in which they are asked.

    Examples
    --------
    >>> all_keys()[0]
    '00.kernels'
    """
    return [f"{notebook}.{name}" for notebook, table in _tables().items() for name in table]


@cache
def _tables():
    """Return the contents of the files, by the number of the notebook."""
    files = sorted(Path(__file__).parent.glob("*.toml"))
    return {file.stem: tomllib.loads(file.read_text(encoding="utf-8")) for file in files}


def _made(key, stated):
    """Return a question from its table in the file."""
    computed, usual = {}, {}
    if "size" in stated:
        settings = {_SETTINGS[letter]: value for letter, value in stated["size"].items()}
        reason = explain_output_size(**settings)
        computed = {"question": size_question(**settings), "answer": reason.value, "reason": reason}
        usual = size_mistakes(**settings)
    said = computed | stated
    answer, choices = said["answer"], said.get("choices", [])
    read = str if choices or isinstance(answer, str) else json.loads
    mistakes = {read(wrong): text for wrong, text in stated.get("mistakes", {}).items()}
    return Question(key, said["question"], answer, said.get("reason", ""), choices, usual | mistakes)
