"""A plot as a picture that can be pasted into any text: its shapes as SVG, its words set in type as prints are."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from campaign.printing.engine.pdf import lay_out, pull, set_in_type
from campaign.printing.engine.pictures import first_page

# Sharp enough for print at half a page's width.
_SHARPER = 2.0


@dataclass(frozen=True)
class PlotText:
    """Words of a plot: where they start, end or have their middle, on which base line, and what they are
    (`heading`, `row` or `quiet`)."""

    x: float
    y: float
    anchor: str
    kind: str
    words: str


def plot_png(shapes: str, texts: Sequence[PlotText], locale: str, size: tuple[int, int]) -> bytes:
    """The picture as PNG, with twice as many pixels as `size`; the first of its texts is its title.

    `shapes` is SVG that our own template drew, without a text: the press draws no joined script in SVG. Raises
    `Unprintable` naming a script that no font has.
    """
    width, height = size
    values = {"title": texts[0].words, "shapes": Markup(shapes), "texts": texts, "width": width, "height": height}  # noqa: S704
    picture = first_page(pull(lay_out(set_in_type("plot.html", locale, values), locale)), _SHARPER)
    file = io.BytesIO()
    picture.quantize(64).save(file, "PNG", optimize=True)
    return file.getvalue()
