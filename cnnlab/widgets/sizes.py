"""OutputSizeExplorer: the size formula over a stack of layers, floor against ceil, and what one cell sees."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable

import ipywidgets

from cnnlab import figures
from cnnlab.formula import Explanation, explain_output_size
from cnnlab.geometry import receptive_field
from cnnlab.widgets.block import Block, formula_html, style_sheet
from cnnlab.widgets.explorer import WORDS, make_slider
from cnnlab.widgets.stack import KINDS, Layer, check_stack, fields_html, planes_html, stack_fits, stack_sizes

LARGEST_SIZE = 256  # cells a side that the slider R reaches
RANGES = {"kernel": (1, 11), "padding": (0, 5), "stride": (1, 4)}
MOST_LAYERS = 8
HALVE, KEEP = Layer("pool", 2, 2, 0), Layer("conv", 3, 1, 1)  # what the button adds


class OutputSizeExplorer(Block):
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

    Raises
    ------
    TypeError, ValueError
        As :func:`cnnlab.output_size` and :func:`cnnlab.max_pool2d`, and where a layer is not such a tuple.

    Examples
    --------
    >>> explorer = OutputSizeExplorer(112, [("conv", 3, 2, 1), ("pool", 3, 2, 0)])
    >>> explorer
    OutputSizeExplorer: 112 → conv 3×3 P1 S2 → 56 → pool 3×3 P0 S2 → 27
    >>> explorer.rounding.value = "ceil"
    >>> explorer.sizes
    [112, 56, 28]
    """

    def __init__(self, size=200, layers=(("conv", 5, 2, 1), ("pool", 3, 1, 0), ("conv", 3, 1, 1)), *, ceil_mode=False):
        layers = check_stack(size, layers, ceil_mode)
        self.slider = make_slider("size", size, (1, max(size, LARGEST_SIZE)))
        self.rounding = ipywidgets.ToggleButtons(options=["floor", "ceil"], value="ceil" if ceil_mode else "floor")
        self.add = ipywidgets.Button(description="add a layer", icon="plus")
        self.remove = ipywidgets.Button(description="remove the last", icon="minus")
        self.stack = ipywidgets.VBox([LayerRow(layer, self._changed) for layer in layers])
        self.comparison, self.picture = ipywidgets.HTML(), ipywidgets.HTML()
        for control in (self.slider, self.rounding):
            control.observe(self._changed, names="value")
        self.add.on_click(self._added)
        self.remove.on_click(self._removed)
        super().__init__(self._arranged())
        self.add_class("cnnlab-explorer").add_class("cnnlab-sizes")
        self.refresh()

    @property
    def layers(self) -> list[Layer]:
        """The layers as (kind, kernel, stride, padding)."""
        return [row.layer for row in self.stack.children]

    @property
    def ceil_mode(self) -> bool:
        """Whether pools round up."""
        return self.rounding.value == "ceil"

    @property
    def sizes(self) -> list[int]:
        """The side of the input and of what each layer makes of it, in cells."""
        return stack_sizes(self.slider.value, self.layers, self.ceil_mode)

    def explain(self) -> list[Explanation]:
        """Return the size after each layer with its reason."""
        layers = zip(self.sizes, self.layers, strict=False)  # the last size goes into no layer
        return [explain_output_size(size, **layer.settings(self.ceil_mode)) for size, layer in layers]

    def refresh(self) -> None:
        """Bound the controls by each other, and bring formulas and pictures up to date."""
        self._bound()
        for number, (row, because) in enumerate(zip(self.stack.children, self.explain(), strict=True), start=1):
            row.show(number, because)
        stack = self.sizes, self.layers, receptive_field(self.layers)
        self.picture.value = planes_html(*stack) + fields_html(*stack)
        self.comparison.value = self._compare_roundings()

    def describe(self) -> str:  # noqa: D102 (inherited)
        first, *sizes = self.sizes
        steps = [f" → {layer.label} → {size}" for layer, size in zip(self.layers, sizes, strict=True)]
        return f"OutputSizeExplorer{' (pools round up)' * self.ceil_mode}: {first}{''.join(steps)}"

    def still(self) -> dict[str, str]:  # noqa: D102 (inherited)
        labels, formulas = [layer.label for layer in self.layers], [because.text for because in self.explain()]
        stack = list(zip(labels, formulas, receptive_field(self.layers), strict=True))
        ax = figures.draw_sizes(self.sizes, stack, figures.new_axes())
        return {"image/png": b64encode(figures.to_png(ax)).decode()}

    # --- what the learner does ---

    def _changed(self, change) -> None:
        """Follow a control; one that was clicked before its lock reached the browser goes back."""
        if stack_fits(self.slider.value, self.layers, self.ceil_mode):
            self.refresh()
        else:
            change["owner"].value = change["old"]

    def _added(self, _button) -> None:
        """Add a pool that halves the size, after a convolution with two cells to halve; else add a convolution."""
        if len(self.layers) < MOST_LAYERS:
            halves = self.layers[-1].kind == "conv" and stack_fits(self.sizes[-1], [HALVE], self.ceil_mode)
            self.stack.children = [*self.stack.children, LayerRow(HALVE if halves else KEEP, self._changed)]
            self.refresh()

    def _removed(self, _button) -> None:
        if len(self.layers) > 1:
            *kept, last = self.stack.children
            self.stack.children = kept
            last.discard()
            self.refresh()

    # --- parts ---

    def _arranged(self) -> list[ipywidgets.Widget]:
        """Return the parts from top to bottom."""
        switch = ipywidgets.HBox([ipywidgets.Label("pools round by"), self.rounding])
        rounding = ipywidgets.VBox([switch, self.comparison]).add_class("cnnlab-rounding")
        head = ipywidgets.HBox([self.slider, rounding]).add_class("cnnlab-card")
        buttons = ipywidgets.HBox([self.add, self.remove]).add_class("cnnlab-buttons")
        return [style_sheet(), head, self.stack, buttons, self.picture]

    def _bound(self) -> None:
        """Narrow each control to what fits with the others; a switch with nowhere to go is locked."""
        sizes, layers, ceil_mode = self.sizes, self.layers, self.ceil_mode
        for index, row in enumerate(self.stack.children):
            later = layers[index + 1 :]
            row.bound(lambda layer, size=sizes[index], later=later: stack_fits(size, [layer, *later], ceil_mode))
        self.slider.min = next(size for size in range(1, sizes[0] + 1) if stack_fits(size, layers, ceil_mode))
        self.rounding.disabled = not stack_fits(sizes[0], layers, not ceil_mode)
        self.add.disabled, self.remove.disabled = len(layers) >= MOST_LAYERS, len(layers) == 1

    def _compare_roundings(self) -> str:
        """Return in words what ceil changes."""
        size, layers = self.slider.value, self.layers
        if not any(layer.kind == "pool" for layer in layers):
            return "A convolution always rounds down, and there is no pool here."
        if not stack_fits(size, layers, ceil_mode=False):
            return "Locked: rounded down, a later kernel would not fit."
        down, up = (stack_sizes(size, layers, ceil_mode) for ceil_mode in (False, True))
        if down == up:
            return "Here both give the same: no pool gains a window. A convolution always rounds down."
        return "<br>".join(f"{name}: {' → '.join(map(str, sizes))}" for name, sizes in (("floor", down), ("ceil", up)))


