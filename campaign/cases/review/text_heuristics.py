"""How texts are read by rules: whether a demand asks for something, and which numbers were typed into a text."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Verbs that demands begin with. A demand that begins with none of them may still be one: the rule only warns.
_VERBS = frozenset(
    re.findall(
        r"\w+",
        """
        abolish abstain accept acknowledge act address adopt allow amend announce annul apply arrange assure ban bring
        call cancel carry cease clarify close comply commute conduct condemn confirm consider cooperate correct create
        declare delay deliver deny disclose do drop end enable enforce ensure establish evacuate examine explain extend
        facilitate find free fulfil give grant guarantee halt hand help hold honour immediately implement impose
        inform initiate instruct intervene introduce investigate invite issue keep launch lay lead lift listen locate
        maintain make meet move open order overturn pardon permit place postpone prevent promptly prosecute protect
        provide publicly publish put quash ratify recognise recognize reform refrain refuse reinstate reject release
        remove renew reopen repeal replace report resettle respect respond restore return reveal review revoke save seek
        set share show shut stay stop strengthen submit support suspend take tell transfer treat uphold urgently use
        withdraw withhold work
        """,
    )
)
_OPENERS = re.compile(r"^(?:(?:please|kindly|to|and|then|also|at once|without delay)[,:]?\s+)+", re.I)
_REQUEST = re.compile(
    r"\b(?:I|we)\b.{0,60}?\b(?:ask|asks|urge|call|request|appeal|implore|demand|beg|invite)\b|\b(?:must|should)\b", re.I
)
_MARKS = re.compile(r"^[\s\W\d_]+")

# 1,080,312 or 1.4 million or 800 000: what somebody may have counted. Years, dates and article numbers have no group.
_NUMBER = re.compile(
    r"(?<![\w.,/(-])(?<!\d )\d{1,3}(?:[,.\u00a0\u202f ]\d{3})+(?![\w/]| \d)|"
    r"(?<![\w.,/(-])\d+(?:[.,]\d+)?\s*(?:million|billion|thousand|lakh|crore)\b|"
    r"(?<![\w.,/(-])\d+(?:[.,٫]\d+)?\s*(?:لاکھ|کروڑ|ہزار|ملین)",
    re.I,
)


def asks_for_something(demand: str) -> bool:
    """Whether an English demand is a request: it begins with what to do, or says that we ask for it."""
    words = _OPENERS.sub("", _MARKS.sub("", demand))
    first = re.match(r"[A-Za-z]+", words)
    if first is None or demand.rstrip().endswith("?"):
        return False
    return first[0].casefold() in _VERBS or bool(_REQUEST.search(words))


def numbers_typed(sources: Iterable[str]) -> tuple[str, ...]:
    """Large numbers that stand in texts as they were typed, each once, in the order of reading."""
    found = (" ".join(it.split()) for source in sources for it in _NUMBER.findall(source))
    return tuple(dict.fromkeys(found))
