"""What no value may look like: guards, which see a text as a clerk does who knows what names and titles look like.

Each answers why a text cannot be what it was taken for, or None. They do not know how it was found.
"""

from __future__ import annotations

import re

from campaign.cases.importing import cues, dates
from campaign.cases.importing.bulletin import Official
from campaign.cases.importing.contacts import begins_with_contact, names_contact
from campaign.cases.importing.cues import Section, cue_of
from campaign.cases.importing.features import DIPLOMATS, INDEX, NUMBER
from campaign.cases.importing.letter import asks_somebody
from campaign.cases.importing.lines import is_capitals, is_prose
from campaign.cases.importing.places import MISSION, country, country_before
from campaign.cases.importing.subjects import is_headline
from campaign.cases.importing.titles import HONORIFIC, SMALL, Kind, is_office_alone, is_person, kind_of, names_street
from campaign.sentences import Sentence

_MOST_WORDS = 10  # of a name: "His Royal Highness Prince … bin … bin … Al …"
_SENDER = re.compile(
    r"\b(?:networks?|commission|programme|observatory|organi[sz]ation|committee|amnesty|international|desk|section|team"
    r"|red|r[eé]seau|netzwerk|netwerk|rede|observatorio|observatoire|programa|campaign)\b",
    re.I,
)
# An organisation's kind of name, and nothing else: no headline ends so.
_SENDER_ALONE = re.compile(
    r"^(?:\S+\s+){0,4}(?:association|organi[sz]ation|commission|network|committee|observatory|foundation|team|desk)\W*$",
    re.I,
)
_SENT_BY = re.compile(rf"^\W*(?:from|the|von|de)\s+(?:\S+\s+){{0,3}}{_SENDER.pattern}\W*$", re.I)
_LABEL_ALONE = re.compile(
    r"^(?:tel|twitter|facebook|instagram|whatsapp|youtube|share|home|donate|fax|e-?mail|web|phone|address|to|and|or|from|date|country|name)s?\W*$",
    re.I,
)
# How a sentence ends, in the scripts that bulletins come in; a mark of a note or a closing quotation may follow.
_ENDED = re.compile(r"""[.!?…:;؟۔。।։።]["”’»›)\]\d*]{0,4}\s*$""")
# What follows a name after a comma: "Ivo Lum, Jr".
_AFTER_A_NAME = re.compile(r",\s*(?=(?:jr|sr|esq|md|phd|mp|mna|qc|kc|sc)\b)", re.I)
_WHERE = re.compile(r"\d|\b(?:p\.?\s?o\.?\s+box|avenue|street)\b", re.I)
_AT_RISK = re.compile(r"\((?:m|f|h|w|m/f|f/m)\)|\baged\s+\d", re.I)  # how case sheets mark who a bulletin is about
_LABELLED = re.compile(r"^[^\W\d_][\w /’'-]{2,30}:\s+\S")
_UNFINISHED = re.compile(r"\b(?:of|in|the|to|for|and|de|du|des|der|del|la|dr|mr|mrs|ms|h\.e)\.?$", re.I)
_LABEL_AT_END = re.compile(r"\s(?:fax|tel|telephone|phone|e-?mail|salutation)\W*$", re.I)
_SEVERAL = re.compile(
    r"\b(?:(?:other|men|women|people|persons|members|children|students|prisoners|workers)\b|famil|villag)", re.I
)
_REPUBLIC = re.compile(r"\b(?:republic|republik|r[eé]publique|rep[uú]blica|republiek|kingdom)$", re.I)
_RANKS = re.compile(  # what stands before the word for an institution and is no name
    r"(?:(?:c/o|the|royal|federal|union|state|national|central|general|permanent|supreme|high|regional|provincial|deputy|of"
    r"|constitutional|district|military|head|main|private)\s*)+",
    re.I,
)
_OPENING = 5  # letters of a word before a date: "On", "Am", "Em"
_SHOUTED_LABEL = re.compile(r"[A-Z]{4,}:\s")
_JOINED = re.compile(r"(?:and|or|und|oder|et|ou|y|e|o|en|of)\s")  # "and eight other men"
_ADDRESSED = re.compile(r"(?:your|dear|his|her)\W*", re.I)
_CASE = re.compile(r"(?:[A-Z]{2,5}|case\b.{0,12})\s?\d{1,4}\s?/\s?\d{2,4}$", re.I)
_NUMBER_LABEL = re.compile(r"\b(?:fax|tel|telephone|phone)\.?\s?:\s*\+?\d", re.I)
_POINT = re.compile(r"\(?\d{1,2}[.)]\s")
_URGENT_ACTION = re.compile(r"\burgent\s+action\b", re.I)
_STATE = re.compile(r"(?:the\s+)?(?:union|republic|kingdom|state|federation|sultanate)\s+of\s+(?P<place>.+)$", re.I)
_PLACEHOLDER = re.compile(r"^\W*[\[<(][^\[\]<>()]{1,60}[\])>]\W*$|_{4,}")