class LayerRow(ipywidgets.Box):
    """The controls of one layer beside its formula.

    Parameters
    ----------
    layer : Layer
        First values.
    changed : function of a change
        Called after a control was moved.
    """

    def __init__(self, layer: Layer, changed: Callable):
        self.number, self.formula = ipywidgets.HTML(), ipywidgets.HTML().add_class("cnnlab-formula")
        self.kind = ipywidgets.Dropdown(options=KINDS, value=layer.kind, layout={"width": "76px"})
        self.sliders, self.ranges = {}, {}
        for name, (low, high) in RANGES.items():
            value = getattr(layer, name)
            self.ranges[name] = range(low, max(high, value) + 1)
            self.sliders[name] = small_slider(name, value, (low, max(high, value)))
        for control in (self.kind, *self.sliders.values()):
            control.observe(changed, names="value")
        sliders = ipywidgets.Box(list(self.sliders.values())).add_class("cnnlab-layer-sliders")
        controls = ipywidgets.Box([self.number, self.kind, sliders]).add_class("cnnlab-layer-controls")
        super().__init__([controls, self.formula])
        self.add_class("cnnlab-card").add_class("cnnlab-layer")

    @property
    def layer(self) -> Layer:
        """The layer that the controls say."""
        return Layer(self.kind.value, **{name: slider.value for name, slider in self.sliders.items()})

    def discard(self) -> None:
        """Close the widgets of the row: it is shown no more."""
        for widget in (*self.sliders.values(), self.kind, self.number, self.formula, *self.children, self):
            widget.close()

    def bound(self, is_legal: Callable[[Layer], bool]) -> None:
        """Narrow each control to the values that are legal with those of the others."""
        for name, slider in self.sliders.items():
            legal = [value for value in self.ranges[name] if is_legal(self.layer._replace(**{name: value}))]
            slider.min, slider.max = min(legal), max(legal)
        self.kind.disabled = not all(is_legal(self.layer._replace(kind=kind)) for kind in self.kind.options)

    def show(self, number: int, because: Explanation) -> None:
        """Show the number of the layer and its formula."""
        self.number.value = f"<b>{number}</b>"
        self.formula.value = formula_html(because)


def small_slider(name: str, value: int, bounds: tuple[int, int]) -> ipywidgets.IntSlider:
    """Return a slider with its letter alone, so that three of them fit in a row."""
    letter, words = WORDS[name]
    slider = make_slider(name, value, bounds)
    slider.description, slider.tooltip = f'<b class="cnnlab-{letter}">{letter}</b>', words
    slider.style.description_width, slider.layout.width = "14px", "auto"
    return slider
