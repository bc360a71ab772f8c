"""Which files there are of a picture: widths in pixels, kinds of encoding, and what each is called in the store."""

from __future__ import annotations

import re

PHONE_WIDTHS = (360, 720)
DESK_WIDTH = 1280
WIDTHS = (*PHONE_WIDTHS, DESK_WIDTH)
# The lightest first: a browser takes the first that it knows.
KINDS = ("avif", "webp", "jpeg")

_MARK = re.compile(r"[0-9a-f]{24}")


def file_name(mark: str, width: int, kind: str) -> str:
    """The name of one file in the store."""
    return f"picture/{mark}-{width}.{kind}"


def is_one(mark: str, width: int, kind: str) -> bool:
    """Whether there can be such a file."""
    return _MARK.fullmatch(mark) is not None and width in WIDTHS and kind in KINDS