def why_no_title(text: str) -> str | None:  # noqa: PLR0911 - guards, read from the top
    """Why a text cannot be a title, if it cannot."""
    if _is_day(text):
        return Sentence("This is a date, not a title.")
    cue = cue_of(text)
    alone = cue is not None and not re.search(r"\w", cue.rest if cue.label else "")
    if (cue is not None and alone and cue.section is not Section.HEAD) or _is_heading(text):
        return Sentence("This is the name of a section, not a title.")
    if (
        is_capitals(text)
        and _SENDER.search(text)
        and not re.search(r"\b(?:IN|FOR|OF|AT|FACES?|HELD|RISKS?)\b", text[:90])
    ) or (_SENT_BY.match(text) or _SENDER_ALONE.match(text)):
        return Sentence("This seems to be who sends the bulletin, not its title.")
    if "@" in text or re.match(r"https?://|www\.", text) or begins_with_contact(text) or _is_place(text):
        return Sentence("This is an address, not a title.")
    if is_office_alone(text) or _AT_RISK.search(text) or _is_titled_name(text.partition(",")[0]):
        return Sentence("This is somebody's name or office.")
    if cues.greeting().match(text) or cues.closing().match(text):
        return Sentence("These are the words of a letter.")
    if (not text[:1].isalnum() and text[:1] not in "\"“«‘'¿¡(") or _UNFINISHED.search(text) or len(text.split()) == 1:
        return Sentence("This is a piece of a line.")
    if text.endswith((".", ":")) or _CASE.match(text) or _SHOUTED_LABEL.match(text) or _JOINED.match(text):
        return Sentence("This is a piece of a line.")
    if cues.starts("instruction").match(text) or _is_several(text) or re.search(r"\baccredited\s+to\b", text):
        return Sentence("This holds more than one thing.")
    if (day := dates.find(text, 2000)) and (day.end == len(text) or day.start == 0):
        return Sentence("This holds more than one thing.")
    return None


def why_no_summary(text: str) -> str | None:
    """Why a text cannot be what happened, if it cannot."""
    if not is_prose(text) and cue_of(text) is not None:
        return Sentence("This is a heading of the bulletin, not what happened.")
    if not is_sentence(text):
        return Sentence("This is no whole sentence.")
    return why_no_paragraph(text)


def is_sentence(text: str) -> bool:
    """Whether a text ends as a sentence does, or is prose; a headline in a script without capitals looks like prose."""
    return bool(_ENDED.search(text)) or (is_prose(text) and text.lower() != text.upper())


def why_no_paragraph(text: str) -> str | None:  # noqa: PLR0911 - guards, read from the top
    """Why a text cannot be a paragraph of a story, if it cannot."""
    if text[:1].islower() or text[:1] in ").,;:-$€£":
        return Sentence("This begins in the middle of a sentence.")
    if (
        cues.greeting().match(text)
        or any(map(cues.starts("voice").match, _sentences(text)))
        or cues.closing().match(text)
        or _PLACEHOLDER.search(text)
    ):
        return Sentence("These are the words of a letter.")
    if _is_day(text):
        return Sentence("This is a date, not what happened.")
    headed = is_capitals(" ".join(text.split()[:4])) or _URGENT_ACTION.search(text[:200])
    if headed or is_capitals(text) or _is_several(text) or country(text) or _begins_with_country(text):
        return Sentence("This is a heading, not what happened.")
    if _POINT.match(text):
        return Sentence("This is a point of a list.")
    if cues.starts("instruction").match(text) or (DIPLOMATS.search(text) and len(text) < 300):
        return Sentence("This tells the sender what to do.")
    if begins_with_contact(text) or (not is_prose(text) and names_contact(text)):
        return Sentence("This says how to reach somebody.")
    if (_AT_RISK.search(text[:120]) or _is_titled_name(text) or _SENDER_ALONE.match(text)) and not _ENDED.search(text):
        return Sentence("This is somebody's name or office.")
    if _LABELLED.match(text) and not is_prose(text):
        return Sentence("This has a label of its own.")
    cased = text.lower() != text.upper()  # elsewhere nothing tells a headline from a sentence without an end
    titled = re.search(r"[\d/]", text) or is_office_alone(text) or _SEVERAL.search(text) or not cased
    if not is_sentence(text) and titled:
        return Sentence("This is no whole sentence.")
    if text.endswith(":"):
        return Sentence("This leads to what follows it.")
    if is_prose(text) and not _ENDED.search(text):
        return Sentence("This ends in the middle of a sentence.")
    return None


