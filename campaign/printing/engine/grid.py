"""One line grid, whatever the script.

A line that borrows a glyph from a taller font (Urdu among Latin names, an emoji) is made higher by WeasyPrint,
and columns drift apart. While a text layer is active, every line takes the height and the baseline of its
style's own font instead. The styles' line heights leave room for the tallest script they are used for.
"""

from __future__ import annotations

from typing import Any

import weasyprint.layout.inline
from weasyprint.text.line_break import strut

from campaign.printing.engine.drawing import active

_original_split_first_line = weasyprint.layout.inline.split_first_line


def _split_first_line(text: str, style: Any, *rest: Any, **options: Any) -> tuple[Any, ...]:
    line: tuple[Any, ...] = _original_split_first_line(text, style, *rest, **options)
    if not active():
        return line
    layout, length, resume_at, width, _, _ = line
    height, baseline = strut(style)
    return layout, length, resume_at, width, height, baseline


weasyprint.layout.inline.split_first_line = _split_first_line
