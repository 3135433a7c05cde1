"""PyTorch's own networks, read as networks of cnnlab: the same numbers forward and back, and clear words where not."""

from __future__ import annotations

import re
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlab import load_digits
from cnnlab.interop import from_torch
from cnnlab.lab import NetworkExplorer

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what a package says while it loads is not ours
    torch = pytest.importorskip("torch", reason="install cnnlab[torch] to test networks of PyTorch")
nn = torch.nn


def agree(module, shape, dtype=torch.float32):
    """Compare both networks forward and back, weights and all, with an upstream gradient that is not even."""
    generator = torch.Generator().manual_seed(3)
    x = torch.randn(shape, generator=generator, dtype=dtype, requires_grad=True)
    module = module.to(dtype).eval()
    y = module(x)
    dy = torch.randn(y.shape, generator=generator, dtype=dtype)
    y.backward(dy)
    model = from_torch(module)
    close = {"rtol": 1e-5, "atol": 1e-5, "strict": True}
    np.testing.assert_allclose(model.forward(x.detach().numpy()), y.detach().numpy(), **close)
    np.testing.assert_allclose(model.backward(dy.numpy()), x.grad.numpy(), **close)
    weights = [each.weight for each in module.modules() if hasattr(each, "weight")]
    ours = [grad for name, grad in model.grads.items() if name.endswith("w")]
    for grad, weight in zip(ours, weights, strict=True):
        theirs = weight.grad.numpy()
        np.testing.assert_allclose(grad, theirs.T if theirs.ndim == 2 else theirs, rtol=1e-4, atol=1e-4, strict=True)
    biases = [each.bias for each in module.modules() if getattr(each, "bias", None) is not None]
    ours = [
        layer.grads["b"]
        for layer, kept in zip([each for each in model.layers if each.params], _with_weight(module), strict=True)
        if kept.bias is not None
    ]
    for grad, bias in zip(ours, biases, strict=True):
        np.testing.assert_allclose(grad, bias.grad.numpy(), rtol=1e-4, atol=1e-4, strict=True)


def _with_weight(module):
    return [each for each in module.modules() if hasattr(each, "weight")]


def classifier():
    """Return a network of all the layers that can be read, one of them used twice, with a Sequential inside."""
    torch.manual_seed(1)
    relu = nn.ReLU(inplace=True)
    block = nn.Sequential(nn.Conv2d(6, 4, 3, padding="same", dilation=2, groups=2), nn.LeakyReLU(0.2), nn.Dropout(0.5))
    return nn.Sequential(
        nn.Conv2d(1, 6, (3, 5), stride=(2, 1), padding=(1, 2)),
        relu,
        nn.MaxPool2d(3, stride=2, padding=1, ceil_mode=True),
        block,
        nn.Identity(),
        nn.Conv2d(4, 4, 1, bias=False),
        relu,
        nn.AvgPool2d((2, 3), stride=1, padding=(1, 0), count_include_pad=False),
        nn.Tanh(),
        nn.Flatten(),
        nn.LazyLinear(7),
        nn.Sigmoid(),
        nn.Linear(7, 3),
    )


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_all_layers_in_one_network_agree_forward_and_back(dtype):
    module = classifier()
    module(torch.zeros(1, 1, 13, 14))  # LazyLinear learns its size
    agree(module, (3, 1, 13, 14), dtype)


@settings(max_examples=25)
@given(
    kernel=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    stride=st.integers(1, 3),
    padding=st.integers(0, 2),
    dilation=st.integers(1, 2),
    groups=st.sampled_from([1, 2]),
)
def test_any_convolution_agrees(kernel, stride, padding, dilation, groups):
    torch.manual_seed(0)
    settings = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    agree(nn.Sequential(nn.Conv2d(2, 4, kernel, **settings)), (2, 2, 7, 6))


@settings(max_examples=25)
@given(
    kernel=st.integers(2, 3),
    stride=st.none() | st.integers(1, 3),
    padding=st.integers(0, 1),
    ceil_mode=st.booleans(),
    count=st.booleans(),
)
def test_any_pooling_agrees(kernel, stride, padding, ceil_mode, count):
    settings = {"stride": stride, "padding": padding, "ceil_mode": ceil_mode}
    agree(nn.Sequential(nn.MaxPool2d(kernel, **settings)), (2, 3, 7, 8))
    agree(nn.Sequential(nn.AvgPool2d(kernel, **settings, count_include_pad=count)), (2, 3, 7, 8))


def test_the_weights_are_copies():
    module = nn.Sequential(nn.Linear(2, 3))
    model = from_torch(module)
    before = model.params["0.w"].copy()
    with torch.no_grad():
        module[0].weight.fill_(9)
    np.testing.assert_array_equal(model.params["0.w"], before)
    assert (model.params["0.w"].shape, model.params["0.w"].flags.writeable) == ((2, 3), True)


