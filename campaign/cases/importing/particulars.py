"""The short announced parts: languages, deadline, subjects, the previous action, and what is demanded."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

from babel import Locale

from campaign.cases.importing import dates
from campaign.cases.importing.bulletin import Previous, Subject
from campaign.cases.importing.heading import INDEX, read_reference
from campaign.cases.importing.ledger import Ledger
from campaign.cases.importing.lines import BULLET, URL, plain, web_addresses

_GERUND_NEXT = (
    r"(?:[A-Za-z]{3,}(?<!dur)ing\b|(?:Urge|Call on|Ask|Demand|Request|Express|Remind|Insist|Press|Seek|Welcome)\s)"
)
_ALSO_SPOKEN = {
    "Farsi",
    "Mandarin",
    "Cantonese",
    "Tagalog",
    "Castilian",
    "Myanmar",
    "Bahasa",
    "Kinyarwanda",
    "Sorani",
    "Kurmanji",
}
_IN = re.compile(r"\b(?:in|either|en|auf|em)\s+(?=[^\W\d_])", re.I)
_BETWEEN = {
    "or",
    "and",
    "in",
    "either",
    "o",
    "y",
    "ou",
    "et",
    "en",
    "oder",
    "und",
    "auf",
    "gutem",
    "e",
    "em",
    "of",
    "good",
    "het",
}
_BETWEEN |= {"preferably", "correct", "ou", "the"}
_OWN = re.compile(
    r"(?:you\s+(?:can|may)\s+also\s+write\s+in\s+)?(?:either\s+)?(?:,\s*)?(?:\b(?:or|and|in)\s+){0,2}(?:in\s+)?your\s+own(?:\s+languages?)?\b\.?",
    re.I,
)
_AFTER = re.compile(
    r"(?:(?:please\s+)?(?:check\s+with|contact)|consulten?\s+con|v[eé]rifiez)\b(?=[^\n]{0,300}\b(?:after|deadline|despu[eé]s|apr[eè]s)\b)(?:[^.]|\.(?!\s|$)){0,400}\b(?:after|deadline|despu[eé]s|apr[eè]s)\b(?:[^.]|\.(?!\s|$)){0,200}(?:\.|$)",
    re.I,
)
_DEADLINE_WORDS = re.compile(
    r"(?:please\s+)?appeals?\s+(?:(?:should|to|must)\s+)?be\s+sent|please\s+(?:take\s+action|send\s+(?:your\s+)?(?:appeals?|letters?))(?:\s+as[\s-]+soon[\s-]+as[\s-]+possible)?(?:\s+immediately)?"
    r"(?:\s+(?:before|until|by))?|this\s+(?:urgent\s+)?action\s+(?:is\s+valid\s+until|expires(?:\s+on)?|ends(?:\s+on)?|closes(?:\s+on)?)"
    r"|\b(?:valid\s+)?(?:before|until|by|on)\b|\bto\s*:?\s*$|as[\s-]+soon[\s-]+as[\s-]+possible",
    re.I,
)
_UPDATE = re.compile(
    r"this\s+is\s+the\s+[\w-]{1,20}\s+update\s+(?:of|to|on)\s+(?:UA|EXTRA)?\s*:?\s*(?:\d{1,4}/\d{2,4})?\.?", re.I
)
_NONE = re.compile(r"^\W*(?:n\s?/\s?a|none|not\s+applicable|-+)\W*$", re.I)
_PREAMBLE = re.compile(r"\b(?:telegram|telex|fax|airmail|letter|appeal|write|tweet|e-?mail)", re.I)


@dataclass(frozen=True)
class Deadline:
    """The last day for appeals, and what is said of later ones."""

    day: date | None = None
    after: str | None = None


def read_languages(text: str, ledger: Ledger) -> tuple[str, ...]:
    """English names of the languages `text` lists, each once; "or your own language" is no language."""
    ledger.label(" ".join(_OWN.findall(text)))
    rest = _OWN.sub(" ", text)
    printed = [word for word in re.findall(r"[^\W\d_]+", rest) if word.casefold() in _spoken_in()]
    found = list(dict.fromkeys(_spoken_in()[word.casefold()] for word in printed))
    for name in printed:
        if name.capitalize() not in found:
            ledger.reading(name)
        rest = re.sub(rf"\b{name}\b", " ", rest, flags=re.I)
    rest = re.sub(r"\b(?:in|or|and|either|preferably)\b", lambda match: _label(match, ledger), rest, flags=re.I)
    if re.search(r"\w", rest):
        ledger.leave(text)
    return tuple(found)


def only_own_language(line: str) -> bool:
    """Whether a line says no more than that one may write in one's own language."""
    return not re.search(r"\w", _OWN.sub(" ", line))


