"""Signatures on paper: sheets that came back, as a count or with the names typed in. Counted apart from the others.

A name is encrypted, and found by the same keyed hash as one that was given online. Whoever stands in both lists is left
out of the count on paper once a person has judged so (`campaign.appeals.paper.name_matches`), and not before.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import ScalarSelect, delete, func, insert, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaign import language
from campaign.appeals.abuse import origins
from campaign.appeals.paper import name_matches, sheet_numbers
from campaign.appeals.signing import names
from campaign.errors import Conflict, Refused, Unknown, Unprintable
from campaign.office import audit
from campaign.office.audit import About, Actor
from campaign.printing.engine import fonts
from campaign.printing.engine.text import one_line
from campaign.publication import signed_texts
from campaign.publication.stopping import refuse_if_stopped
from campaign.storage import Storage, Vault, guarded
from campaign.storage.encrypted_columns import PAPER_NAME, paper_row
from campaign.storage.tables import Action, Dossier, PaperName, PaperSheet
from campaign.storage.upsert import insert_or_leave
from campaign.vocabulary import ActionStatus

MOST_NAMES, MOST_TYPED, LONGEST_NAME = 100_000, 2_000, 200


@dataclass(frozen=True)
class Filled:
    """A filled-in sheet as an organiser types it: `names` one a line, `count` may be left empty if all are typed."""

    number: str
    country: str
    count: str = ""
    names: str = ""
    text_version: str = ""  # which of an action's texts stands on it; empty where there is one


@dataclass(frozen=True)
class Checked:
    """The same, checked: how many signed it, and the names that were typed, in order."""

    number: str
    country: str
    count: int
    names: tuple[str, ...]


def checked(filled: Filled, action_id: int) -> Checked:
    """The rule of what can be entered. Raises `Refused`, naming the line and never the name."""
    typed = tuple(filter(None, map(one_line, filled.names.splitlines())))
    if len(typed) > MOST_TYPED:
        raise Refused("Enter up to 2,000 names at once. Enter the rest as another bundle.")
    for line, name in enumerate(typed, 1):
        _check_name(line, name)
    written = filled.count.strip()
    if written and not (written.isascii() and written.isdecimal() and 0 < int(written) <= MOST_NAMES):
        raise Refused("Enter how many people signed, as a whole number from 1 to 100,000.")
    count = int(written) if written else len(typed)
    if not count:
        raise Refused("Enter how many people signed, or enter their names.")
    if count < len(typed):
        raise Refused("You entered more names than people who signed. Check both numbers.")
    country = filled.country.strip().upper()
    if country not in dict(language.countries(language.ORIGINAL)):
        raise Refused("Choose the country where the sheet was signed.")
    return Checked(sheet_numbers.read(filled.number, action_id), country, count, typed)


def enter(
    session: Session, vault: Vault, actor: Actor, action: Action, filled: Filled, scan: str | None, now: datetime
) -> PaperSheet:
    """Enter a sheet that came back. One that supporters printed for themselves is counted off: "…/1", "…/2".

    Raises `Refused` for what cannot be entered, `Gone` for a stopped action, `Conflict` if the number is entered.
    """
    _refuse_unless_taking(action)
    given = checked(filled, action.id)
    signed_text_id = _text_on_it(session, vault, action, filled.text_version.strip(), now)
    sheet_id = None
    while sheet_id is None:
        number = _next_copy(session, action.id) if given.number == sheet_numbers.common(action.id) else given.number
        sheet_id = insert_or_leave(
            session,
            PaperSheet,
            action_id=action.id,
            number=number,
            country=given.country,
            names=given.count,
            scan=scan,
            organiser_id=actor.id,
            created_at=now,
            signed_text_id=signed_text_id,
        )
        if sheet_id is None and number == given.number:
            raise _entered_already(number)
    _put_names(session, vault, sheet_id, given.names)
    made = one(session, action.id, sheet_id)
    _record(session, vault, actor, "paper sheet entered", made, now, after=_told(made, len(given.names)))
    return made


def _text_on_it(session: Session, vault: Vault, action: Action, version: str, now: datetime) -> int | None:
    """The text that stands on a sheet. Raises `Refused` where it was corrected and nobody says which."""
    kept = signed_texts.versions(session, action.id)
    if not kept:
        return signed_texts.keep(session, vault, action.slug, now)
    if len(kept) == 1 and not version:
        return kept[0].id
    found = next((it.id for it in kept if str(it.version) == version), None)
    if found is None:
        raise Refused(
            "The text of this action was corrected. Compare the sheet with the texts under “Versions” and enter which "
            "one stands on it, as a number from 1 to %(n)s.",
            n=str(len(kept)),
        )
    return found


def correct(
    session: Session,
    vault: Vault,
    actor: Actor,
    action: Action,
    sheet_id: int,
    filled: Filled,
    seen: str,
    reason: str,
    now: datetime,
    scan: str | None = None,
) -> str | None:
    """Correct an entry; judgements stay with the names that stay. Returns the scan that a new one takes the place of.

    `seen` is the `mark` of what the form was filled with. Raises as `enter` does, `Refused` without a reason, and
    `Conflict` if somebody else has changed the entry meanwhile.
    """
    _refuse_unless_taking(action)
    given = checked(filled, action.id)
    sheet = _held(session, action.id, sheet_id)
    if mark(sheet) != seen:
        raise Conflict("Someone else has changed this sheet. Check it, then correct it again.")
    why, before, was = _why(reason), _told(sheet, len(sheet.typed)), sheet.scan
    judged: defaultdict[bytes, list[bool | None]] = defaultdict(list)
    for it in sheet.typed:
        judged[it.name_hash].append(it.same_as_online)
    sheet.number, sheet.country, sheet.names = given.number, given.country, given.count
    sheet.scan = scan or sheet.scan
    try:
        session.flush()
    except IntegrityError as error:
        raise _entered_already(given.number) from error
    session.execute(delete(PaperName).where(PaperName.sheet_id == sheet.id))
    _put_names(session, vault, sheet.id, given.names, judged)
    name_matches.reopen(session, action.id)
    session.expire_all()
    before, after = audit.changed(before, _told(sheet, len(given.names)))
    if scan is not None:
        after["scan"] = "replaced" if was else "added"
    _record(session, vault, actor, "paper sheet corrected", sheet, now, before=before, after=after, reason=why)
    return was if scan is not None else None


def remove(
    session: Session, vault: Vault, actor: Actor, action_id: int, sheet_id: int, reason: str, now: datetime
) -> str | None:
    """Delete an entry with its names; returns its scan, which is to go when this is committed.

    Raises `Refused` without a reason, `Unknown` if there is no such entry.
    """
    sheet, why = _held(session, action_id, sheet_id), _why(reason)
    told, scan = _told(sheet, len(sheet.typed)), sheet.scan
    _record(session, vault, actor, "paper sheet deleted", sheet, now, before=told, reason=why)
    session.delete(sheet)
    session.flush()
    name_matches.reopen(session, action_id)
    return scan


def one(session: Session, action_id: int, sheet_id: int) -> PaperSheet:
    """An entry of an action. Raises `Unknown`."""
    found = session.scalars(
        select(PaperSheet).where(PaperSheet.id == sheet_id, PaperSheet.action_id == action_id)
    ).one_or_none()
    if found is None:
        raise Unknown("This action has no such sheet.")
    return found


def typed_names(vault: Vault, sheet: PaperSheet) -> tuple[str, ...]:
    """The names of an entry, in order; none once their time is over."""
    return tuple(vault.decrypt(it.name, PAPER_NAME, paper_row(it.sheet_id, it.row)) for it in sheet.typed if it.name)


def mark(sheet: PaperSheet) -> str:
    """What an entry is at this moment, as a hash: a form carries it, and what was changed meanwhile is noticed."""
    of = (sheet.number, sheet.country, sheet.names, sheet.scan, [it.name_hash.hex() for it in sheet.typed])
    return hashlib.blake2s(repr(of).encode(), digest_size=12).hexdigest()


def counted(session: Session, action_id: int) -> int:
    """How many signed an action on paper, without those judged to stand in another list too."""
    return sum(n for _, n in by_country(session, action_id))


def by_country(session: Session, action_id: int) -> tuple[tuple[str, int], ...]:
    """(country, signatures on paper), the most first."""
    left_out = (
        select(PaperName.sheet_id, func.count().label("n"))
        .join(PaperSheet, PaperSheet.id == PaperName.sheet_id)
        .where(PaperSheet.action_id == action_id, PaperName.same_as_online.is_(True))
        .group_by(PaperName.sheet_id)
        .subquery()
    )
    total = func.sum(PaperSheet.names - func.coalesce(left_out.c.n, 0))
    found = session.execute(
        select(PaperSheet.country, total)
        .outerjoin(left_out, left_out.c.sheet_id == PaperSheet.id)
        .where(PaperSheet.action_id == action_id)
        .group_by(PaperSheet.country)
        .having(total > 0)
        .order_by(total.desc(), PaperSheet.country)
    ).all()
    return tuple((country, int(n)) for country, n in found)


def forget(storage: Storage, long_over: Iterable[int]) -> int:
    """Let go of the names and scans of actions whose retention is over; returns how many names went.

    What remains is a number: how many signed, and how many of them were left out. What a dossier had copied goes
    too. A scan goes before its name in the table does: what breaks off here is taken up at the next sweep.
    """
    gone = 0
    for action_id in long_over:
        with storage.reading() as session:
            scans = session.scalars(
                select(PaperSheet.scan).where(PaperSheet.action_id == action_id, PaperSheet.scan.is_not(None))
            ).all()
        for scan in filter(None, scans):
            storage.files.remove(scan)
        with storage.writing() as session:
            guarded.change(
                session, PaperSheet, PaperSheet.action_id == action_id, PaperSheet.scan.in_(scans), scan=None
            )
            of_action = select(PaperSheet.id).where(PaperSheet.action_id == action_id).scalar_subquery()
            gone += guarded.change(
                session, PaperName, PaperName.sheet_id.in_(of_action), PaperName.name != b"", name=b"", name_hash=b""
            )
            _unname_dossiers(session, action_id)
    return gone


def still_named(session: Session, long_over: ScalarSelect[int]) -> tuple[int, ...]:
    """Which of these actions may still have names or scans from paper, here or in a dossier."""
    here = (
        select(PaperSheet.action_id)
        .outerjoin(PaperName, PaperName.sheet_id == PaperSheet.id)
        .where(PaperSheet.action_id.in_(long_over), or_(PaperName.name != b"", PaperSheet.scan.is_not(None)))
    )
    copied = select(Dossier.action_id).where(Dossier.action_id.in_(long_over), Dossier.paper.is_not(None))
    return tuple(sorted(session.scalars(here.union(copied))))


def names_kept(session: Session, actions: Sequence[int]) -> int:
    """How many names from paper are kept of these actions."""
    kept = (
        select(func.count())
        .select_from(PaperName)
        .join(PaperSheet, PaperSheet.id == PaperName.sheet_id)
        .where(PaperSheet.action_id.in_(actions), PaperName.name != b"")
    )
    return int(session.scalar(kept) or 0)


def _check_name(line: int, name: str) -> None:
    if not any(sign.isalpha() for sign in name):
        raise Refused("Line %(line)s has no name.", line=line)
    if len(name) > LONGEST_NAME:
        raise Refused("The name in line %(line)s is longer than 200 characters. Shorten it.", line=line)
    try:
        names.checked(name)
        fonts.refuse_unprintable(name)
    except Unprintable as missing:
        # Said here, where it can be mended: in a dossier one such name would stop the whole print.
        raise Refused(
            "No installed font can print the name in line %(line)s (%(scripts)s).", line=line, **missing.values
        ) from missing
    except Refused as refused:
        raise Refused("Line %(line)s looks like a web address. Enter only the name.", line=line) from refused


def _refuse_unless_taking(action: Action) -> None:
    refuse_if_stopped(action)
    if action.status not in {ActionStatus.OPEN, ActionStatus.CLOSED}:
        raise Refused("You can enter sheets while an action is open or closed, until it is archived.")


def _next_copy(session: Session, action_id: int) -> str:
    number = sheet_numbers.common(action_id)
    entered = session.scalars(
        select(PaperSheet.number).where(PaperSheet.action_id == action_id, PaperSheet.number.startswith(f"{number}/"))
    ).all()
    # What is called like it and ends in no figure is a bundle.
    copies = [int(end) for it in entered if (end := it.rpartition("/")[2]).isascii() and end.isdecimal()]
    return f"{number}/{max(copies, default=0) + 1}"


def _entered_already(number: str) -> Conflict:
    return Conflict(
        "Sheet %(number)s has already been entered. If this is a copy with other names, add /2 to the end of its "
        "number.",
        number=number,
    )


def _put_names(
    session: Session,
    vault: Vault,
    sheet_id: int,
    typed: Sequence[str],
    judged: Mapping[bytes, list[bool | None]] = MappingProxyType({}),
) -> None:
    """Store names in order; each takes up the judgement that its like, in the same place among its likes, had."""
    rows = []
    for row, name in enumerate(typed, 1):
        name_hash = origins.name_hash(vault, name)
        before = judged.get(name_hash)
        rows.append(
            {
                "sheet_id": sheet_id,
                "row": row,
                "name": vault.encrypt(name, PAPER_NAME, paper_row(sheet_id, row)),
                "name_hash": name_hash,
                "same_as_online": before.pop(0) if before else None,
            }
        )
    if rows:
        session.execute(insert(PaperName), rows)


def _held(session: Session, action_id: int, sheet_id: int) -> PaperSheet:
    """An entry that nobody else can change until this transaction ends."""
    session.execute(select(PaperSheet.id).where(PaperSheet.id == sheet_id).with_for_update())
    return one(session, action_id, sheet_id)


def _why(reason: str) -> str:
    if not reason.strip():
        raise Refused("Give a reason. The earlier entry stays on record with the reason for its change.")
    return reason.strip()


def _told(sheet: PaperSheet, typed: int) -> dict[str, object]:
    """An entry for the audit trail: numbers alone, never a name."""
    return {"sheet": sheet.number, "country": sheet.country, "signatures": sheet.names, "names entered": typed}


def _record(
    session: Session,
    vault: Vault,
    actor: Actor,
    what: str,
    sheet: PaperSheet,
    now: datetime,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
    reason: str | None = None,
) -> None:
    about = About("paper sheet", sheet.id, action_id=sheet.action_id)
    audit.record(session, vault, actor, what, about, now, before=before, after=after, reason=reason)


def _unname_dossiers(session: Session, action_id: int) -> None:
    copied = select(Dossier).where(Dossier.action_id == action_id, Dossier.paper.is_not(None))
    for dossier in session.scalars(copied):
        sheets = json.loads(dossier.paper or b"[]")
        dossier.paper = json.dumps([{**it, "names": []} for it in sheets], ensure_ascii=False).encode()