def why_no_part_of_a_letter(text: str, *, closed: bool) -> str | None:
    """Why a text cannot be a paragraph of the letter, if it cannot; `closed` if the letter has a close under it."""
    if _PLACEHOLDER.search(text) or cues.greeting().match(text):
        return Sentence("This tells the sender what to do.")
    if is_capitals(text):
        return Sentence("This is a heading.")
    if cues.starts("instruction").match(re.sub(r"^\W*\d{1,2}[.)]\s*", "", text)):
        return Sentence("This tells the sender what to do.")
    if _is_day(text) or names_contact(text) or _NUMBER_LABEL.search(text):
        return Sentence("This is an address or a date.")
    if not closed and not (asks_somebody(text) or any(map(cues.starts("voice").match, _sentences(text)))):
        return Sentence("The letter has no close, and nothing says that this is a part of it.")
    return None


def why_no_demand(  # noqa: PLR0911 - guards, read from the top
    text: str, *, beside_asking: bool
) -> str | None:
    """Why a text cannot be a demand, if it cannot; `beside_asking` if another one plainly asks for something."""
    day = dates.find(text, 2000)
    # A date and little else, or one that opens a sentence: "On 13 June 2016, police officers …".
    dated = day is not None and (len(text.split()) < 8 or day.start < _OPENING)
    headline = country_before(text.partition(":")[0]) and ":" in text
    if dated or is_capitals(text) or text[:1].isdigit() or _SENT_BY.match(text) or headline:
        return Sentence("This asks for nothing.")
    if cues.greeting().match(text):
        return Sentence("These are the words of a letter.")
    if beside_asking and not cues.starts("demand").match(text) and not cues.asking().search(text):
        return Sentence("The other demands ask for something, and this does not.")
    if text.rstrip().endswith(":"):
        return Sentence("This leads to what follows it: it is an instruction, not a demand.")
    others = _sentences(text)[1:]
    if len(others) > 1 and not (cues.starts("demand").match(text) or cues.asking().search(text) or asks_somebody(text)):
        return Sentence("This asks for nothing.")
    if _is_several(text) or any(map(cues.starts("voice").match, others)) or (others and is_office_alone(others[-1])):
        return Sentence("This holds more than one thing.")
    return None


def _is_heading(text: str) -> bool:
    """Whether a text is the words that stand over any bulletin, and no more: "URGENT APPEAL"."""
    return re.fullmatch(cues.any_of("head"), text, re.I) is not None


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?۔؟])\s+", text)


def _is_several(text: str) -> bool:
    """Whether a text holds several parts of a bulletin: a label within, or the words that lead to another part."""
    within = re.search(r"\s(?=(?:[A-Z]{2,}[\s&/]+){1,6}[A-Z]{2,}\s*(?:\([^()]{0,40}\))?\s*:)", text)
    within = within or re.search(r"\b(?:APPEALS|COPIES|LETTERS)\s+TO\b", text) or re.search(r"[.!?]\s+[A-Z]{4,}$", text)
    head = NUMBER.search(text) and INDEX.search(text)
    cue = cue_of(text)
    named = cue is not None and cue.section is Section.HEAD and cue.heads and len(cue.rest) > 60
    return bool(within or head or named)


def _is_day(text: str) -> bool:
    """Whether a text is a day, with at most a sign or a short word beside it; the year may be missing."""
    found = dates.find(text, 2000)
    return bool(found) and not re.search(r"[^\W\d_]{3}", text[: found.start] + text[found.end :]) if found else False


def _is_place(text: str) -> bool:
    """Whether a text is a house in a street, or digits of a telephone."""
    return bool(re.match(r"\+?\d", text)) and (names_street(text) or sum(map(str.isdigit, text)) > 6)


def _is_titled_name(text: str) -> bool:
    """Whether a text is a name with an honorific before it, and no more: "General Ramón Leyva"."""
    bare = HONORIFIC.sub("", text, count=1)
    return bare != text and not is_capitals(text) and 0 < len(bare.split()) < 5 and is_person(bare)


