"""Officials from the lines that name them: who, in what office, where, and how to reach them.

Blocks may be parted by gaps, by numbers, by contacts that end one, or by nothing at all; a block may be one line. So
each piece is weighed as a name, an office, a place or a contact, and the run is decoded as a whole (`block` in
grammar.toml).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from campaign.cases.importing import dates
from campaign.cases.importing.bulletin import ModelLetter, Official
from campaign.cases.importing.contacts import Contact
from campaign.cases.importing.grammar import decode, grammar
from campaign.cases.importing.ledger import Ledger
from campaign.cases.importing.official_pieces import Piece, pieces_of, that_name_officials
from campaign.cases.importing.places import country, country_after
from campaign.cases.importing.running import part_running_text
from campaign.cases.importing.titles import HONORIFIC, Kind, kind_of, part_office_and_name, part_title
from campaign.channels import KEYS
from campaign.vocabulary import RecipientRole

_COPIES_WITHIN = re.compile(r"^(?:and\s+)?cop(?:y|ies)\s+to\s*:?\s*$|^cc\s*:\s*", re.I)
_FIRST = re.compile(r"^(?P<lead>[^,]{4,90}),\s")  # what a line of several says first: "Embassy of Chad, 12 Elm Road"
_CROWDED = 100  # characters from which a line may hold name, office and address


@dataclass
class _Block:
    """What is gathered of one official."""

    role: RecipientRole
    name: str | None = None
    office: str | None = None
    place: list[str] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    greeted: str | None = None
    joint: bool = False  # named together with the one before
    ended: bool = False  # whether what follows is of nobody
    reached: bool = False  # whether the address is over
    crowded: str | None = None  # the one line that holds all of it
    margin: float = 9.0

    @property
    def told(self) -> list[str]:
        return [text for text in (self.name, self.office, *self.place) if text]


def read_officials(lines: list[str], role: RecipientRole, ledger: Ledger, *, by_gaps: bool = False) -> list[Official]:
    """The officials that `lines` name, in order, each with `role` (or `copy`, after a line that says so).

    `by_gaps` says that no official goes on over a gap: the document was parted there.
    """
    read: list[Official] = []
    for kept, their_role in _by_role(that_name_officials(lines, ledger), role, ledger):
        pieces = pieces_of(kept, ledger)
        rules = grammar("block")
        marks = _marks(pieces)
        chosen = decode(marks, [False] * len(marks), rules)
        blocks = _blocks(pieces, [(one.role, one.margin) for one in chosen], their_role, ledger, by_gaps=by_gaps)
        read += [official for block in _shared(blocks) if (official := _official(block, ledger))]
    return read


def official_greeted(letter: ModelLetter) -> tuple[Official, ...]:
    """The official that the letter greets by office and name, where nothing else names one."""
    greeted = (letter.salutation or "").strip(" ,:;")
    bare = re.sub(r"^(?:dear|hon(?:ou?rable|\.)?|respected|the)\s+", "", greeted, flags=re.I)
    parted = part_title(bare)
    if not parted or not HONORIFIC.match(greeted):
        return ()
    return (Official(name=parted[1], office=parted[0], salutation=greeted),)


def without_repeats(officials: list[Official], ledger: Ledger) -> tuple[Official, ...]:
    """The officials, each once: a letter prints name and address again, with less said of them."""
    kept: list[Official] = []
    for official in officials:
        same = next((one for one in kept if _is_again(official, one)), None)
        if same is None:
            kept.append(official)
            continue
        for text in (official.name, official.office, *official.address, official.fax, official.phone, *official.email):
            if text:
                ledger.repeat(text)
        if official.salutation and not same.salutation:
            kept[kept.index(same)] = replace(same, salutation=official.salutation)
    return tuple(kept)


def _is_again(official: Official, before: Official) -> bool:
    if (official.name, official.office) != (before.name, before.office):
        return False
    texts = {text.casefold() for text in before.address} | set(before.email) | {before.fax, before.phone, before.x}
    new = [*(line.casefold() for line in official.address), *official.email, official.fax, official.phone, official.x]
    return all(text in texts for text in new if text)


def _by_role(lines: list[str], role: RecipientRole, ledger: Ledger) -> list[tuple[list[str], RecipientRole]]:
    runs: list[tuple[list[str], RecipientRole]] = [([], role)]
    for line in lines:
        if copies := _COPIES_WITHIN.match(line):
            ledger.label(copies.group())
            runs.append(([line[copies.end() :]], RecipientRole.COPY))
        else:
            runs[-1][0].append(line)
    return runs


def _marks(pieces: list[Piece]) -> list[dict[str, float]]:
    told = [piece for piece in pieces if piece.contacts is None]
    spaced = sum(piece.gap for piece in told) * 2 > len(told)  # a blank line between any two lines says nothing
    marks: list[dict[str, float]] = []
    before: Piece | None = None
    for piece in pieces:
        if piece.contacts is not None:
            marks.append({"contact": 1.0})
            before = piece
            continue
        text = piece.text
        first = _FIRST.match(text)
        lead = first["lead"] if first else text
        kind = kind_of(lead if first and _leads(lead) else text)
        titled = part_title(lead)
        count = len(text.split())
        borne = {
            "titled": 1.0 if titled else 0.0,
            "person": (0.3 if count == 1 else 1.0 if count < 5 else 0.7) if kind is Kind.PERSON else 0.0,
            "honorific": 1.0 if kind is Kind.PERSON and HONORIFIC.match(text) and not titled else 0.0,
            "office": 1.0 if kind is Kind.OFFICE and not titled else 0.0,
            "institution": 1.0 if kind is Kind.INSTITUTION else 0.0,
            "address": 1.0 if kind is Kind.ADDRESS and not country(text) else 0.0,
            "country_alone": 1.0 if country(text) else 0.0,
            "country_end": 1.0 if country_after(text) and kind not in (Kind.OFFICE, Kind.INSTITUTION) else 0.0,
            "digits": 1.0 if re.search(r"\d", text) else 0.0,
            "lower": 1.0 if text[:1].islower() and not HONORIFIC.match(text) else 0.0,
            "plain": 1.0,
            "gap": 1.0 if piece.gap and not spaced else 0.0,
            "numbered": 1.0 if piece.numbered else 0.9 if piece.joint else 0.0,
        }
        if before is None or before.contacts is not None:
            borne["first" if before is None else "after_contact"] = 1.0
        if before is not None and before.contacts is None and country_after(before.text):
            borne["after_country"] = 1.0 if kind_of(before.text) not in (Kind.OFFICE, Kind.INSTITUTION) else 0.0
        marks.append({name: value for name, value in borne.items() if value})
        before = piece
    return marks


def _leads(lead: str) -> bool:
    """Whether what stands before a line's first comma says what the line is: an office, or a person with a title."""
    kind = kind_of(lead)
    return kind in (Kind.OFFICE, Kind.INSTITUTION) or (kind is Kind.PERSON and HONORIFIC.match(lead) is not None)


