"""What the tests of the TrainingExplorer share: a small training, and what it shows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from cnnlab import load_digits
from cnnlab.lab.explorers.training import TrainingExplorer
from cnnlab.lab.scenes.schema import Panel

DIGITS = load_digits()
FEW = DIGITS._replace(x_train=DIGITS.x_train[:96], y_train=DIGITS.y_train[:96])


def explore(data=FEW, **options) -> TrainingExplorer:
    """Return an explorer of a small training: 6 steps an epoch, 18 in all."""
    return TrainingExplorer(*data, **{"filters": (2, 4), "epochs": 3, **options})


def losses(explorer) -> list[float]:
    """Return the loss of each step made."""
    return [record.loss for record in explorer.records]


def panels(explorer) -> dict[str, Panel]:
    """Return what is shown, by panel."""
    return {panel["name"]: panel for scene in explorer._scenes for panel in scene["panels"]}


def values(explorer) -> dict[str, np.ndarray]:
    """Return the numbers that are shown, by panel."""
    return {name: panel["values"] for name, panel in panels(explorer).items()}


def heading(explorer) -> str:
    """Return what stands above the maps."""
    return explorer.shown["parts"][3]["scene"]["heading"]


def said(explorer) -> str:
    """Return what is said of how it stands."""
    return " ".join("".join(text for _, text in line) for line in explorer.shown["parts"][1]["lines"])


def enabled(explorer) -> list[str]:
    """Return the names of the buttons that can be pressed."""
    controls = explorer.shown["parts"][0]["controls"]
    return [control["name"] for control in controls if control["kind"] == "button" and not control["disabled"]]


def is_free(lock) -> bool:
    """Say whether another thread could take the lock now."""
    with ThreadPoolExecutor() as pool:
        return pool.submit(lambda: lock.acquire(blocking=False) and (lock.release() or True)).result()
