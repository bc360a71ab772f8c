"""What no value may look like: a careful reader leaves such a field blank, and says why beside it.

The guards do not know how a value was found. They see a value as a clerk would who knows what names, titles and
addresses look like; what they take out of a field is offered as a doubt, and stands in `unplaced`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from campaign.cases.importing import cues, dates
from campaign.cases.importing.bulletin import Bulletin, Doubt, Official
from campaign.cases.importing.cues import Section, cue_of
from campaign.cases.importing.lines import is_capitals, is_prose, plain
from campaign.cases.importing.titles import HONORIFIC, Kind, kind_of
from campaign.vocabulary import ActionKind

_MOST_WORDS = 10  # of a name: "His Royal Highness Prince … bin … bin … Al …"
_SENDER = re.compile(
    r"\b(?:networks?|commission|programme|observatory|organi[sz]ation|committee|amnesty|international|desk|section|team"
    r"|red|r[eé]seau|netzwerk|netwerk|rede|observatorio|observatoire|programa|campaign)\b",
    re.I,
)
_LABEL_ALONE = re.compile(
    r"^(?:tel|twitter|facebook|instagram|whatsapp|youtube|share|home|donate|fax|e-?mail|web|phone|address|to|and|or|from|date|country|name)s?\W*$",
    re.I,
)

# How a sentence ends, in the scripts that bulletins come in; a mark of a note or a closing quotation may follow.
_ENDED = re.compile(r"""[.!?…:;؟۔。।։።]["”’»›)\]\d*]{0,4}\s*$""")
# What follows a name after a comma: "Ivo Lum, Jr".
_AFTER_A_NAME = re.compile(r",\s*(?=(?:jr|sr|esq|md|phd|mp|mna|qc|kc|sc)\b)", re.I)
_WHERE = re.compile(r"\d|\b(?:p\.?\s?o\.?\s+box|avenue|street)\b", re.I)


def weighed(bulletin: Bulletin, lines: Sequence[str], rivals: Sequence[tuple[str, str, str]] = ()) -> Bulletin:
    """The bulletin with doubtful values out of the fields and into `doubts`, after `rivals`: (field, value, why)."""
    doubts = [Doubt(name, _line_of(value, lines), value, why) for name, value, why in rivals]

    def doubt(field: str, value: str, why: str) -> None:
        doubts.append(Doubt(field, _line_of(value, lines), value, why))

    title = bulletin.title
    if title and (why := why_no_title(title)):
        doubt("title", title, why)
        title = None
    kept: list[Official] = []
    for official in bulletin.officials:
        at = len(kept)
        name, office = official.name, official.office
        if name and (why := why_no_name(name)):
            doubt(f"officials.{at}.name", name, why)
            name = None
        if office and (why := why_no_office(office, named=bool(name))):
            doubt(f"officials.{at}.office", office, why)
            office = None
        places = tuple(line for line in official.address if "@" not in line and "://" not in line)
        for line in official.address:
            if line not in places:
                doubt(f"officials.{at}.address", line, "This is an address to write mail to, not a place.")
        sound = replace(official, name=name, office=office, address=places)
        if why := why_nobody(sound):
            told = ", ".join(filter(None, (official.name, official.office, *official.address)))
            if not any(one.value in (official.name, official.office) for one in doubts):
                doubt(f"officials.{at}", told, why)
        else:
            kept.append(sound)
    summary = bulletin.summary
    if summary and (why := why_no_summary(summary)):
        doubt("summary", summary, why)
        summary = None
    asking = any(map(cues.starts("demand").match, bulletin.demands))

    def passed(field: str, texts: Sequence[str], why_not: Callable[[str], str | None]) -> tuple[str, ...]:
        whys = [why_not(text) for text in texts]
        for at, (text, why) in enumerate(zip(texts, whys, strict=True)):
            if why:
                doubt(f"{field}.{at}", text, why)
        return tuple(text for text, why in zip(texts, whys, strict=True) if not why)

    demands = passed("demands", bulletin.demands, lambda text: why_no_demand(text, beside_asking=asking))
    background = passed("background", bulletin.background, why_no_paragraph)
    return replace(
        bulletin,
        title=title,
        summary=summary,
        officials=tuple(kept),
        demands=demands,
        background=background,
        doubts=tuple(doubts),
    )


def why_no_summary(text: str) -> str | None:
    """Why a text cannot be what happened, if it cannot."""
    if not is_prose(text) and cue_of(text) is not None:
        return "This is a heading of the bulletin, not what happened."
    return why_no_paragraph(text)


def why_no_paragraph(text: str) -> str | None:  # noqa: PLR0911 - guards, read from the top
    """Why a text cannot be a paragraph of a story, if it cannot."""
    if text[:1].islower() or text[:1] in ").,;:":
        return "This begins in the middle of a sentence."
    sentences = re.split(r"(?<=[.!?۔؟])\s+", text)
    if cues.greeting().match(text) or any(map(cues.starts("voice").match, sentences)):
        return "These are the words of a letter."
    if _is_day(text):
        return "This is a date, not what happened."
    if is_capitals(text):
        return "This is a heading, not what happened."
    if text.endswith(":"):
        return "This leads to what follows it."
    if is_prose(text) and not _ENDED.search(text):
        return "This ends in the middle of a sentence."
    return None


