"""cnnlab: how a convolutional network computes and learns, in numpy, forward and backward."""

__version__ = "0.2.0"

try:
    import numpy
except ImportError as error:
    import sys

    raise ImportError(f'cnnlab needs numpy ({error}); run: "{sys.executable}" -m pip install numpy') from error

from cnnlab.activations import *
from cnnlab.convolution import *
from cnnlab.data import *
from cnnlab.dense import *
from cnnlab.formula import *
from cnnlab.geometry import *
from cnnlab.gradcheck import *
from cnnlab.layers import *
from cnnlab.losses import *
from cnnlab.network import *
from cnnlab.optimizers import *
from cnnlab.padding import *
from cnnlab.pooling import *
from cnnlab.training import *
from cnnlab.wiring import *
