"""Lines that name officials, cut into pieces before anything is said of who is who."""

from __future__ import annotations

import re
from dataclasses import dataclass

from campaign.cases.importing import cues
from campaign.cases.importing.contacts import Contact, break_up, greeting_in, names_contact, read_contact
from campaign.cases.importing.ledger import Ledger
from campaign.cases.importing.lines import BULLET, is_capitals, is_prose, plain
from campaign.cases.importing.places import country
from campaign.cases.importing.running import trailing_number
from campaign.cases.importing.titles import HONORIFIC, Kind, begins_official, ends_in_salutation, kind_of

_DIPLOMATS = re.compile(
    r"(?:and\s+)?(?:to\s+)?(?:the\s+)?diplomatic\s+(?:represent|mission)\w*[^.:]{0,140}(?:\bcountr(?:y|ies)\b\.?|$)",
    re.I,
)
_TEMPLATE = re.compile(
    r"(?:please\s+)?insert\s+local\s+diplomatic\s+addresses\s+below\s*:?"
    r"|name\s+address\s+1\s+address\s+2\s+address\s+3\s+fax\s+fax\s+number\s+email\s+email\s+address\s+salutation\s+salutation",
    re.I,
)
_JOINT = re.compile(r"^(?:and|y|et|und|en|e)\s+(?=[^\W\d_]{1,12}\.?\s)", re.I)
_NUMBERED = re.compile(r"^\(?\d{1,2}[.)]\s*")


@dataclass
class Piece:
    """A line, or the part of one that a contact or a salutation parts off."""

    text: str
    contacts: list[Contact] | None
    gap: bool = False
    numbered: bool = False
    joint: bool = False
    greeted: str | None = None


def that_name_officials(lines: list[str], ledger: Ledger) -> list[str]:
    """The lines without formulas, advice and templates that stand among addresses."""
    kept = []
    for line in lines:
        shown = _TEMPLATE.sub(lambda match: _label(match, ledger), line)
        if formula := _DIPLOMATS.search(shown):
            named = formula.group()
            lead = shown[: formula.start()] if len(shown[: formula.start()].split()) < 7 else ""
            (ledger.leave if re.search(r"\bof\b|\brespective\b", named) else ledger.label)(lead + named)
            shown = (shown[len(lead) : formula.start()] + shown[formula.end() :]).strip(" .:;")
        if not plain(shown) and line:
            continue
        if is_prose(plain(shown)) and not names_contact(shown) and len(plain(shown)) > 60:
            ledger.leave(shown)  # an instruction among the addresses
        elif cues.starts("advice").match(plain(shown)):
            ledger.leave(shown)
        else:
            kept.append(shown)
    return kept


def _label(match: re.Match[str], ledger: Ledger) -> str:
    ledger.label(match.group())
    return ""


def pieces_of(lines: list[str], ledger: Ledger) -> list[Piece]:
    """The pieces of lines that name officials, in order; what only goes on has joined the one before."""
    pieces: list[Piece] = []
    gap = False
    for line in lines:
        if not line:
            gap = True
            continue
        numbered = bool(_NUMBERED.match(line))
        bullet = BULLET.match(line)
        text = line[bullet.end() :] if bullet else line
        ledger.label(bullet.group() if bullet else None)
        if held := re.fullmatch(r"[(\[](.{4,200})[)\]]\.?", text):
            text = held[1] if names_contact(held[1]) else text
        for place, part in enumerate(break_up(text, ledger)):
            contacts = read_contact(part, ledger)
            first = place == 0
            if contacts is None:
                pieces += _told(part, gap=gap and first, begins=(numbered or bool(bullet)) and first, ledger=ledger)
            else:
                pieces += _reached(contacts, gap=gap and first)
        gap = False
    return _join_broken(pieces)


def _told(part: str, *, gap: bool, begins: bool, ledger: Ledger) -> list[Piece]:
    """A part that is no contact: a line of the block, with the salutation at its end and a bare number parted off."""
    text = part.strip(" ;")
    if re.fullmatch(r"\(.{1,120}\)\.?|(?:and|or|to)\b:?", text, re.I):
        (ledger.leave if text.startswith("(") else ledger.label)(text)
        return []
    joint = _JOINT.match(text)
    if joint and kind_of(text[joint.end() :]) is Kind.PERSON and HONORIFIC.match(text[joint.end() :]):
        ledger.label(joint.group())
        text = text[joint.end() :]
    else:
        joint = None
    text, greeted = ends_in_salutation(text)
    text, number = trailing_number(text)
    piece = Piece(plain(text).strip(" ,;:"), None, gap, begins, bool(joint), greeted)
    found = [piece] if piece.text else []
    return found + ([Piece("", [Contact("phone", (number,))])] if number else [])


def _reached(contacts: list[Contact], *, gap: bool) -> list[Piece]:
    """Contacts as a piece; where a salutation runs on into the next official, that one is a piece of its own."""
    pieces: list[Piece] = []
    kept: list[Contact] = []
    for contact in contacts:
        value = contact.values[0]
        running = greeting_in(value) if contact.field == "salutation" else None
        if running and (value[:running].rstrip().endswith("/") or not begins_official(value[running:].strip())):
            running = None
        if contact.field == "address":
            pieces.append(Piece(value, None, gap))
        elif running:
            kept.append(Contact("salutation", (value[:running].strip(),)))
            pieces += [Piece("", kept, gap), Piece(value[running:].strip(), None, gap=True, numbered=True)]
            kept = []
        else:
            kept.append(contact)
    if kept or not pieces:
        pieces.append(Piece("", kept, gap))
    return pieces


def _join_broken(pieces: list[Piece]) -> list[Piece]:
    """Lines that only go on ("and International Cooperation", "Dr" under "His Excellency") join the one before."""
    joined: list[Piece] = []
    since = 0  # lines since the last contact or gap
    for piece in pieces:
        if piece.contacts is not None:
            joined.append(piece)
            since = 0
            continue
        last = joined[-1] if joined and joined[-1].contacts is None and not piece.gap else None
        goes_on = re.match(r"(?:and|of|for|for\s+the|&)\s", piece.text) and not piece.joint
        waits = last and re.fullmatch(
            r"(?:(?:his|her|su|son)\s+(?:excellency|majesty|honou?r|excelencia|excellence)|the\s+(?:right\s+)?hono(?:u)?rable"
            r"|h\.?\s?e\.?|mr|mrs|ms|dr|señora?|sr|sra)\.?",
            last.text,
            re.I,
        )
        waits = waits or (last and re.search(r"\b(?:for|of|and|the|de|du|for\s+the)$", last.text))
        if last and since < 3 and (goes_on or waits) and not (is_capitals(piece.text) and country(piece.text)):
            last.text = f"{last.text} {piece.text}"
            last.greeted = last.greeted or piece.greeted
        else:
            joined.append(piece)
            since = 1 if piece.gap else since + 1
    return joined