def why_no_demand(text: str, *, beside_asking: bool) -> str | None:
    """Why a text cannot be a demand, if it cannot; `beside_asking` if another one plainly asks for something."""
    if _is_day(text) or is_capitals(text) or text[:1].isdigit():
        return "This asks for nothing."
    if beside_asking and not cues.starts("demand").match(text) and not cues.asking().search(text):
        return "The other demands ask for something, and this does not."
    if text.rstrip().endswith(":"):
        return "This leads to what follows it: it is an instruction, not a demand."
    return None


def why_no_title(text: str) -> str | None:
    """Why a text cannot be a title, if it cannot."""
    if _is_day(text):
        return "This is a date, not a title."
    cue = cue_of(text)
    if cue is not None and cue.section is not Section.HEAD and not re.search(r"\w", cue.rest if cue.label else ""):
        return "This is the name of a section, not a title."
    if (
        is_capitals(text)
        and _SENDER.search(text)
        and not re.search(r"\b(?:IN|FOR|OF|AT|FACES?|HELD|RISKS?)\b", text[:90])
    ):
        return "This seems to be who sends the bulletin, not its title."
    if "@" in text or re.match(r"https?://|www\.", text):
        return "This is an address, not a title."
    return None


def _is_day(text: str) -> bool:
    """Whether a text is a day, with at most a sign or a short word beside it."""
    found = dates.find(text)
    return bool(found) and not re.search(r"[^\W\d_]{3}", text[: found.start] + text[found.end :]) if found else False


def why_no_name(text: str) -> str | None:  # noqa: PLR0911 - guards, read from the top
    """Why a text cannot be somebody's name, if it cannot."""
    if re.search(r"\d", text):
        return "A name has no digits."
    if "@" in text or "://" in text:
        return "This is an address, not a name."
    if ":" in text or _LABEL_ALONE.match(text):
        return "This is a label, not a name."
    if cues.starts("demand").match(text) and not HONORIFIC.match(text) and (is_prose(text) or len(text.split()) > 4):
        return "This asks for something: it is a demand, not a name."
    if len(text.split()) > _MOST_WORDS or is_prose(text):
        return "This is a sentence, not a name."
    if _SENDER.search(text) and not HONORIFIC.match(text):
        return "This seems to be who sends the bulletin, not a person."
    if "," in _AFTER_A_NAME.sub(" ", text):
        return "A name and something else stand in one line."
    cue = cue_of(text)
    if cue is not None and cue.heads:
        return "This is the name of a section, not of a person."
    return None


def why_no_office(  # noqa: PLR0911 - guards, read from the top
    text: str, *, named: bool = False
) -> str | None:
    """Why a text cannot be an office, if it cannot; `named` if the official's name stands beside it."""
    if "@" in text or "://" in text:
        return "This is an address, not an office."
    if is_prose(text) and kind_of(text) is Kind.ADDRESS:
        return "This is a sentence, not an office."
    if cues.starts("demand").match(text) and is_prose(text):
        return "This asks for something: it is a demand, not an office."
    if cues.greeting().match(text) and not HONORIFIC.match(text):
        return "This is how a letter begins, not an office."
    _, *others = re.split(r",\s+|:\s+", text)
    if any(_WHERE.search(it) or HONORIFIC.match(it) for it in others):
        return "An office, a name and an address stand in one line."
    if named and any(kind_of(it) is Kind.PERSON and len(it.split()) > 1 for it in others):
        return "An office and somebody's name stand in one line."
    return None


def why_nobody(official: Official) -> str | None:
    """Why an entry names nobody to write to, if it does not."""
    reached = official.fax or official.phone or official.email or official.x or official.web_form
    if not official.name and not official.office:
        return "An address without a name or an office."
    if not official.name and not official.address and not reached and is_capitals(official.office or ""):
        return "A heading, and nothing that says where to write."
    shouted = any(len(word) > 3 and word.isupper() for word in (official.name or "").split())
    placed = official.address and not shouted  # in capitals stands a headline, or who the bulletin is about
    if official.name and not official.office and not reached and not official.salutation and not placed:
        return "A name without an office or an address."
    if official.name and not official.office and not HONORIFIC.match(official.name):
        return "It is not said who this is." if len(official.name.split()) == 1 else None
    return None


def missing(bulletin: Bulletin) -> tuple[str, ...]:
    """The fields that an action needs before it can open and this bulletin does not give."""
    needed = {
        "title": bulletin.title,
        "country": bulletin.country,
        "summary": bulletin.summary,
        "officials": bulletin.officials,
        "deadline": bulletin.deadline,
    }
    if bulletin.kind in (ActionKind.STOP, ActionKind.OUTCOME):
        del needed["officials"], needed["deadline"]
    return tuple(name for name, value in needed.items() if not value)


def _line_of(value: str, lines: Sequence[str]) -> int | None:
    """The line, counted from 1, on which a value stands first; a day in whichever way it is printed."""
    start = value[:40]
    stands = next((at for at, line in enumerate(lines, 1) if start in plain(line)), None)
    if stands is None and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        days = ((at, dates.find(plain(line))) for at, line in enumerate(lines, 1))
        return next((at for at, found in days if found and found.day.isoformat() == value), None)
    return stands
