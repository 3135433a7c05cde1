"""PyTorch's own networks, read as networks of cnnlab: the same numbers forward and back, and clear words where not."""

from __future__ import annotations

import re
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlab import load_digits, softmax_cross_entropy
from cnnlab.activations import ACTIVATIONS, Nonlinearity
from cnnlab.interop import from_torch
from cnnlab.lab import NetworkExplorer

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what a package says while it loads is not ours
    torch = pytest.importorskip("torch", reason="install cnnlab[torch] to test networks of PyTorch")
    from torch.nn.utils import prune
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


def with_numbers(module):
    """Return the module, its statistics and scales drawn at random, as after a training."""
    generator = torch.Generator().manual_seed(4)
    with torch.no_grad():
        for name, tensor in [*module.named_buffers(), *module.named_parameters()]:
            if tensor.is_floating_point() and tensor.ndim == 1:
                tensor.uniform_(0.5, 2.0, generator=generator)
            if name.endswith("running_mean"):
                tensor.normal_(generator=generator)
    return module


class Block(nn.Sequential):
    """A Sequential that makes its layers itself."""

    def __init__(self, channels, filters):
        super().__init__(nn.Conv2d(channels, filters, 3, bias=False), nn.BatchNorm2d(filters), nn.ReLU())


READ = {
    "BatchNorm after a convolution": [Block(2, 4), Block(4, 3)],
    "BatchNorm after ReLU": [nn.Conv2d(2, 4, 3), nn.ReLU(), nn.BatchNorm2d(4), nn.MaxPool2d(2)],
    "BatchNorm first, and twice": [nn.BatchNorm2d(2), nn.BatchNorm2d(2, affine=False), nn.Conv2d(2, 4, 3, padding=1)],
    "BatchNorm after groups and Dropout": [nn.Conv2d(2, 4, 3, groups=2), nn.Dropout2d(), nn.BatchNorm2d(4, eps=0.1)],
    "BatchNorm after Linear, and first": [
        nn.Flatten(),
        nn.BatchNorm1d(126),
        nn.Linear(126, 5),
        nn.BatchNorm1d(5),
        nn.Tanh(),
        nn.BatchNorm1d(5),
    ],
    "every Dropout": [nn.Dropout2d(), nn.Conv2d(2, 3, 3), nn.AlphaDropout(), nn.FeatureAlphaDropout(), nn.Dropout3d()],
    "ZeroPad2d": [nn.ZeroPad2d((0, 1, 0, 1)), nn.Conv2d(2, 3, 3, stride=2)],
    "ZeroPad2d before padding": [nn.ZeroPad2d((1, 2, 3, 4)), nn.Dropout2d(), nn.Conv2d(2, 3, (3, 2), padding=(2, 1))],
    "ZeroPad2d before same": [
        nn.ZeroPad2d(1),
        nn.Conv2d(2, 3, (5, 2), dilation=(1, 2), padding="same"),
        nn.BatchNorm2d(3),
    ],
    "ZeroPad2d before valid": [nn.ZeroPad2d(2), nn.Conv2d(2, 3, (4, 2), padding="valid")],
    "PReLU": [nn.Conv2d(2, 3, 3), nn.PReLU(), nn.Flatten()],
    "a window larger than the map": [nn.Conv2d(2, 1, 2, padding=5), nn.AvgPool2d((9, 2), 3, (4, 1), ceil_mode=True)],
    "channels last": [nn.Conv2d(2, 3, 3).to(memory_format=torch.channels_last)],
}


@pytest.mark.parametrize("layers", READ.values(), ids=READ)
def test_what_stands_in_published_networks_is_read(layers):
    compare(with_numbers(nn.Sequential(*layers)))


def compare(module, model=None):
    """Compare y and dx in float64, for images (3, 2, 9, 7)."""
    module = module.double().eval()
    model = model or from_torch(module)
    x = torch.randn((3, 2, 9, 7), generator=torch.Generator().manual_seed(5), dtype=torch.float64, requires_grad=True)
    y = module(x)
    (dx,) = torch.autograd.grad(y, x, torch.ones_like(y).cumsum(0))
    close = {"rtol": 1e-9, "atol": 1e-9, "strict": True}
    np.testing.assert_allclose(model.forward(x.detach().numpy()), y.detach().numpy(), **close)
    np.testing.assert_allclose(model.backward(np.ones(y.shape).cumsum(0)), dx.numpy(), **close)


def hooked(change):
    """Return a network whose first layer was changed, then given other weights."""
    torch.manual_seed(6)
    module = nn.Sequential(nn.Conv2d(2, 4, 3), nn.ReLU()).double()
    change(module[0])
    module.load_state_dict({name: tensor + 0.5 for name, tensor in module.state_dict().items()})
    return module


