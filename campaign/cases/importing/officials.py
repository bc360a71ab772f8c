"""Officials from the lines that name them: who, in what office, where, and how to reach them.

Blocks may be parted by gaps, by numbers, by contacts that end one, or by nothing at all; a block may be one line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from campaign.cases.importing import dates
from campaign.cases.importing.bulletin import Official
from campaign.cases.importing.contacts import Contact, break_up, greeting_in, names_contact, read_contact
from campaign.cases.importing.ledger import Ledger
from campaign.cases.importing.lines import BULLET, is_capitals, is_prose, plain
from campaign.cases.importing.places import country, country_after
from campaign.cases.importing.running import part_running_text
from campaign.cases.importing.titles import (
    Kind,
    begins_official,
    ends_in_salutation,
    kind_of,
    part_office_and_name,
)
from campaign.channels import KEYS
from campaign.vocabulary import RecipientRole

_DIPLOMATS = re.compile(
    r"(?:and\s+)?(?:to\s+)?(?:the\s+)?diplomatic\s+(?:represent|mission)\w*[^.:]{0,140}(?:\bcountr(?:y|ies)\b\.?|$)",
    re.I,
)
_TEMPLATE = re.compile(
    r"(?:please\s+)?insert\s+local\s+diplomatic\s+addresses\s+below\s*:?"
    r"|name\s+address\s+1\s+address\s+2\s+address\s+3\s+fax\s+fax\s+number\s+email\s+email\s+address\s+salutation\s+salutation",
    re.I,
)
_COPIES_WITHIN = re.compile(r"^(?:and\s+)?cop(?:y|ies)\s+to\s*:?\s*$|^cc\s*:\s*", re.I)
_CROWDED = 100  # characters from which a line may hold name, office and address
_NUMBERED = re.compile(r"^\(?\d{1,2}[.)]\s*")


@dataclass
class _Block:
    """What is gathered of one official."""

    role: RecipientRole
    told: list[str] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    greeted: str | None = None  # a salutation at the end of the name's line: what follows is still the address

    @property
    def placed(self) -> bool:
        """Whether the address has come to its end: a country closes it."""
        return (
            len(self.told) > 1
            and country_after(self.told[-1]) is not None
            and kind_of(self.told[-1])
            not in (
                Kind.OFFICE,
                Kind.INSTITUTION,
            )
        )

    def has(self, name: str) -> bool:
        return any(contact.field == name for contact in self.contacts)


def read_officials(lines: list[str], role: RecipientRole, ledger: Ledger) -> list[Official]:
    """The officials that `lines` name, in order, each with `role` (or `copy`, after a line that says so)."""
    blocks: list[_Block] = []
    gap = True
    for told in _lines(lines, ledger):
        line = told
        if not line:
            gap = True
            continue
        if copies := _COPIES_WITHIN.match(line):
            ledger.label(copies.group())
            role, gap = RecipientRole.COPY, True
            blocks.append(_Block(role))
            line = line[copies.end() :]
        numbered = bool(_NUMBERED.match(line))
        bullet = BULLET.match(line)
        text = line[bullet.end() :] if bullet else line
        ledger.label(bullet.group() if bullet else None)
        for place, piece in enumerate(break_up(text, ledger)):
            contacts = read_contact(piece, ledger)
            first = place == 0
            if contacts is None:
                _tell(piece, blocks, role, ledger, gap=gap and first, begins=numbered and first, item=bool(bullet))
            else:
                _add_contacts(contacts, blocks, role)
        gap = False
    read = [_official(block, ledger) for block in blocks]
    return [official for official in read if official]


def _lines(lines: list[str], ledger: Ledger) -> list[str]:
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
        else:
            kept.append(shown)
    return kept


def _label(match: re.Match[str], ledger: Ledger) -> str:
    ledger.label(match.group())
    return ""


def _tell(
    piece: str, blocks: list[_Block], role: RecipientRole, ledger: Ledger, *, gap: bool, begins: bool, item: bool
) -> None:
    """Put a line that is no contact where it belongs: the block at hand, or one of its own."""
    text = piece.strip(" ;")
    block = blocks[-1] if blocks else None
    if re.fullmatch(r"\(.{1,120}\)\.?|(?:and|or|to)\b:?", text, re.I):
        (ledger.leave if text.startswith("(") else ledger.label)(text)
        return
    if block is None or _begins(text, block, gap=gap, begins=begins, item=item):
        block = _Block(role)
        blocks.append(block)
    name, salutation = ends_in_salutation(text)
    block.told.append(name)
    block.greeted = block.greeted or salutation


def _begins(text: str, block: _Block, *, gap: bool, begins: bool, item: bool) -> bool:
    """Whether a line starts another official."""
    if not block.told:
        return bool(block.contacts)
    kind = kind_of(text)
    ended = bool(block.contacts)
    if begins:
        return True
    if ended and kind in (Kind.PERSON, Kind.OFFICE, Kind.INSTITUTION):
        return True
    if ended:  # a late line of the address, unless the block has one already
        return bool(gap or item) or (len(block.told) > 2 and country(text) is None)
    if block.placed:
        return gap or kind in (Kind.PERSON, Kind.OFFICE)
    return (gap or item) and len(block.told) > 2 and kind is not Kind.ADDRESS


def _add_contacts(contacts: list[Contact], blocks: list[_Block], role: RecipientRole) -> None:
    for contact in contacts:
        if not blocks:
            blocks.append(_Block(role))
        block = blocks[-1]
        running = greeting_in(contact.values[0]) if contact.field == "salutation" else None
        value = contact.values[0]
        if running and (value[:running].rstrip().endswith("/") or not begins_official(value[running:].strip())):
            running = None
        if contact.field == "address":
            block.told.extend(contact.values)
        elif running:  # the next official follows on the same line
            block.contacts.append(Contact("salutation", (contact.values[0][:running].strip(),)))
            blocks.append(_Block(role, [contact.values[0][running:].strip()]))
        else:
            block.contacts.append(contact)


def _official(block: _Block, ledger: Ledger) -> Official | None:
    told = [line for line in (plain(line).strip(" ,;:") for line in block.told) if line]
    if not told or (not block.contacts and dates.find(" ".join(told))):
        for text in [*told, *(" ".join(contact.values) for contact in block.contacts)]:
            ledger.leave(text)  # a contact that is nobody's, or a place and a date
        return None
    if not block.contacts and len(told) == 1 and kind_of(told[0]) is not Kind.INSTITUTION and "," not in told[0]:
        ledger.leave(told[0])  # a lone line is a heading or a leftover, not somebody to write to
        return None
    name, office, address = _sort_out(told)
    values = {contact.field: "" for contact in block.contacts}
    for key in values:
        given = [value for contact in block.contacts if contact.field == key for value in contact.values]
        values[key] = " / ".join(dict.fromkeys(given))
    salutations = [block.greeted or "", values.get("salutation", "")]
    emails = tuple(dict.fromkeys(v for contact in block.contacts if contact.field == "email" for v in contact.values))
    return Official(
        name=name,
        office=office,
        address=tuple(address),
        email=emails,
        channels={key: of_channel for key in KEYS if (of_channel := _entries_of(block.contacts, key))},
        salutation=" / ".join(filter(None, dict.fromkeys(salutations))) or None,
        role=block.role,
    )


def _entries_of(contacts: Sequence[Contact], key: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for contact in contacts if contact.field == key for value in contact.values))


def _sort_out(told: list[str]) -> tuple[str | None, str | None, list[str]]:
    """Name, office and address among the lines of one official."""
    told = _join_broken(told)
    if told and (len(told) == 1 or len(told[0]) > _CROWDED):
        told = part_running_text(told[0]) + told[1:]
    elif told and (parted := part_office_and_name(told[0], alone=False)):
        told = [*parted, *told[1:]]
    name = office = None
    address: list[str] = []
    for at, line in enumerate(told):
        kind = kind_of(line)
        if at < 3 and not address and kind is Kind.PERSON and name is None:
            name = line
        elif at < 3 and not address and kind is Kind.OFFICE and office is None:
            office = line
        else:
            address.append(line.rstrip(".") if country_after(line) else line)
    if (name is None) != (office is None) and (parted := part_office_and_name(name or office or "", alone=True)):
        office, name = parted
    if office is None and address and kind_of(address[0]) is Kind.INSTITUTION:
        office = address.pop(0)
    if name is None and office is None and address:
        name = address.pop(0)
    return name, office, address


def _join_broken(told: list[str]) -> list[str]:
    """Lines that only go on ("and International Cooperation", "Dr" under "His Excellency") join the one before."""
    joined: list[str] = []
    for line in told:
        goes_on = re.match(r"(?:and|of|for|for\s+the|&)\s", line)
        waits = joined and re.fullmatch(
            r"(?:(?:his|her|su|son)\s+(?:excellency|majesty|honou?r|excelencia|excellence)|the\s+(?:right\s+)?hono(?:u)?rable"
            r"|h\.?\s?e\.?|mr|mrs|ms|dr|señora?|sr|sra)\.?",
            joined[-1],
            re.I,
        )
        waits = waits or (joined and re.search(r"\b(?:for|of|and|the|de|du|for\s+the)$", joined[-1]))
        if joined and len(joined) < 3 and (goes_on or waits) and not (is_capitals(line) and country(line)):
            joined[-1] = f"{joined[-1]} {line}"
        else:
            joined.append(line)
    return joined
