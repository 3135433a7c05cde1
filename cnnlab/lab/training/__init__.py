"""A training that is watched, paused and looked back at."""

from cnnlab.lab.training._player import Player
from cnnlab.lab.training._run import LAYER_NAMES, Plan, Run, SmallNetwork