parametrize = nn.utils.parametrize
HOOKS = {  # what changes a layer, and what the error says takes it away
    "weight_norm": (nn.utils.weight_norm, nn.utils.remove_weight_norm),
    "weight_norm of another dimension": (lambda layer: nn.utils.weight_norm(layer, dim=1), nn.utils.remove_weight_norm),
    "spectral_norm": (nn.utils.spectral_norm, nn.utils.remove_spectral_norm),
    "pruned": (lambda layer: prune.l1_unstructured(layer, "weight", 0.5), lambda layer: prune.remove(layer, "weight")),
    "pruned twice": (
        lambda layer: [prune.random_unstructured(layer, "bias", 0.5) for _ in range(2)],
        lambda layer: prune.remove(layer, "bias"),
    ),
    "parametrized weight_norm": (
        nn.utils.parametrizations.weight_norm,
        lambda layer: parametrize.remove_parametrizations(layer, "weight"),
    ),
    "parametrized spectral_norm": (
        nn.utils.parametrizations.spectral_norm,
        lambda layer: parametrize.remove_parametrizations(layer, "weight"),
    ),
    "parametrized bias": (
        lambda layer: parametrize.register_parametrization(layer, "bias", nn.Softplus()),
        lambda layer: parametrize.remove_parametrizations(layer, "bias"),
    ),
}


@pytest.mark.filterwarnings("ignore")  # PyTorch's own, of what is old
@pytest.mark.parametrize(("change", "undo"), HOOKS.values(), ids=HOOKS)
def test_weights_that_are_made_by_a_hook_are_never_taken_stale_and_the_advice_gives_the_same_network(change, undo):
    module, expected = hooked(change), hooked(change)
    with pytest.raises(
        ValueError, match=r"^module\[0\] \(Conv2d, changed by \w+\) must go forward by its weights alone: call"
    ):
        from_torch(module)
    undo(module[0].eval())
    compare(expected, from_torch(module))


def advised(layers, error, advice, followed):
    """Return what is refused, with its error, the advice and the network that follows it."""
    return pytest.param(layers, error, advice, followed, id=advice[:60])


EVEN, LONG = nn.Conv2d(2, 3, 2), nn.Conv2d(2, 3, (4, 2))  # maps of 8×6, of 6×6
SIZED = [nn.Conv2d(2, 3, 3), nn.ReLU()]  # maps of 7×5
TWO = [nn.Flatten(), nn.Linear(126, 4)]


@pytest.mark.parametrize(
    ("layers", "error", "advice", "followed"),
    [
        advised([*SIZED, nn.AdaptiveAvgPool2d((7, 5))], TypeError, "leave it out where its output is as large", SIZED),
        advised(
            [*SIZED, nn.AdaptiveAvgPool2d(1)],
            TypeError,
            "put AvgPool2d in its place, with a window of the size of the map by that of the output",
            [*SIZED, nn.AvgPool2d((7, 5))],
        ),
        advised(
            [EVEN, nn.AdaptiveAvgPool2d((4, None))],
            TypeError,
            "put AvgPool2d in its place",
            [EVEN, nn.AvgPool2d((2, 1))],
        ),
        advised(
            [LONG, nn.AdaptiveMaxPool2d((2, 3))],
            TypeError,
            "put MaxPool2d in its place",
            [LONG, nn.MaxPool2d((3, 2))],
        ),
    ],
)
def test_the_advice_followed_gives_the_same_network(layers, error, advice, followed):
    with pytest.raises(error, match=re.escape(advice)):
        from_torch(nn.Sequential(*layers))
    compare(nn.Sequential(*layers), from_torch(nn.Sequential(*followed).double()))


def test_an_activation_of_pytorch_that_is_described_is_read(monkeypatch):
    with pytest.raises(
        TypeError,
        match=r"bends each cell by itself, describe it in cnnlab.activations.ACTIVATIONS, with torch='ReLU6'$",
    ):
        from_torch(nn.Sequential(nn.ReLU6()))
    entry = Nonlinearity(
        lambda z: np.clip(z, 0, 6), lambda da, z: da * ((z > 0) & (z < 6)), ("between 0 and 6", ""), torch="ReLU6"
    )
    monkeypatch.setitem(ACTIVATIONS, "relu6", entry)
    compare(with_numbers(nn.Sequential(nn.BatchNorm2d(2), nn.ReLU6(), nn.Conv2d(2, 2, 3))))


def test_scores_are_what_comes_out_where_the_softmax_is_left_out():
    module = nn.Sequential(*TWO, nn.Softmax(dim=1)).double()
    with pytest.raises(TypeError, match="leave it out where it stands last and dim is 1: the explorers take scores"):
        from_torch(module)
    x = np.random.default_rng(0).normal(size=(3, 2, 9, 7))
    _, probabilities = softmax_cross_entropy(from_torch(module[:-1]).forward(x), [0, 1, 2])
    np.testing.assert_allclose(probabilities, module(torch.tensor(x)).detach().numpy(), rtol=1e-12)


