"""A line that holds several parts of a bulletin, broken before each, as a paste or an old archive leaves it."""

from __future__ import annotations

import re

# Where a paragraph holds several parts, these begin one. Capitals, or a colon, keep them out of running text.
_BEGINS = re.compile(
    r"(?<=[\s.;:”\"’])(?=(?:(?:URGENT ACTION|PLEASE (?:WRITE|SEND|TAKE)|(?:FURTHER )?RECOMMENDED ACTION|APPEALS TO:"
    r"|(?:ALSO SEND )?COPIES (?:TO|OF)|ADDITIONAL INFORMATION|BACKGROUND INFORMATION|(?:SAMPLE|MODEL) LETTER"
    r"|TAKE ACTION|PREFERRED LANGUAGE|NAME AND|LINK TO PREVIOUS|CONTACT INFORMATION|APPEAL DEADLINE)\b"
    r"|And copies to:|Also send copies to |Please check with |Please write immediately |Gender m/f|First UA:"
    r"|(?<!tion: )Dear [A-Z][^,:\n]{1,60}[,:] (?=[A-Z])|Please take action as|This is the \w{3,12} update of"
    r"|Further information on (?:UA|EXTRA):? ?\d|UA: ?\d{1,4}/\d\d Index"
    r"|Yours (?:sincerely|faithfully|respectfully|truly)))"
    r"(?<!COPIES )(?<!& \")"
)
_ENDS = re.compile(
    r"((?:^|\n)(?:URGENT ACTION|ADDITIONAL INFORMATION|BACKGROUND INFORMATION|(?:SAMPLE|MODEL) LETTER"
    r"|CONTACT INFORMATION|(?:PLEASE WRITE|Please write) [^:\n]{0,250}:|And copies to:"
    r"|PLEASE SEND APPEALS BEFORE [^:\n]{4,40} TO:|TAKE ACTION: WRITE AN APPEAL[A-Z ,]{0,70} MODEL LETTER)"
    r"(?:\s\([A-Z0-9][^()\n]{0,60}\))?):? +(?=\S)"
)
_OWN_LINE = re.compile(r"(?<=\S)\s+(?=This is the \w{3,12} update (?:of|to|on) |Please check with )")
_BROKEN = re.compile(r"\W*take\s+action\s*:?\s.{0,60}\b(?:write|an|appeal|in|your|own|words|or|use|this)$", re.I)
_CROWDED = 260  # characters from which a line may hold several parts


def open_up(lines: list[str]) -> list[str]:
    """The lines, those that hold several parts of a bulletin broken before each, a broken heading made whole."""
    opened: list[str] = []
    for line in lines:
        if opened and line.isupper() and len(line) < 60 and _BROKEN.match(opened[-1]):
            opened[-1] = f"{opened[-1]} {line}"
        elif len(line) < _CROWDED:
            opened.extend(_OWN_LINE.split(line))
        else:
            parted = _ENDS.sub(r"\1\n", _BEGINS.sub("\n", line))
            opened.extend(part.strip() for part in parted.split("\n") if part.strip())
    return opened