class Residual(nn.Module):
    """A block whose way forward is its own."""

    def __init__(self):
        super().__init__()
        self.body = nn.Conv2d(1, 1, 3, padding=1)

    def forward(self, x):
        return x + self.body(x)


class Swapped(nn.Sequential):
    """A Sequential that goes forward in an order of its own."""

    def forward(self, x):
        return super().forward(x.flip(-1))


class Named(nn.Sequential):
    """A Sequential under another name."""


class Loud(nn.ReLU):
    """A ReLU that is none."""

    def forward(self, x):
        return 2 * super().forward(x)


def test_a_subclass_that_goes_forward_as_a_sequential_does_is_read():
    agree(Named(nn.Tanh()), (2, 3))


REFUSED = {
    "module[1] (BatchNorm2d)": ([nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4)], "fold it into the convolution before it"),
    "module[0][0] (Softmax)": (
        [nn.Sequential(nn.Softmax(dim=1))],
        "leave it out, since the explorers take scores",
    ),
    "module[0] (GELU)": ([nn.GELU()], "train it with ReLU, LeakyReLU, Sigmoid or Tanh in its place"),
    "module[0] (AdaptiveAvgPool2d)": ([nn.AdaptiveAvgPool2d(1)], "use AvgPool2d with a window of the size of the map"),
    "module[0] (Residual)": ([Residual()], "put its layers into a Sequential, in the order in which they are used"),
    "module[0] (Swapped)": ([Swapped(nn.ReLU())], "put its layers into a Sequential, in the order"),
    "module[0] (Loud)": ([Loud()], "must be one of Conv2d, ReLU, LeakyReLU, Sigmoid, Tanh, MaxPool2d"),
    "module[0] (LazyLinear)": ([nn.LazyLinear(3)], "run one batch through the module first"),
    "module[0] (Conv1d)": ([nn.Conv1d(1, 1, 3)], "must be one of Conv2d"),
    "module[0] (ParametrizedLinear)": (
        [nn.utils.parametrizations.weight_norm(nn.Linear(2, 2))],
        "call torch.nn.utils.parametrize.remove_parametrizations on it first",
    ),
}


@pytest.mark.parametrize(("said", "layers", "advice"), [(said, *case) for said, case in REFUSED.items()], ids=REFUSED)
def test_a_layer_that_is_not_there_is_refused_by_name_with_what_could_be_done(said, layers, advice):
    with pytest.raises(TypeError) as error:
        from_torch(nn.Sequential(*layers))
    assert said in str(error.value)
    assert advice in str(error.value)


SETTINGS = {
    "padding_mode of module[0] ('reflect') must be 'zeros'": nn.Conv2d(1, 1, 3, padding=1, padding_mode="reflect"),
    "divisor_override of module[0] (3) must be None": nn.AvgPool2d(2, divisor_override=3),
    "return_indices of module[0] (True) must be False": nn.MaxPool2d(2, return_indices=True),
    "start_dim of module[0] (2) must be 1": nn.Flatten(2),
    "end_dim of module[0] (2) must be -1": nn.Flatten(1, 2),
}


@pytest.mark.parametrize(("said", "layer"), SETTINGS.items(), ids=SETTINGS)
def test_a_setting_that_is_not_there_is_refused_by_name(said, layer):
    with pytest.raises(ValueError, match=f"^{re.escape(said)}: [a-z]"):
        from_torch(nn.Sequential(layer))


def test_what_is_no_sequential_is_refused():
    with pytest.raises(
        TypeError, match=r"module \(Residual\) must be a torch.nn.Sequential.*: put its layers into a Seq"
    ):
        from_torch(Residual())
    with pytest.raises(TypeError, match=r"module \(ReLU\) must be a torch.nn.Sequential of layers$"):
        from_torch(nn.ReLU())
    with pytest.raises(
        TypeError, match=r"weight of module\[0\] \(torch.float16\) must be float32 or float64: call .float"
    ):
        from_torch(nn.Sequential(nn.Linear(2, 2).half()))


def test_an_explorer_opens_on_it_and_shows_its_numbers():
    digits = load_digits()  # float64, where the weights are float32
    torch.manual_seed(2)
    module = nn.Sequential(nn.Conv2d(1, 3, 3), nn.ReLU(), nn.Dropout(), nn.Flatten(), nn.Linear(108, 10)).eval()
    explorer = NetworkExplorer(from_torch(module), digits.x_test, digits.y_test)
    explorer.image = 7
    with torch.no_grad():
        expected = module(torch.tensor(digits.x_test[7:8], dtype=torch.float32)).softmax(dim=1)
    np.testing.assert_allclose(explorer.result.probabilities, expected.numpy(), rtol=1e-5, strict=True)
