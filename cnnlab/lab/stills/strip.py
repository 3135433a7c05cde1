"""What is said of the cell in view: its sum as in ``front/strip.js``, and a sentence. Lengths in px."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cnnlab.lab.numbers import format_value
from cnnlab.lab.scenes.reading import Strip, Term, name_of, panel_of, sentence_of, strip_of, summed, terms_of
from cnnlab.lab.scenes.schema import Scene
from cnnlab.lab.stills.canvas import DOTTED, INK, LINE, ROLES, SOFT, Sheet
from cnnlab.lab.stills.text import BODY, width_of

MOST_TERMS = 12  # written one by one
STRIP_ROW, CHIP, INSIDE, SPACE = 26, 21, 7, 4  # heights of a row and of a chip, the room in it and between two
TOTAL = 17.5  # size of the result
BORDERS = {
    "term": {"line": LINE},
    "zero": {"line": LINE, "dashes": DOTTED},
    "largest": {"line": INK, "line_width": 2.0},
}
BOLD = ("head", "largest")


class Item(NamedTuple):
    """Texts with their colours that stand together in the strip: its head, a sign, or a term, which has a border."""

    look: str
    runs: list[tuple[str, str]]

    @property
    def width(self) -> float:
        """How wide it is with its border."""
        border = 2 * INSIDE if self.look in BORDERS else 0
        return border + sum(width_of(text, BODY, self.look in BOLD) for text, _ in self.runs)


def draw_words(sheet: Sheet, scene: Scene, y: float, width: float) -> float:
    """Draw the strip, the sentence and the note of a scene below ``y``; returns where they end."""
    if scene["wires"]:
        sheet.line([0, width], [y, y])
        y = _draw_strip(sheet, scene, y + 6, width)
    y = sheet.write_lines(0, y, sentence_of(scene, scene["first"]), width, colour=SOFT)
    return sheet.write_lines(0, y, scene.get("note", ""), width, bold=True)


def _draw_strip(sheet: Sheet, scene: Scene, y: float, width: float) -> float:
    """Draw the items of the strip in rows, and the result at the right, where it has room."""
    strip, x = strip_of(scene, scene["first"]), 0.0
    result = f"= {strip.total}" if strip.total and strip.terms else ""
    for phrase in _phrases(scene, strip):
        if x and x + sum(item.width + SPACE for item in phrase) > width:
            x, y = 0.0, y + STRIP_ROW
        for item in phrase:
            _draw_item(sheet, item, x, y + STRIP_ROW / 2)
            x += item.width + SPACE
    y += STRIP_ROW if x + width_of(result, TOTAL, True) > width else 0
    sheet.write(width, y + STRIP_ROW / 2, result, size=TOTAL, bold=True, align=1.0)
    return y + STRIP_ROW + SPACE


def _draw_item(sheet: Sheet, item: Item, x: float, middle: float) -> None:
    if item.look in BORDERS:
        sheet.box(x, middle - CHIP / 2, item.width, CHIP, radius=CHIP / 2, **BORDERS[item.look])
        x += INSIDE
    for text, colour in item.runs:
        x = sheet.write(x, middle, text, colour=colour, bold=item.look in BOLD)


def _phrases(scene: Scene, strip: Strip) -> Iterator[list[Item]]:
    """Yield all of the strip but the result, in parts that stand in one row: the head, then each term with its sign."""
    panel, joiner = summed(scene, scene["first"]["panel"]), strip.joiner.strip()
    yield [Item("head", [(strip.head.strip(), INK)])]
    if not strip.terms:
        yield [Item("head", [(strip.total, INK)])]
        return
    told, terms = panel["sum"], terms_of(scene, scene["first"])
    shown = _subtotals(scene, terms) or _chips(scene, strip, terms)
    if "bias" in told:
        shown.append(Item("term", [(strip.terms[-1], ROLES["b"])]))
    signs = [Item("sign", [(joiner, SOFT)])] * bool(joiner)
    for k, item in enumerate(shown):
        closing = [Item("sign", [(strip.closing, SOFT)])] * (k == len(shown) - 1 and bool(strip.closing))
        yield [*(signs if k else []), item, *closing]


def _subtotals(scene: Scene, terms: list[Term]) -> list[Item]:
    """Return what each channel adds to a long sum; nothing for a short one, or where there is one channel."""
    panel, (plane, row, column) = summed(scene, scene["first"]["panel"]), scene["first"]["cell"]
    told = panel["sum"]
    wires = scene["wires"][told["wires"]]["planes"][panel["end"]]
    planes = [k for k, end in enumerate(wires) if end == plane]
    if "groups" not in told or len(planes) < 2 or len(terms) <= MOST_TERMS:
        return []
    first = terms[:: len(terms) // len(planes)]  # of each channel
    names = [name_of(panel_of(scene, told["a"]), term.a.cell).split(",")[0].replace("[", " ") for term in first]
    sums = [format_value(total, 3) for total in told["groups"][planes, row, column]]
    return [Item("term", [(f"{name}: ", SOFT), (total, INK)]) for name, total in zip(names, sums, strict=True)]


def _chips(scene: Scene, strip: Strip, terms: list[Term]) -> list[Item]:
    """Return the terms; of a long sum the first, and how many more there are."""
    told = summed(scene, scene["first"]["panel"])["sum"]
    if told.get("skips"):
        terms = [term for term in terms if term.b.value]
    if not terms:
        return [Item("sign", [(text, SOFT)]) for text in strip.terms[: len(strip.terms) - ("bias" in told)]]
    written = zip(strip.terms[: len(terms)], terms, strict=True)
    chips = [_chip(scene, told, text, term) for text, term in list(written)[:MOST_TERMS]]
    if len(terms) > MOST_TERMS:
        chips.append(Item("sign", [(f"… {len(terms) - MOST_TERMS} more", SOFT)]))
    return chips


def _chip(scene: Scene, told: dict, text: str, term: Term) -> Item:
    """Return a term, its factors in the colours of their panels."""
    alone = told.get("values") or told["b"] == "one"
    a, b = (ROLES[panel_of(scene, each.panel)["role"] if each.panel else "w"] for each in (term.a, term.b))
    number = format_value(term.a.value, 3)
    rest, arrow, target = text.removeprefix(number).partition(" → ")
    factor = [(rest, INK)] if alone else [("·", INK), (rest.removeprefix("·"), b)]
    runs = [run for run in ((number, a), *factor, (arrow + target, INK)) if run[0]]
    largest = told.get("values") and not told.get("skips") and "goes" not in told and term.b.value == 1
    return Item("largest" if largest else "zero" if not alone and not term.a.value * term.b.value else "term", runs)
