"""The lines by which an official is reached: fax, telephone, e-mail, X, web form, and how to address them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from campaign.cases.importing import cues
from campaign.cases.importing.ledger import Ledger
from campaign.cases.importing.lines import URL, is_prose, plain, web_addresses
from campaign.channels import BY_KEY, CHANNELS, Channel
from campaign.errors import Refused

EMAIL = re.compile(r"(?<![\w.+%'-])[\w.+%-]{1,64}@(?:[\w-]{1,63}\.){1,6}[a-zA-Z]{2,24}\b")
_NUMBER = re.compile(r"(?:\+\s?|\(\+)?\(?\d[\d\s().\-–/+]{4,40}\d(?:\s?(?:ext|x)\.?\s?\d{1,6})?(?!\w)")
_HANDLE = re.compile(r"(?<![\w.])@\w{2,30}\b(?!\.\w)")

# What each label is called: a channel's own words, with what cues know in all languages; `other` is kept as unplaced.
_FIELDS = ("fax", "phone", "email", "x", "web_form", "salutation", "address", "other")
_LABELS = {it.key: it.labels for it in CHANNELS}
for _name in _FIELDS:
    _key = "x_handle" if _name == "x" else _name
    _LABELS[_key] = "|".join(filter(None, (_LABELS.get(_key), *cues.patterns("channel", _name))))
# The first of two that could be meant wins: what is not a page of its own, then pages, then what no field holds.
_LABELS = dict(sorted(_LABELS.items(), key=lambda it: (it[0] == "other", it[0] == "web_form")))
_STATUS = re.compile(r"(?:twitter|(?<!\w)x)\.com/@?(\w{2,30})", re.I)
_PROTECTED = re.compile(r"\[email\s?protected\]", re.I)  # what a web page puts where an address was
_SHORT = {"fax": "F", "phone": "T|P", "email": "E"}  # one letter is a label with a colon only
_KIND = "|".join(f"(?P<{field}>{names})" for field, names in _LABELS.items())
_ANY_NAME = "|".join(_LABELS.values())
_PAIRED = rf"(?:\.?\s?(?:/|&|\band\b|\bor\b)\s?(?P<second>{_LABELS['fax']}|{_LABELS['phone']}|{_LABELS['email']}))?"
_NOTE = r"(?:\s?\((?P<note>[^()\n]{0,80})\))?"
_LABELLED = re.compile(
    rf"^(?:\W{{0,3}})(?:(?:by|or|and|via)\s+)?(?:(?:{_KIND}){_PAIRED}{_NOTE}\s?(?:[:=]|\.:|\.?\s?[–-]\s)"
    rf"|(?P<short>[TFEP])\s?:"
    rf"|(?P<bare>{_LABELS['fax']}|{_LABELS['phone']}|{_LABELS['email']})\.?\s{{1,3}}(?=\+?\(?\+?\d|[\w.-]+@))\s*",
    re.I,
)
# A label inside a line: a colon, or a number right behind it, tells it from a word.
_INSIDE = re.compile(
    rf"(?:^|(?<=[\s,;|(/·]))(?:(?:{_ANY_NAME}){_NOTE.replace('?P<note>', '?:')}\s?:"
    rf"|(?:fax(?:es)?|tel|phone|e-?mail)\.?\s{{1,3}}(?=\+?\(?\+?\d|[\w.-]{{1,64}}@)|(?<=[\s,;|(/·])[TFE]:\s)",
    re.I,
)
_LONGEST_LINE = 600  # characters of a line that may hold a whole official
_SEPARATORS = " ,;|/·–-("
_GREETED = re.compile(r"[,;]\s+((?:dear\b|your\s+(?:excellenc|majest|royal|high|hono)\w*)[\w\s./’'-]{0,60})$", re.I)
_FORMS = re.compile(
    r"(?:your\s+(?:royal\s+|imperial\s+)?(?:excellenc(?:y|ies)|majest(?:y|ies)|highness(?:es)?|hono(?:u)?r|eminence|holiness|grace)"
    r"|dear\s+(?:(?:mr|mrs|ms|sir|madam|dr|prof|hono(?:u)?rable|minister|president|prime|governor|ambassador|general"
    r"|attorney|chief|director|judge|justice|commissioner|secretary|prosecutor|chair\w*|chancellor|colonel|major|of|and|or"
    r"|your|excellency|highness|majesty|interior|foreign|affairs|state|the|inspector|senator|superintendent|premier"
    r"|procurator|king|friends?|vice|deputy)\b\.?(?:\s?/)?\s?){1,6})",
    re.I,
)


@dataclass(frozen=True)
class Contact:
    """One way to reach an official: `field` names the field of `Official`, or is `again`: a number without a label."""

    field: str
    values: tuple[str, ...]


def begins_with_contact(line: str) -> bool:
    """Whether a line starts with a label of fax, telephone, e-mail or salutation and a fitting value."""
    found = _LABELLED.match(line[:200])
    if found is None:
        return bool(_PROTECTED.match(line) or (EMAIL.match(line[:120]) and len(line.split()) < 6))
    value = line[found.end() : found.end() + 200]
    if found["x_handle"] or found["web_form"]:
        return bool(_HANDLE.search(value) or URL.search(value))
    return bool(found["fax"] or found["phone"] or found["email"] or found["salutation"] or found["bare"])


def names_contact(line: str) -> bool:
    """Whether a line that is no running text gives a contact, at its start or after a name."""
    if begins_with_contact(line):
        return True
    told = line[:_LONGEST_LINE]
    return not is_prose(told) and any(begins_with_contact(told[found.start() :]) for found in _INSIDE.finditer(told))


def break_up(line: str, ledger: Ledger) -> list[str]:
    """A line of several contacts as one line each: "Tel: 1 / Fax: 2, Email: a@b.example" is three."""
    starts = sorted({match.start() for match in _INSIDE.finditer(line)} | {0})
    pieces = [line[start:end] for start, end in zip(starts, [*starts[1:], len(line)], strict=True)]
    glued: list[str] = []
    for piece in pieces:  # "Tel/Fax: 1" is one label
        if glued and re.search(rf"^\W{{0,3}}(?:{_ANY_NAME})\s?(?:/|&|and)\s?$", glued[-1], re.I):
            glued[-1] += piece
        else:
            glued.append(piece)
    return [piece for piece in (_trim(part, ledger) for part in glued) if piece]


def read_contact(line: str, ledger: Ledger) -> list[Contact] | None:
    """The contacts a line gives, two where one number serves two ("Tel/Fax:"); None if it is no such line."""
    found = _LABELLED.match(line)
    if not found:
        return _unlabelled(line)
    field = next((name for name in _LABELS if found[name]), None) or _field_of(found["short"] or found["bare"])
    value = line[found.end() :].strip()
    if field == "other":
        ledger.leave(line)
        return []
    ledger.label(line[: found.end()])
    fields = [field, *([_field_of(found["second"])] if found["second"] else [])]
    if fields == ["email"] and not EMAIL.search(value) and URL.search(value):
        fields = ["web_form"]
    if "email" not in fields and EMAIL.search(value):  # "Fax: 555 0105 post@embassy.example"
        fields.append("email")
    found_here = [contact for name in fields if (contact := _contact(name, value, ledger if name == field else None))]
    if field in ("fax", "phone") and (greeting := _GREETED.search(value)):
        found_here.append(Contact("salutation", (plain(greeting[1]),)))
    return found_here


def _contact(field: str, value: str, ledger: Ledger | None) -> Contact | None:
    if field in ("salutation", "address"):
        return Contact(field, (plain(value).strip(" ,;:"),)) if value else None
    found: list[str] = []
    rest = value
    if field in ("fax", "phone"):
        found, rest = _take(_NUMBER, value)
        found = [re.sub(r"\+\s+(?=\d)", "+", number) for number in found]
        found = [" / ".join(found)] if found else []
        rest = EMAIL.sub(" ", rest)
    elif field == "email":
        found, rest = _take(EMAIL, value)
        forms = web_addresses(rest)
        if ledger and forms:
            rest = URL.sub("", rest)
    elif field == "x_handle":
        found, rest = _take(_HANDLE, value)
        found = found or [f"@{name}" for name in _STATUS.findall(value)]
        rest = URL.sub("", rest) if found else rest
    elif BY_KEY[field].network:
        found, rest = _accounts(BY_KEY[field], value)
    elif field == "web_form":
        found = web_addresses(value)
        rest = plain(value)
        for address in found:
            rest = rest.replace(address, "", 1)
    note = rest.strip(" ,;|/·–-.")
    if ledger and re.search(r"\w", note) and not _GREETED.search(f", {note}"):
        (ledger.label if re.fullmatch(r"(?:or|and|\W)+", note, re.I) else ledger.leave)(note)
    return Contact(field, tuple(found)) if found else None


def _accounts(channel: Channel, value: str) -> tuple[list[str], str]:
    """The accounts that a line names on a channel, by name or by the address of their page, and what is left."""
    parts = plain(URL.sub(" ", value)).split()
    accounts: dict[str, None] = {}
    left: list[str] = []
    for part in parts:
        # A bare word is an account if it is all that the line says; else an @ tells it from the words around.
        account = _account(channel, part) if "@" in part or len(parts) == 1 else None
        if account:
            accounts[account] = None
        else:
            left.append(part)
    for address in web_addresses(value):
        if account := _account(channel, address):
            accounts[account] = None
        else:
            left.append(address)
    return list(accounts), " ".join(left)


def _account(channel: Channel, written: str) -> str | None:
    try:
        return channel.check(written.strip("()<>[].,;"), None)
    except Refused:
        return None


def _on(channel: Channel, address: str) -> bool:
    host = urlsplit(address if "://" in address else f"https://{address}").hostname or ""
    return any(host == it or host.endswith(f".{it}") for it in channel.hosts)


def _unlabelled(line: str) -> list[Contact] | None:  # noqa: PLR0911 - one line, one kind of address
    """A line that is nothing but an address, a handle or a number needs no label."""
    bare = plain(line).strip("<>() ,;")
    if _PROTECTED.fullmatch(bare):
        return []
    if EMAIL.fullmatch(bare) or all(map(EMAIL.fullmatch, filter(None, re.split(r"[\s,;]+|\bor\b", bare)))):
        found = EMAIL.findall(bare)
        return [Contact("email", tuple(found))] if found else None
    if _HANDLE.fullmatch(bare):
        return [Contact("x_handle", (bare,))]
    if re.match(r"https?://|www\.", bare) and " " not in bare:
        for channel in CHANNELS:
            if channel.hosts and _on(channel, bare) and (accounts := _accounts(channel, bare)[0]):
                return [Contact(channel.key, tuple(accounts))]
        return [Contact("web_form", (bare,))]
    if again := re.fullmatch(rf"(?P<number>{_NUMBER.pattern})(?P<note>\s?\([^()]{{1,80}}\)?)?", bare):
        number = again["number"]
        long = sum(map(str.isdigit, number)) > 8 and re.search(r"[\s().+-]", number)
        if long:
            return [Contact("again", (" ".join(number.split()),))]
    if bare.startswith("+") and _NUMBER.fullmatch(bare):
        return [Contact("phone", (bare,))]
    return None


def greeting_in(text: str) -> int | None:
    """Where a running text leaves a fixed salutation it begins with ("Your Excellency Head of …"), if it does."""
    found = _FORMS.match(text)
    return found.end() if found and len(text) - found.end() > 3 else None


def _field_of(label: str) -> str:
    folded = label.casefold()
    for field, letters in _SHORT.items():
        if folded in letters.casefold().split("|"):
            return field
    return next(field for field, names in _LABELS.items() if re.fullmatch(names, folded))


def _take(pattern: re.Pattern[str], text: str) -> tuple[list[str], str]:
    return [" ".join(match.group().split()) for match in pattern.finditer(text)], pattern.sub(" ", text)


def _trim(piece: str, ledger: Ledger) -> str:
    piece = piece.strip().rstrip(_SEPARATORS)
    if joining := re.search(r"\s(?:I|l|or|and|via)$", piece):  # "I" is what is left of a vertical bar
        ledger.label(joining.group())
        piece = piece[: joining.start()]
    return piece.rstrip(_SEPARATORS)
