"""What a stage shows, as plain data: panels of numbers, and the wires between their cells.

A scene is a dict that knows nothing of widgets or pictures; :mod:`cnnlab.lab.scenes.schema` describes its fields, and
:mod:`cnnlab.lab.scenes.reading` makes the text on a cell. The browser's stage and the stills draw the same scene, so
they cannot disagree; every number in it is computed by the functions that a learner calls.
"""

from cnnlab.lab.scenes._convolution import channels_scene, convolution_scene, gather_scene, photo_scene, scatter_scene
from cnnlab.lab.scenes._curves import Curve, curve_scene, follow, softmax_scene
from cnnlab.lab.scenes._layers import activation_scene, layer_scene
from cnnlab.lab.scenes._made import made_scene
from cnnlab.lab.scenes._network import Pass, chain_scene, digit_scene, layer_names, run_network
from cnnlab.lab.scenes._overview import network_scene
from cnnlab.lab.scenes._own import Own, add_wires, own_scene, wires_by
from cnnlab.lab.scenes._panels import array_panel, chart_panel, panel, side_by_column
from cnnlab.lab.scenes._pooling import pooling_scene, tie_scene
from cnnlab.lab.scenes._training import ends_of, maps_scene, summary_scene