def test_a_hook_anywhere_is_refused():
    relu, drop = nn.ReLU(), nn.Dropout()
    inner = nn.Sequential(relu, drop)
    module = nn.Sequential(nn.Conv2d(1, 1, 1), inner)
    for name, each in {"module": module, "module[1]": inner, "module[1][0]": relu, "module[1][1]": drop}.items():
        for register in (each.register_forward_hook, each.register_forward_pre_hook):
            handle = register(lambda *_: None)
            with pytest.raises(
                ValueError, match=rf"^{re.escape(name)} \({type(each).__name__}, changed by <lambda>\) must"
            ):
                from_torch(module)
            handle.remove()
    everywhere = nn.modules.module.register_module_forward_hook(lambda *_: None)
    with pytest.raises(
        ValueError, match=r"^module \(Sequential, changed by <lambda>\) must go forward by its weights alone"
    ):
        from_torch(module)
    everywhere.remove()
    assert repr(from_torch(module)) == "Sequential(Conv2D(1, 1, (1, 1)), ReLU())"


def test_the_weights_are_those_that_it_computes_with_whatever_it_was_made_with():
    module = nn.Sequential(nn.Conv2d(9, 9, 5, padding=1))
    module[0].weight = nn.Parameter(torch.rand(4, 2, 3, 3))  # as those that prune whole channels leave it
    module[0].bias = None
    compare(module)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (
            lambda layer: layer.to("meta"),
            ValueError,
            "weight of module[0] must be a tensor that numpy can copy (Cannot ",
        ),
        (
            lambda layer: setattr(layer, "weight", None),
            ValueError,
            "weight of module[0] must be a tensor that numpy can copy ('NoneType'",
        ),
        (
            lambda layer: layer.bfloat16(),
            ValueError,
            "weight of module[0] must be a tensor that numpy can copy (Got uns",
        ),
        (
            lambda layer: layer.to(torch.complex64),
            TypeError,
            "weight of module[0] (dtype complex64) must be float32, float64 or integer",
        ),
        (
            lambda layer: setattr(layer, "weight", nn.Parameter(layer.weight.detach().to_sparse())),
            ValueError,
            "weight of module[0] must be a tensor that numpy can copy (can't convert",
        ),
        (
            lambda layer: setattr(layer, "forward", abs),
            ValueError,
            "module[0] (Linear, changed by forward) must go forward by its weights alone",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_weights_without_numbers_are_refused(make, error, message):
    module = nn.Sequential(nn.Linear(2, 2))
    make(module[0])
    with pytest.raises(error, match=f"^{re.escape(message)}"):
        from_torch(module)


REFUSED = {
    "module[0] (GELU)": ([nn.GELU()], "describe it in cnnlab.activations.ACTIVATIONS, with torch='GELU'"),
    "module[0] (Residual)": (
        [Residual()],
        "put its layers into a Sequential, in the order in which they are used, with",
    ),
    "module[0] (Swapped)": ([Swapped(nn.ReLU())], "put its layers into a Sequential, in the order"),
    "module[0] (Loud)": ([Loud()], "must be one of Conv2d"),
    "module[0] (LazyLinear)": ([nn.LazyLinear(3)], "run one batch through module.eval() first"),
    "module[0] (Conv1d)": ([nn.Conv1d(1, 1, 3)], "must be one of Conv2d"),
    "module[0] (DataParallel)": ([nn.DataParallel(nn.ReLU())], "put its layers into a Sequential, in the order"),
    "module[0] (ZeroPad2d)": ([nn.ZeroPad2d(1), nn.MaxPool2d(2)], "must stand right before a Conv2d, whose padding it"),
}


@pytest.mark.parametrize(("said", "layers", "advice"), [(said, *case) for said, case in REFUSED.items()], ids=REFUSED)
def test_a_layer_that_is_not_there_is_refused_by_name_with_what_could_be_done(said, layers, advice):
    with pytest.raises(TypeError) as error:
        from_torch(nn.Sequential(*layers))
    assert said in str(error.value)
    assert advice in str(error.value)


def test_a_state_dict_a_list_and_a_layer_are_refused_with_what_to_give():
    for other, advice in (
        (
            nn.Sequential(nn.ReLU()).state_dict(),
            "make the Sequential that these weights are of, and call its load_state",
        ),
        (nn.Linear(2, 2), r"put it into a Sequential, torch.nn.Sequential\(module\)"),
        (nn.ModuleList([nn.ReLU()]), "put its layers into a Sequential, in the order"),
    ):
        with pytest.raises(TypeError, match=rf"^module \(.* must be a torch.nn.Sequential of layers: {advice}"):
            from_torch(other)


SETTINGS = {
    "padding_mode of module[0] ('reflect') must be 'zeros'": nn.Conv2d(1, 1, 3, padding=1, padding_mode="reflect"),
    "divisor_override of module[0] (3) must be None": nn.AvgPool2d(2, divisor_override=3),
    "track_running_stats of module[0] (False) must be True": nn.BatchNorm2d(2, track_running_stats=False),
    "num_parameters of module[0] (3) must be 1": nn.PReLU(3),
    "padding of module[0] ((-1, 0, 0, 0)) must be at least 0": nn.ZeroPad2d((-1, 0, 0, 0)),
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
    with pytest.raises(TypeError, match=r"weight of module\[0\] \(dtype float16\) must be float32, float64 or integer"):
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