def _blocks(  # noqa: PLR0912 - where each role's piece goes
    pieces: list[Piece], roles: list[tuple[str, float]], role: RecipientRole, ledger: Ledger, *, by_gaps: bool
) -> list[_Block]:
    blocks: list[_Block] = []
    for piece, (part, margin) in zip(pieces, roles, strict=True):
        if part in ("name", "office", "titled") or not blocks:
            blocks.append(_Block(role, joint=piece.joint, greeted=piece.greeted))
        block = blocks[-1]
        block.greeted = block.greeted or piece.greeted
        block.ended = block.ended or (by_gaps and piece.gap and bool(block.told or block.contacts))
        if piece.contacts is not None:
            for contact in piece.contacts:
                if block.ended:
                    ledger.leave(" / ".join(contact.values))
                    continue
                if contact.field != "again":
                    block.contacts.append(contact)
                elif (before := block.contacts[-1].field if block.contacts else "") in ("fax", "phone"):
                    block.contacts.append(Contact(before, contact.values))
                else:
                    ledger.leave(contact.values[0])  # a number, and nothing says of what
            continue
        if part != "place":
            block.margin = min(block.margin, margin)
        text = piece.text
        first = _FIRST.match(text) if part != "place" else None
        if first and part_title(first["lead"]):  # "Ambassador Ada Lum, Embassy of Chad"
            piece.text, after = first["lead"], text[first.end() :].strip()
        else:
            after = ""
        if part in ("titled", "their_name") and (parted := part_title(piece.text)):
            if part == "their_name" or block.office:
                ledger.leave(parted[0])
                block.name = block.name or parted[1]
            else:
                block.office, block.name = parted
        elif part in ("name", "their_name") and block.name is None:
            block.name = piece.text
        elif part in ("office", "their_office") and block.office is None:
            block.office = piece.text
        elif block.ended or block.reached or (block.contacts and piece.gap):
            block.reached = True  # by the contact above the gap: no line of the address follows
            ledger.leave(piece.text)
        else:
            block.place.append(piece.text)
        if after:
            block.place.append(after)
    return blocks


