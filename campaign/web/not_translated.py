"""What a browser must not translate: names, addresses, letters, and all that is copied or sent on as it stands."""

from __future__ import annotations

import re

# Isolated text is a name, an address or a code; the others hold what someone wrote or what leaves the page as it is.
ELEMENTS = ("bdi", "address", "pre", "textarea", "input")
# Elements by what they are used for: a letter's sheet, and whatever a button copies.
CLASSES = ("sheet", "copy", "letter-text", "words")

_OPENS = re.compile(
    rf"<(?:(?:{'|'.join(ELEMENTS)})\b|[a-z][a-z0-9]*\b(?=[^>]*\bclass=\"(?:[^\"]*\s)?(?:{'|'.join(CLASSES)})[\s\"]))"
    r"(?![^>]*\btranslate=)"
)


def marked(html: str) -> str:
    """A page with `translate="no"` on each of these, once. An attribute holds no `>` here: templates escape it."""
    return _OPENS.sub(r'\g<0> translate="no"', html)