def why_no_name(text: str) -> str | None:  # noqa: PLR0911 - guards, read from the top
    """Why a text cannot be somebody's name, if it cannot."""
    if re.search(r"\d", text):
        return Sentence("A name has no digits.")
    if "@" in text or "://" in text:
        return Sentence("This is an address, not a name.")
    if ":" in text or _LABEL_ALONE.match(text):
        return Sentence("This is a label, not a name.")
    if cues.starts("demand").match(text) and not HONORIFIC.match(text) and (is_prose(text) or len(text.split()) > 4):
        return Sentence("This asks for something: it is a demand, not a name.")
    if len(text.split()) > _MOST_WORDS or is_prose(text):
        return Sentence("This is a sentence, not a name.")
    if _SENDER.search(text) and not HONORIFIC.match(text):
        return Sentence("This seems to be who sends the bulletin, not a person.")
    if re.search("[,،]", _AFTER_A_NAME.sub(" ", text)):
        return Sentence("A name and something else stand in one line.")
    cue = cue_of(text)
    if (cue is not None and cue.heads) or text.startswith("("):
        return Sentence("This is the name of a section, not of a person.")
    if cues.closing().match(text):
        return Sentence("These are the words of a letter.")
    if is_capitals(text) and len(text.split()) > _MOST_WORDS // 2 - 1:
        return Sentence("This is a heading.")
    if is_office_alone(HONORIFIC.sub("", text, count=1)) or country(text) or names_street(text):
        return Sentence("This is an office or a place, not a name.")
    if len(text.split()) == 1 or re.fullmatch(r"(?:mr|mrs|ms|dr|prof)\.?\s+\S+", text, re.I):
        return Sentence("It is not said who this is.")
    return None


def why_no_subject(  # noqa: PLR0911 - guards, read from the top
    text: str, officials: frozenset[str], *, labelled: bool = False
) -> str | None:
    """Why a text cannot be the name of somebody at risk, if it cannot.

    `officials` are those who are written to; `labelled` says that the bulletin itself calls this the name.
    """
    if "@" in text or "://" in text or "www." in text:
        return Sentence("This is an address, not a name.")
    if ":" in text or _LABEL_ALONE.match(text.partition(" ")[0]):
        return Sentence("This is a label, not a name.")
    if cues.closing().match(text) or cues.greeting().match(text):
        return Sentence("These are the words of a letter.")
    if is_prose(text) or len(text.split()) > _MOST_WORDS or text.endswith("."):
        return Sentence("This is a sentence, not a name.")
    if _UNFINISHED.search(text) or not re.search(r"[^\W\d_]{2}", text):
        return Sentence("This is a piece of a line.")
    if _is_heading(text):
        return Sentence("This is a heading.")
    shouted = is_capitals(text) and len(text.split()) > _MOST_WORDS // 2 - 2
    headed = shouted or "/" in text or _SENDER.search(text) or _CASE.match(text)
    if not labelled and not _SEVERAL.search(text) and (headed or is_headline(text)):
        return Sentence("This is a heading.")
    told = [word for word in text.split() if word.casefold() not in SMALL]
    if told and told[0][0].islower() and (any(word[0].isupper() for word in told) or not _SEVERAL.search(text)):
        return Sentence("A name and something else stand in one line.")
    if text in officials or names_street(text) or is_office_alone(text):
        return Sentence("This is somebody's name or office.")
    return None


def why_no_office(  # noqa: PLR0911 - guards, read from the top
    text: str, *, named: bool = False
) -> str | None:
    """Why a text cannot be an office, if it cannot; `named` if the official's name stands beside it."""
    if "@" in text or "://" in text:
        return Sentence("This is an address, not an office.")
    if is_prose(text) and kind_of(text) is Kind.ADDRESS:
        return Sentence("This is a sentence, not an office.")
    if cues.starts("demand").match(text) and is_prose(text):
        return Sentence("This asks for something: it is a demand, not an office.")
    if cues.greeting().match(text) and not HONORIFIC.match(text):
        return Sentence("This is how a letter begins, not an office.")
    if _AT_RISK.search(text) or _begins_with_country(text):
        return Sentence("This says who is at risk.")
    if (state := _STATE.match(text)) and country(state["place"]):
        return Sentence("This is an office or a place, not a name.")
    if (
        _UNFINISHED.search(text)
        or text.startswith("[")
        or _is_heading(text)
        or _ADDRESSED.fullmatch(text)
        or (MISSION.search(text) and _REPUBLIC.search(text))
    ):
        return Sentence("This is a piece of a line.")
    if re.search(r"\s(?:mr|mrs|ms|dr|h\.e)\.?\s", text, re.I):
        return Sentence("An office and somebody's name stand in one line.")
    first, *others = re.split(r",\s+|:\s+", text)
    if any(_WHERE.search(it) or HONORIFIC.match(it) for it in others):
        return Sentence("An office, a name and an address stand in one line.")
    if (named or is_office_alone(first)) and any(kind_of(it) is Kind.PERSON and len(it.split()) > 1 for it in others):
        return Sentence("An office and somebody's name stand in one line.")
    return None