def languages_within(text: str) -> tuple[str, ...]:
    """The languages named after "in" in an instruction: "Please write in Spanish, English or your own language:"."""
    for lead in _IN.finditer(text[:600]):
        named: list[str] = []
        for word in re.findall(r"[^\W\d_]+", text[lead.end() : lead.end() + 120]):
            english = _spoken_in().get(word.casefold())
            if english and (word[0].isupper() or lead.group().strip().casefold() in ("en", "em", "بالـ")):
                named.append(english)
            elif word.casefold() not in _BETWEEN:
                break
        if named:
            return tuple(dict.fromkeys(named))
    return ()


def read_deadline(text: str, issued: date | None, ledger: Ledger, *, month_first: bool = False) -> Deadline:
    """The day in `text`, wherever it stands, and the advice for later appeals; what says neither is left over.

    A day printed without a year is the first such day after the action was `issued`.
    """
    if step := BULLET.match(text):
        ledger.label(step.group())
        text = text[step.end() :]
    after = _AFTER.search(text)
    before = text[: after.start()] + " " + text[after.end() :] if after else text
    found = _find(before, issued, month_first)
    if found:
        ledger.reading(before[found.start : found.end])
        before = before[: found.start] + " " + before[found.end :]
    day = found.day if found else None
    if day is None and after and (found := _find(after.group(), issued, month_first)):
        day = found.day
    before = _DEADLINE_WORDS.sub(lambda match: _label(match, ledger), before)
    for sentence in re.split(r"(?<=[.!?])\s+", before):
        if re.search(r"\w", sentence):
            ledger.leave(sentence.strip(" .:,"))
    return Deadline(day, plain(after.group()) if after else None)


def _find(text: str, issued: date | None, month_first: bool) -> dates.Found | None:
    found = dates.find(text, month_first=month_first)
    if found is None and issued and (found := dates.find(text, issued.year)) and found.day < issued:
        found = dates.find(text, issued.year + 1) or found
    return found


def read_subjects(text: str, genders: str | None, ledger: Ledger) -> list[Subject]:
    """Names with the pronoun each has in parentheses, or with the one gender given for all."""
    bare = plain(text).strip(" .")
    if _NONE.match(bare) or not bare:
        ledger.label(text)
        return []
    subjects: list[Subject] = []
    start = 0
    for match in re.finditer(r"\(([^()]{1,60})\)", bare):
        names = _names(bare[start : match.start()])
        subjects += [Subject(name) for name in names[:-1]]
        subjects += [Subject(names[-1], match[1].strip())] if names else []
        start = match.end()
    rest = bare[start:].strip(" ,;.")
    if dashed := re.fullmatch(r"(.{2,80}?)\s+[–-]\s+(\w+(?:/\w+)+)", rest):
        subjects.append(Subject(dashed[1], dashed[2]))
    else:
        subjects += [Subject(name) for name in _names(rest)]
    if genders:
        subjects = _with_gender(subjects, genders, ledger)
    return subjects


def read_previous(text: str, ledger: Ledger) -> Previous:
    """The earlier action's address and reference; what else stands there is left over."""
    urls = web_addresses(text)
    url = urls[0] if urls else None
    reference = read_reference(text) or (read_reference(url) if url else None)
    rest = URL.sub(" ", plain(text))
    for pattern in (
        INDEX,
        _UPDATE,
        re.compile(r"further\s+information\s*:?|\bindex\s*:|^\W*(?:n\s?/\s?a|none)\W*$", re.I),
    ):
        for match in pattern.finditer(rest):
            ledger.reading(match.group())
        rest = pattern.sub(" ", rest)
    if re.search(r"\w\w", rest):
        ledger.leave(rest)
    return Previous(url, reference)


