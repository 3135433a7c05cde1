"""OutputSizeExplorer: the size formula over a stack of layers, floor against ceil, and what one cell sees."""

from cnnlab._validate import check_flag, check_int, shown
from cnnlab.geometry import LayerWindow, check_layers, receptive_field
from cnnlab.lab import stills
from cnnlab.lab.explorers import Choice, Explorer, Setting, Slider, button, check_between, line, lines_of, present
from cnnlab.lab.explorers._settings import furthest, with_changed
from cnnlab.lab.explorers._windows import axes_through, chain_of, explained

_LARGEST_SIZE = 256  # cells a side that the slider R reaches
_KINDS = ("conv", "pool")
_LENGTHS = {"kernel": ("F", 1, 11), "padding": ("P", 0, 5), "stride": ("S", 1, 4)}  # the range of each slider
_MOST_LAYERS = 8
_HALVE, _KEEP = LayerWindow("pool", 2, 2, 0), LayerWindow("conv", 3, 1, 1)  # what the button adds


class _Layers(Setting):
    """A stack of layers, each ("conv" or "pool", kernel, stride, padding)."""

    def get(self, explorer, cls=None):
        """Return a copy: to append to it changes nothing."""
        return list(super().get(explorer, cls))

    def validate(self, explorer, value):
        layers = check_layers(value)
        check_between("the number of layers", len(layers), 1, _MOST_LAYERS)
        for k, layer in enumerate(layers):
            if layer.name not in _KINDS:
                raise ValueError(f"layer {k + 1} ({shown(layer.name)}) must be one of {', '.join(_KINDS)}")
            for name, (_, low, _) in _LENGTHS.items():
                length = check_int(f"{name} of layer {k + 1}", getattr(layer, name), low)
                layers[k] = layers[k]._replace(**{name: length})
        return layers


class OutputSizeExplorer(Explorer):
    """The output-size formula over a stack of convolutions and pools: change any number, see every size after it.

    The controls bound each other: a kernel goes no further than its padded input, here and in each later layer, and
    a pool's padding stays below its kernel. Only pools can round up; a convolution always rounds down.

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

    def sizes_of(self, s):
        """Return the side of the input and of what each layer makes of it for any settings, in cells."""
        return [s.size, *(axis.out for axis in self._axes(s))]

    sizes = present(sizes_of)

    def explain(self):
        """Return the size after each layer with its reason."""
        return list(map(explained, self._axes(self.now())))

    # --- what the base class asks ---

    def _axes(self, s):
        return axes_through(s.size, tuple(s.layers), ceil_mode=s.rounding == "ceil")

    def check(self, s):
        self._axes(s)

    def formula_lines(self, s, scenes):
        if not any(layer.name == "pool" for layer in s.layers):
            return [line(("soft", "A convolution always rounds down, and there is no pool here."))]
        down, up = (with_changed(s, rounding=way) for way in ("floor", "ceil"))
        if not self.fits(down):
            return [line(("soft", "Rounded down, a later kernel would not fit."))]
        if self.sizes_of(down) == self.sizes_of(up):
            return [line(("soft", "Here both give the same: no pool gains a window."))]
        return [line(("soft", f"{way.rounding}: "), " → ".join(map(str, self.sizes_of(way)))) for way in (down, up)]

    def parts(self, s, scenes):
        (head,) = super().parts(s, scenes)
        head["controls"][-1]["disabled"] = not self.fits(with_changed(s, rounding="floor"))
        buttons = [
            button("add", "+ add a layer", disabled=not self._with_one_more(s)),
            button("drop", "− drop the last", disabled=len(s.layers) == 1),
        ]
        rows = [(self._row(s, k), lines_of(explained(axis))[:1]) for k, axis in enumerate(self._axes(s))]
        rows = [{"kind": "row", "controls": controls, "lines": lines} for controls, lines in [*rows, (buttons, [])]]
        fields = [field[1:] for field in receptive_field(s.layers)]
        stack = {"sizes": self.sizes_of(s), "layers": list(map(list, s.layers)), "fields": list(map(list, fields))}
        return [head, *rows, {"kind": "sizes", "stack": stack}]

    def _row(self, s, k):
        """Return the controls of one layer, whose names end with its number."""
        layer, number = s.layers[k], k + 1
        kinds = [[kind, kind] for kind in _KINDS if self.fits(_with_layer(s, k, name=kind))]
        kind = {"kind": "select", "label": f"layer {number}", "value": layer.name, "options": kinds}
        row = [{**kind, "name": f"name.{number}", "place": "row"}]
        for name, (letter, *ends) in _LENGTHS.items():
            value = getattr(layer, name)
            fits = lambda value, name=name: self.fits(_with_layer(s, k, **{name: value}))  # noqa: E731
            low, high = (furthest(fits, value, end) for end in (ends[0], max(ends[1], value)))
            look = {"kind": "slider", "label": "", "letter": letter, "value": value, "low": low, "high": high}
            row.append({**look, "name": f"{name}.{number}", "place": "row", "title": f"{name} of layer {number}"})
        return row

    def _with_one_more(self, s):
        """Return the stack with one layer more: after a convolution a pool that halves, else one that keeps the size.

        It is empty where no layer can be added.
        """
        order = (_HALVE, _KEEP) if s.layers[-1].name == "conv" else (_KEEP, _HALVE)
        longer = ([*s.layers, layer] for layer in order if len(s.layers) < _MOST_LAYERS)
        return next((layers for layers in longer if self.fits(with_changed(s, layers=layers))), [])

    def change_of(self, name, value):
        what, _, number = name.partition(".")
        if what not in LayerWindow._fields or not number.isdecimal() or not 0 < int(number) <= len(self.layers):
            return super().change_of(name, value)
        return super().change_of("layers", _with_layer(self.now(), int(number) - 1, **{what: value}).layers)

    def press(self, s, name):
        if name == "add":
            self.layers = self._with_one_more(s) or s.layers
        elif name == "drop" and len(s.layers) > 1:
            self.layers = s.layers[:-1]

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


def _with_layer(s, k, **changed):
    """Return settings of which one layer is changed."""
    layers = list(s.layers)
    layers[k] = layers[k]._replace(**changed)
    return with_changed(s, layers=layers)
