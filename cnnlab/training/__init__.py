"""Learning: one loop that steps down the gradient, and a training that is watched, paused and looked back at."""

from cnnlab.training.replaced import replace_gradients
from cnnlab.training.steps import Step, evaluate, train

__all__ = ["Step", "evaluate", "replace_gradients", "train"]
