"""OutputSizeExplorer: the size formula over a stack of layers, floor against ceil, and receptive fields."""

from cnnlab._validate import check_flag, check_int, shown
from cnnlab.geometry import LayerWindow, check_layers, receptive_field
from cnnlab.lab import stills
from cnnlab.lab.explorers import Choice, Explorer, Setting, Slider, button, check_between, line, lines_of
from cnnlab.lab.explorers._windows import axes_through, chain_of, explained

_LARGEST_SIZE = 256  # the largest R of the slider
_KINDS = ("conv", "pool")
_LENGTHS = {"kernel": ("F", 1, 11), "padding": ("P", 0, 5), "stride": ("S", 1, 4)}  # the range of each slider
_MOST_LAYERS = 8
_KEEP = LayerWindow("conv", 3, 1, 1)  # the layer that the button adds: it keeps the size, so it always fits


class _Layers(Setting):
    """A stack of layers, each ("conv" or "pool", kernel, stride, padding)."""

    def get(self, explorer, cls=None):
        """Return a copy: appending to it changes nothing."""
        return list(super().get(explorer, cls))

    def validate(self, explorer, value):
        layers = [LayerWindow(*layer[:4]) for layer in check_layers(value, longest=4)]
        check_between("the number of layers", len(layers), 1, _MOST_LAYERS)
        for k, layer in enumerate(layers):
            if layer.name not in _KINDS:
                raise ValueError(f"layer {k + 1} ({shown(layer.name)}) must be one of {', '.join(_KINDS)}")
            for name, (_, low, _) in _LENGTHS.items():
                length = check_int(f"{name} of layer {k + 1}", getattr(layer, name), low)
                layers[k] = layers[k]._replace(**{name: length})
        return layers


