"""Words that read like a threat: what holds them is offered to an organiser first. Nobody is refused."""

from __future__ import annotations

import re
import unicodedata

# A person may be called Hang or Slaughter: a word alone holds a name only where no one is called so; others need their
# object. Held is not hidden: an organiser reads it and lets it through.
_ALONE = (
    r"kill(?:ing|ed|s)?|murder(?:s|ed|er|ing)?|assassinat\w*|behead\w*|massacre\w*|lynch(?:ing|ed|es)|rape[sd]?"
    r"|bomb(?:s|ed|ing)?"
    r"|tuer|tuez|assassin\w*|ermord\w*|umbringen|matar|maten|asesin\w*|убить|убей\w*|смерть"
    r"|مار ڈالو|قتل|مردہ باد|الموت|اقتلوا|مرگ بر|بکشید|هلاک"
)
_WITH_OBJECT = (
    r"(?:hang|shoot|burn|stab|hunt|destroy|poison|slaughter|execute)\s+(?:down\s+)?(?:the|him|her|them|all|this|that|you)"
    r"|death\s+to|(?:must|should|will|shall|deserves?\s+to)\s+(?:die|be\s+(?:shot|hanged|killed))|mort\s+(?:à|aux?)"
    r"|tod\s+(?:dem|der|den)"
)
_THREAT = re.compile(rf"(?<!\w)(?:{_ALONE}|{_WITH_OBJECT})(?!\w)", re.IGNORECASE)


def sounds_like_one(text: str | None) -> bool:
    """Whether a name or a message holds words that threaten, in the languages of the product; case, accents of width
    and points between letters do not count."""
    plain = unicodedata.normalize("NFKC", text or "")
    return bool(_THREAT.search(plain) or _THREAT.search(re.sub(r"(?<=\b\w)[.\-_*](?=\w\b)", "", plain)))
