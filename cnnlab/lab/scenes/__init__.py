"""What a stage shows, as plain data: panels of numbers, and the wires between their cells.

A scene is a dict that knows nothing of widgets or pictures; :mod:`cnnlab.lab.scenes.schema` says what is in it. The
browser's stage and the static figure both draw it, so they cannot disagree; every number in it comes from the functions
a learner calls.
"""

from cnnlab.lab.scenes.activation import activation_scene
from cnnlab.lab.scenes.backward import gather_scene, scatter_scene
from cnnlab.lab.scenes.convolution import channels_scene, convolution_scene
from cnnlab.lab.scenes.layers import layer_scene, unit_scene
from cnnlab.lab.scenes.network import chain_scene, network_scene, run_network
from cnnlab.lab.scenes.photo import photo_scene
from cnnlab.lab.scenes.pooling import pooling_scene, tie_scene

__all__ = [
    "activation_scene",
    "chain_scene",
    "channels_scene",
    "convolution_scene",
    "gather_scene",
    "layer_scene",
    "network_scene",
    "photo_scene",
    "pooling_scene",
    "run_network",
    "scatter_scene",
    "tie_scene",
    "unit_scene",
]
