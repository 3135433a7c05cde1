"""The sentences on a cell, by operation and panel.

An entry is ``(no wire, one wire, several)``, without the first if every cell has a wire, or a single text. Braces are
filled in twice. :func:`sentence` fills in the fields of the scene (``{window}``, ``{kernel}`` …) when the scene is
made. Those of the cell (``{place}``, ``{count}``, ``{rows}``, ``{columns}``, ``{edge}``, ``{kind}``, ``{ring}``) are
filled in when the cell is shown.
"""

KINDS = ["Input cell", "Padding cell", "The place beyond the edge", "The inserted zero"]
RING = " It is cropped."
READ, USED = "{kind} {place} is read by ", "{kind} {place} was used by "

BACK = {
    "dx": (
        f"{USED}no output, so its gradient is 0.{{ring}}",
        f"{USED}1 output: its gradient is that output’s ∂L/∂y times the {{one factor}}.{{ring}}",
        f"{USED}{{count}} outputs: its gradient adds up each one’s ∂L/∂y times the {{factor of each}}.{{ring}}",
    ),
    "dy": (
        "∂L/∂y {place} goes back along the one wire of its window, multiplied by its {factor}.",
        "∂L/∂y {place} goes back along the {count} wires of its window, each time multiplied by the {factor} of the "
        "wire.",
    ),
}
WEIGHT = {"factor": "weight", **dict.fromkeys(("one factor", "factor of each"), "weight that joined them")}
SHARE = {"factor": "share", "one factor": "share that it had", "factor of each": "share that it had in it"}

CONVOLUTION = {
    "x": (
        f"{READ}no output: every window passes it by.",
        f"{READ}1 output.",
        f"{READ}{{count}} outputs, each time through another weight.",
    ),
    "w": (
        "Kernel tap {place} is used once: there is one output{whose}.",
        "Kernel tap {place} is used {count} times, once for every output{whose}: this is weight sharing.",
    ),
    "y": "Inner product of the {kernel} and the {window} window at {rows}, {columns}{depth}{edge}",
    "b": (
        "The bias is added to the one output.",
        "The bias is added to every one of the {count} outputs of its filter.",
    ),
    "dw": (
        "Kernel tap {place} was used for 1 output; its gradient is the input it met times that output’s ∂L/∂y.",
        "Kernel tap {place} was used for {count} outputs; its gradient adds up each input it met times that output’s "
        "∂L/∂y.",
    ),
    "db": (
        "The bias was added to one output, so its gradient is that output’s ∂L/∂y.",
        "The bias was added to {count} outputs, so its gradient is the sum of their ∂L/∂y.",
    ),
    **BACK,
    "parts": "One channel’s part of output cell {place}: its window times its slice of the kernel. The parts of all "
    "channels add up.",
}

POOLING = {
    "x": (f"{READ}no output: every window passes it by.", f"{READ}1 output.", f"{READ}{{count}} outputs."),
    "y": "Output cell {place} {does} the {window} window at {rows}, {columns}{edge}",
    **BACK,
}

SLOPE = "The error after the activation at {place}, times its slope there, is the error before it."
ACTIVATION = {
    "x": "Cell {place} goes through the activation by itself: nothing else has a part in its output.",
    "y": "Output cell {place} is {name} of the cell before it.",
    **dict.fromkeys(("dx", "dy"), SLOPE),
}

DENSE = {
    "x": "{kind} {place} goes into every score, with a weight for each.",
    "w": "This weight joins one input with one score.",
    "y": "A score adds up all {count} numbers before it, each times its own weight, and a bias.",
    "b": "The bias is added to one score.",
    "dx": "Its gradient adds up each score’s δ times the weight that joined them.",
}
FLATTEN = {
    "x": "Cell {place} of its map goes into the strip as it is.",
    "y": "The maps are laid end to end, row by row: this number is cell {place} of its map.",
    "dx": "The gradient of the strip goes back to the cells that its numbers came from.",
}
FLATTEN["dy"] = FLATTEN["dx"]
COUNTED = "Padding counts in this window, and is not drawn here: click to see all of it."
SCORE = (
    "For a class that is not meant, the loss grows with its score as much as it is believed: δ = p = {p}.",
    "For the class of the loss, δ = p − 1 = {p} − 1 = {delta}: a higher score makes the loss smaller.",
)
PLAIN = {"x": "This is what goes into {name}.", "y": "{name} made this number; how it works inside is not drawn."}
DIGIT = "Pixel {place} of the digit as the network reads it, from 0 (paper) to 1 (ink)."


def filled(text, **words):
    """Return a text with the names in braces replaced by these words; other braces stay.

    Examples
    --------
    >>> filled("{kind} {place}", kind="Cell")
    'Cell {place}'
    """
    for name, word in words.items():
        text = text.replace(f"{{{name}}}", word)
    return text


def sentence(by_number, **known):
    """Return the sentences on a cell, with the fields of the scene filled in.

    Examples
    --------
    >>> sentence("A cell of the {window} window at {place}.", window="3×3")["one"]
    'A cell of the 3×3 window at {place}.'
    """
    texts = (by_number,) * 3 if isinstance(by_number, str) else ("", *by_number)[-3:]
    none, one, many = filled("\n".join(texts), **known).split("\n")
    return {"none": none, "one": one, "many": many, "kinds": KINDS, "ring": RING}


def tell(panels, texts, sums=None, **known):
    """Set the sentences and sum of each panel in place, and link x, w and b to the gradient below them."""
    names = {panel["name"] for panel in panels}
    for panel in panels:
        name = panel["name"]
        panel["says"] = sentence(texts[name], **known)
        if sums:
            panel["sum"] = dict(sums[name])
        if name in ("x", "w", "b") and f"d{name}" in names:
            panel["gradient"] = f"d{name}"
