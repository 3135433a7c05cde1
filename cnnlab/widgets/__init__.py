"""The explorers: interactive views of one operation each, in one widget each."""

from cnnlab.widgets.activation import ActivationExplorer
from cnnlab.widgets.backward import BackwardExplorer
from cnnlab.widgets.bugs import BugExplorer
from cnnlab.widgets.chain import ChainExplorer
from cnnlab.widgets.channels import ChannelsExplorer
from cnnlab.widgets.convolution import ConvolutionExplorer
from cnnlab.widgets.network import NetworkExplorer
from cnnlab.widgets.pad import DigitPad
from cnnlab.widgets.photo import PhotoExplorer
from cnnlab.widgets.pooling import PoolingExplorer
from cnnlab.widgets.predict import Predict, ask
from cnnlab.widgets.sizes import OutputSizeExplorer
from cnnlab.widgets.training import TrainingExplorer