def why_not_alone(official: Official) -> str | None:
    """Why an official read out of one run of words may hold another one's words, if it may."""
    office, name = official.office or "", HONORIFIC.sub("", official.name or "", count=1)
    mixed = any(
        re.search(r"\S\s+(?:mr|mrs|ms|dr|h\.e|his|her|major)\b", it, re.I) for it in (office, *official.address)
    )
    mixed = mixed or len((official.salutation or "").split()) > _MOST_WORDS
    many = any(len(entries) > 1 or any("/" in it for it in entries) for entries in official.channels.values())
    long = len(name.split()) > _MOST_WORDS // 2 - 1 or (len(office.split()) > 3 and not is_office_alone(office))
    if mixed or many or long or len(official.email) > 1 or not official.name:
        return Sentence("An office, a name and an address stand in one line.")
    return None


def _begins_with_country(text: str) -> bool:
    """Whether a text is a headline of a case sheet: the country in capitals, then who is at risk."""
    found = country_before(text)
    return bool(found) and is_capitals(text[: found[1]]) and not is_capitals(text) if found else False


def why_no_place(text: str) -> str | None:  # noqa: PLR0911 - guards, read from the top
    """Why a text cannot be a line of an official's address, if it cannot."""
    if "@" in text or "://" in text:
        return Sentence("This is an address to write mail to, not a place.")
    if _AT_RISK.search(text) or _begins_with_country(text):
        return Sentence("This says who is at risk.")
    if cues.closing().match(text) or (text[:1].islower() and text.endswith(".")):
        return Sentence("This is a piece of a line.")
    if (
        (HONORIFIC.match(text) and len(text.split()) > _MOST_WORDS // 2 + 1)
        or _is_titled_name(text)
        or _LABEL_AT_END.search(text)
    ):
        return Sentence("An office, a name and an address stand in one line.")
    cue = cue_of(text)
    headed = cue is not None and cue.heads
    if _LABELLED.match(text) or headed or NUMBER.search(text) or INDEX.search(text) or _CASE.match(text):
        return Sentence("This has a label of its own.")
    number = re.fullmatch(r"\+?[\d\s().-]+", text) and sum(map(str.isdigit, text)) > 7  # a postcode has no more
    if dates.find(text) or number or HONORIFIC.fullmatch(text):
        return Sentence("This is a piece of a line.")
    return None


def why_no_salutation(text: str) -> str | None:
    """Why a text cannot be how a letter to somebody begins, if it cannot."""
    more = re.search(r"\b(?:cop(?:y|ies)|kopien?|copies?|copias?|please|fax|e-?mail|telephone|address)\b", text, re.I)
    if more or "@" in text or re.search(r"\d", text) or len(text.split()) > 2 * _MOST_WORDS:
        return Sentence("This holds more than one thing.")
    if _UNFINISHED.search(text):
        return Sentence("This is a piece of a line.")
    return None


def why_no_place_alone(text: str) -> str | None:
    """Why a line of an address may hold the name that is missing above it, if it may."""
    found = re.match(r"(?P<before>[^,]*\S)\s+(?:ministry|embassy|office|department|court)\s+(?:of|for)\b", text, re.I)
    if found and not _RANKS.fullmatch(found["before"]):
        return Sentence("An office, a name and an address stand in one line.")
    return None


def why_nobody(official: Official) -> str | None:
    """Why an entry names nobody to write to, if it does not."""
    reached = official.fax or official.phone or official.email or official.x or official.web_form
    if not official.name and not official.office:
        return Sentence("An address without a name or an office.")
    if not official.name and not official.address and not reached and is_capitals(official.office or ""):
        return Sentence("A heading, and nothing that says where to write.")
    shouted = any(len(word) > 3 and word.isupper() for word in (official.name or "").split())
    placed = official.address and not shouted  # in capitals stands a headline, or who the bulletin is about
    if official.name and not official.office and not reached and not official.salutation and not placed:
        return Sentence("A name without an office or an address.")
    told = HONORIFIC.match(official.name or "") or official.office or len(official.address) > 1
    if not told and all(map(country, official.address)):
        return Sentence("It is not said who this is.")
    return None
