"""What the tests of the TrainingExplorer share: a small training, and what is read from it."""

from __future__ import annotations

import numpy as np

from cnnlab import load_digits
from cnnlab.widgets.training import TrainingExplorer

DIGITS = load_digits()
FEW = DIGITS._replace(x_train=DIGITS.x_train[:96], y_train=DIGITS.y_train[:96])


def explore(data=FEW, **options) -> TrainingExplorer:
    """Return an explorer of a small training: 6 steps an epoch, 18 in all."""
    return TrainingExplorer(*data, **{"filters": (2, 4), "epochs": 3, **options})


def losses(explorer) -> list[float]:
    """Return the loss of each step made."""
    return [record.loss for record in explorer.records]


def panels(explorer) -> dict[str, np.ndarray]:
    """Return the numbers that the stage shows, by panel."""
    return {panel["name"]: panel["values"] for panel in explorer.stage.scene["panels"]}


def press(explorer, name: str) -> None:
    """Press a button."""
    explorer.buttons[name].click()