def read_demands(lines: list[str], ledger: Ledger) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is demanded, one entry a bullet or gerund, and the languages the instruction before it names."""
    demands: list[str] = []
    languages: tuple[str, ...] = ()
    held = ""  # the comma that a line ended with, where the next one goes on
    for line in filter(None, map(plain, lines)):
        lead, items = _items(line, bool(demands))
        if lead:
            languages = languages or languages_within(lead)
            spoken = re.compile(rf"\b(?:{'|'.join(languages)})\b", re.I) if languages else re.compile(r"(?!)")
            ledger.label(spoken.sub("", lead))
        for item in items:
            bullet = BULLET.match(item)
            asked = item[bullet.end() :] if bullet else item
            ledger.label(bullet.group() if bullet else None)
            ended = re.search(r"\s*[;,.]?\s*(?:[;,]\s*(?:and)?)?\s*$", asked)
            if ended and "and" in ended.group():
                ledger.label("and")
            demand = asked[: ended.start()] if ended else asked
            if demands and not bullet and demand[:1].islower() and not re.match(_GERUND_NEXT, demand):
                demands[-1] = f"{demands[-1]}{held} {demand}"
            elif demand:
                demands.append(demand)
            held = "," if ended and ended.group().strip() == "," else ""
    return tuple(demands), languages


def _items(line: str, begun: bool) -> tuple[str, list[str]]:
    """The instruction that a line begins with, if any, and the demands in it."""
    lead = ""
    if not begun and line.endswith(":"):
        return line, []
    if not begun and not BULLET.match(line) and not re.match(_GERUND_NEXT, line):
        label = re.match(r"[^:]{0,60}\bactions?\b[^:]{0,30}:\s*", line, re.I)
        first = re.search(rf":\s+(?={_GERUND_NEXT})|\s(?=[•▪-]\s)", line)
        instructs = line.endswith(":") or _PREAMBLE.search(line) or not label
        cut = first.end() if first else len(line) if instructs or label is None else label.end()
        lead, line = line[:cut].strip(), line[cut:].strip()
    parts = re.split(rf"(?<=[;.])(?<!\d\.)\s+(?:and\s+)?(?=[-–•n]?\s?{_GERUND_NEXT})|\s+(?=[•▪]\s)", line)
    return lead, [part.strip() for part in parts if part.strip()]


def _names(text: str) -> list[str]:
    told = re.split(r"\s*[,;]\s*(?:and\s+)?|\s+(?:and|&)\s+", text.strip(" ,;"))
    return [name.strip(" .") for name in told if name.strip(" .") and name.strip().casefold() not in {"and", "&"}]


def _with_gender(subjects: list[Subject], genders: str, ledger: Ledger) -> list[Subject]:
    bare = plain(genders).strip(" .")
    if each := re.findall(r"\b([mf])\b\s*\(([^()]{1,200})\)", bare):
        ledger.reading(bare)
        told = {part: gender for gender, names in each for part in names.casefold().split()}
        given = [next((told[part] for part in one.name.casefold().split() if part in told), None) for one in subjects]
        return [Subject(one.name, one.pronoun or gender) for one, gender in zip(subjects, given, strict=True)]
    one = re.fullmatch(r"(?:all\s+|both\s+)?(m|f|male|female|men|women)", bare, re.I)
    if not one:
        ledger.leave(f"Gender: {bare}")
        return subjects
    if bare != one[1] or not subjects:
        ledger.label(bare)
    return [Subject(subject.name, subject.pronoun or one[1]) for subject in subjects]


def _label(match: re.Match[str], ledger: Ledger) -> str:
    ledger.label(match.group())
    return " "


@cache
def _spoken() -> frozenset[str]:
    """English names of languages, one word each."""
    return frozenset(name for name in Locale("en").languages.values() if name.isalpha()) | _ALSO_SPOKEN


@cache
def _spoken_in() -> dict[str, str]:
    """Names of languages in the languages there are cues for, folded, and what English calls each."""
    english = Locale("en").languages
    names = {name.casefold(): name for name in _spoken()}
    for locale in ("es", "fr", "de", "nl", "pt"):
        for code, name in Locale(locale).languages.items():
            if name.isalpha() and len(name) > 3 and code in english and english[code].isalpha():
                names.setdefault(name.casefold(), english[code])
    return names