class OutputSizeExplorer(Explorer):
    """The output-size formula over a stack of convolutions and pools: change any number, and see every later size.

    The controls bound each other: a kernel is at most as large as its padded input, in this and each later layer, and a
    pool's padding is smaller than its kernel. Only pools can round up; a convolution always rounds down.

    Parameters
    ----------
    size : int
        R, the side of the input in cells.
    layers : list of (kind, kernel, stride, padding)
        From the input up, with kind "conv" or "pool"; lengths in cells.
    ceil_mode : bool
        Whether pools round up instead of down.

    Attributes
    ----------
    size : int
    layers : list
    rounding : str
        "floor" or "ceil": how pools round. All three are traits, to be set, observed and linked.

    Raises
    ------
    TypeError, ValueError
        As :func:`cnnlab.output_size` and :func:`cnnlab.max_pool2d`, and where a layer is not such a tuple.

    Examples
    --------
    >>> explorer = OutputSizeExplorer(112, [("conv", 3, 2, 1), ("pool", 3, 2, 0)])
    >>> explorer
    OutputSizeExplorer: 112 → conv 3×3 P1 S2 → 56 → pool 3×3 P0 S2 → 27
    >>> explorer.rounding = "ceil"
    >>> explorer.sizes
    [112, 56, 28]
    """

    size = Slider(200, "input size", 1, _LARGEST_SIZE, letter="R")
    layers = _Layers([_KEEP], "layers", place="rows")
    rounding = Choice(["floor", "ceil"], "pools round by", kind="tabs")

    def __init__(self, size=200, layers=(("conv", 5, 2, 1), ("pool", 3, 1, 0), ("conv", 3, 1, 1)), *, ceil_mode=False):
        rounding = "ceil" if check_flag("ceil_mode", ceil_mode) else "floor"
        super().__init__(size=size, layers=layers, rounding=rounding)

    @property
    def sizes(self):
        """The side of the input and of the output of each layer, in cells."""
        return sizes_along(self._axes(self))

    def explain(self):
        """Return the size after each layer with its derivation."""
        return list(map(explained, self._axes(self)))

    # --- methods that the base class calls ---

    def now(self, **changed):
        """Return the settings with these changes; those of one layer have its number, such as ``kernel.2``."""
        layers = self.layers
        for name in [name for name in changed if "." in name]:
            what, number = name.split(".")
            layers[int(number) - 1] = layers[int(number) - 1]._replace(**{what: changed.pop(name)})
        return super().now(**{"layers": layers, **changed})

    def _axes(self, s):
        return axes_through(s.size, tuple(s.layers), ceil_mode=s.rounding == "ceil")

    def check(self, s):
        self._axes(s)

    def formula_lines(self, scenes):
        if not self.fits(rounding="floor"):
            return [line(("soft", "Rounded down, a later kernel would not fit."))]
        ways = {way: sizes_along(self._axes(self.now(rounding=way))) for way in ("floor", "ceil")}
        if ways["floor"] == ways["ceil"]:
            return [line(("soft", "Here both give the same: no pool gains a window."))]
        return [line(("soft", f"{way}: "), " → ".join(map(str, sizes))) for way, sizes in ways.items()]

    def parts(self, scenes):
        (head,) = super().parts(scenes)
        head["controls"][-1]["disabled"] = not self.fits(rounding="floor")
        buttons = [
            button("add", "+ add a layer", disabled=len(self.layers) == _MOST_LAYERS),
            button("drop", "− drop the last", disabled=len(self.layers) == 1),
        ]
        rows = [
            {"kind": "row", "controls": self._row(k), "lines": lines_of(because)[:1]}
            for k, because in enumerate(self.explain())
        ]
        rows.append({"kind": "row", "controls": buttons, "lines": []})
        fields = [list(field[1:]) for field in receptive_field(self.layers)]
        stack = {"sizes": self.sizes, "layers": list(map(list, self.layers)), "fields": fields}
        return [head, *rows, {"kind": "sizes", "stack": stack}]

    def _row(self, k):
        """Return the controls of one layer, whose names end with its number."""
        layer, number = self.layers[k], k + 1
        kinds = [[kind, kind] for kind in _KINDS if self.fits(**{f"name.{number}": kind})]
        kind = {"kind": "select", "label": f"layer {number}", "value": layer.name, "options": kinds}
        row = [{**kind, "name": f"name.{number}"}]
        for what, (letter, least, most) in _LENGTHS.items():
            name, value = f"{what}.{number}", getattr(layer, what)
            low, high = self.bounds(name, value, (least, max(most, value)))
            look = {"kind": "slider", "label": "", "letter": letter, "value": value, "low": low, "high": high}
            row.append({**look, "name": name, "title": f"{what} of layer {number}"})
        return row

    def change_of(self, name, value):
        what, _, number = name.partition(".")
        if what not in LayerWindow._fields or number not in map(str, range(1, 1 + len(self.layers))):
            return super().change_of(name, value)
        return "layers", self.now(**{name: value}).layers

    def press(self, name):
        if name == "add" and len(self.layers) < _MOST_LAYERS:
            self.layers = [*self.layers, _KEEP]
        elif name == "drop" and len(self.layers) > 1:
            self.layers = self.layers[:-1]

    def describe(self):
        first, *sizes = self.sizes
        steps = [
            f" → {layer.name} {layer.kernel}×{layer.kernel} P{layer.padding} S{layer.stride} → {size}"
            for layer, size in zip(self.layers, sizes, strict=True)
        ]
        return f"OutputSizeExplorer{' (pools round up)' * (self.rounding == 'ceil')}: {first}{''.join(steps)}"

    def picture(self, step=None):
        names = [f"{layer.name} {layer.kernel}×{layer.kernel}" for layer in self.layers]
        formulas = map(chain_of, self.explain())
        return stills.draw_sizes(self.sizes, list(zip(names, formulas, receptive_field(self.layers), strict=True)))


def sizes_along(axes):
    """Return the side of the input and of the output of each layer, in cells."""
    return [axes[0].size, *(axis.out for axis in axes)]
