"""What a stage shows, as plain data: panels of numbers, and the wires between their cells.

A scene is a dict that knows nothing of widgets or pictures. The browser's stage and the static figure both draw it,
so they cannot disagree; every number in it comes from the functions a learner calls.
"""

from cnnlab.scenes.chain import (
    activation_scene,
    activation_step,
    conv_step,
    overview_scene,
    pool_step,
    run_chain,
)
from cnnlab.scenes.convolution import channels_scene, convolution_scene, gather_scene, scatter_scene
from cnnlab.scenes.network import network_scene, run_network, unit_scene
from cnnlab.scenes.pooling import pooling_scene, tie_scene

__all__ = [
    "activation_scene",
    "activation_step",
    "channels_scene",
    "conv_step",
    "convolution_scene",
    "gather_scene",
    "network_scene",
    "overview_scene",
    "pool_step",
    "pooling_scene",
    "run_chain",
    "run_network",
    "scatter_scene",
    "tie_scene",
    "unit_scene",
]