def _shared(blocks: list[_Block]) -> list[_Block]:
    """Blocks, where two officials are named together each with the place they share and the contact of its own."""
    for first, second in pairwise(blocks):
        if not second.joint or first.place or first.contacts:
            continue
        first.place = list(second.place)
        shared = ("email", "x_handle")
        values = {name: [v for c in second.contacts if c.field == name for v in c.values] for name in shared}
        own: list[Contact] = []
        for contact in second.contacts:
            paired = values.get(contact.field)
            if paired is not None and len(paired) == 2:
                continue
            own.append(contact)
        first.contacts = [*own, *(Contact(name, (pair[0],)) for name, pair in values.items() if len(pair) == 2)]
        second.contacts = [*own, *(Contact(name, (pair[1],)) for name, pair in values.items() if len(pair) == 2)]
    return blocks


def _official(block: _Block, ledger: Ledger) -> Official | None:
    told = block.told
    if not told or (not block.contacts and dates.find(" ".join(told))):
        for text in [*told, *(" ".join(contact.values) for contact in block.contacts)]:
            ledger.leave(text)  # a contact that is nobody's, or a place and a date
        return None
    if not block.contacts and len(told) == 1 and kind_of(told[0]) is not Kind.INSTITUTION and "," not in told[0]:
        ledger.leave(told[0])  # a lone line is a heading or a leftover, not somebody to write to
        return None
    name, office, address = block.name, block.office, block.place
    if len(told) == 1 or len(told[0]) > _CROWDED:
        name, office, address = _sort_out(part_running_text(told[0]) + told[1:])
    elif not (name and office) and (parted := part_office_and_name(told[0], alone=False)):
        office, name = parted
    if (name is None) != (office is None) and (parted := part_title(name or office or "")):
        office, name = parted
    if name is None and office is None and address and kind_of(address[0]) is Kind.INSTITUTION:
        office = address.pop(0)
    values = {contact.field: "" for contact in block.contacts}
    for key in values:
        given = [value for contact in block.contacts if contact.field == key for value in contact.values]
        values[key] = " / ".join(dict.fromkeys(given))
    salutations = [block.greeted or "", values.get("salutation", "")]
    emails = tuple(dict.fromkeys(v for contact in block.contacts if contact.field == "email" for v in contact.values))
    handles = [v for contact in block.contacts if contact.field == "x_handle" for v in contact.values]
    for other in dict.fromkeys(handles[1:]):
        ledger.leave(f"X: {other}")
    return Official(
        name=name,
        office=office,
        address=tuple(line.rstrip(".") if country_after(line) else line for line in address),
        email=emails,
        channels={
            key: entries[:1] if key == "x_handle" else entries
            for key in KEYS
            if (entries := _entries_of(block.contacts, key))
        },
        salutation=" / ".join(filter(None, dict.fromkeys(salutations))) or None,
        role=block.role,
    )


def _entries_of(contacts: Sequence[Contact], key: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for contact in contacts if contact.field == key for value in contact.values))


def _sort_out(told: list[str]) -> tuple[str | None, str | None, list[str]]:
    """Name, office and address among the lines of one official."""
    if told and (parted := part_office_and_name(told[0], alone=False)):
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
    if (name is None) != (office is None) and (parted := part_title(name or office or "")):
        office, name = parted
    if office is None and address and kind_of(address[0]) is Kind.INSTITUTION:
        office = address.pop(0)
    if name is None and office is None and address:
        name = address.pop(0)
    return name, office, address
