"""cnnlab: how a convolutional network computes and learns, in numpy, forward and backward."""

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
