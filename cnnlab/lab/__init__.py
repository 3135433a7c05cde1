"""The interactive explorers, and the still pictures that replace them where no widget runs."""

from cnnlab.lab.explorers.chain import ChainExplorer
from cnnlab.lab.explorers.convolution import BackwardExplorer, ChannelsExplorer, ConvolutionExplorer
from cnnlab.lab.explorers.curves import CurveExplorer, SoftmaxExplorer
from cnnlab.lab.explorers.network import DigitPad, NetworkExplorer
from cnnlab.lab.explorers.photo import PhotoExplorer
from cnnlab.lab.explorers.pooling import ActivationExplorer, PoolingExplorer
from cnnlab.lab.explorers.predict import Predict
from cnnlab.lab.explorers.sizes import OutputSizeExplorer
from cnnlab.lab.explorers.training import TrainingExplorer
