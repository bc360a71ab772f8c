"""A web address as a QR code: an SVG of dark bars, with words for those who do not see it."""

from __future__ import annotations

from itertools import groupby

import segno
from markupsafe import Markup


def qr_svg(address: str, words: str | None, error: str = "m") -> Markup:
    """The code as `<svg class="qr">`, one unit a module, without a quiet zone: leave four modules of white around it.

    Without `words` it is an ornament, for where another code beside it says the same.
    """
    code = segno.make(address, error=error, micro=False)
    size = code.symbol_size(border=0)[0]
    bars = []
    for y, row in enumerate(code.matrix):
        x = 0
        for dark, modules in groupby(row):
            wide = len(list(modules))
            if dark:
                bars.append(f"M{x} {y}h{wide}v1h-{wide}z")
            x += wide
    said = Markup(' role="img"><title>{}</title>').format(words) if words else Markup(' aria-hidden="true">')
    return Markup('<svg class="qr" viewBox="0 0 {0} {0}"{1}<path d="{2}"/></svg>').format(size, said, "".join(bars))
