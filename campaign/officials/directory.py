"""The directory of officials: adding, changing, clearing for sending, and how well each channel is known to work.

One directory serves all actions, so a change may show in several that are open: whoever changes sees which.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign import channels
from campaign.errors import Conflict, Forbidden, Refused, Unknown
from campaign.language import language_name
from campaign.office import audit
from campaign.office.audit import About, Actor
from campaign.officials import validation
from campaign.officials.validation import CHANNELS, PARTS, Entry
from campaign.publication import signed_texts
from campaign.sentences import Sentence
from campaign.storage import Vault, guarded, sight
from campaign.storage.tables import Action, ActionText, AuditEvent, Dossier, Official, Recipient
from campaign.vocabulary import ActionStatus

KIND = "official"
# What counts as having written an official: who did the last of these does not clear.
WRITING = ("official added", "official changed", "officials merged", "official imported")


class Health(StrEnum):
    """What became known of an official's channels."""

    CONFIRMED = "confirmed"  # asked, and still right
    BOUNCED = "bounced"  # a mail came back
    RETURNED = "returned"  # a letter came back


@dataclass(frozen=True)
class Touched:
    """An action that an official is asked in or informed by."""

    slug: str
    title: str
    status: ActionStatus


@dataclass(frozen=True)
class Sent:
    """Something that was made for an official and went out, or will."""

    what: Sentence
    when: datetime
    action_slug: str
    code: str


def add(
    session: Session, vault: Vault, actor: Actor, entry: Entry, now: datetime, what: str = "official added"
) -> Official:
    """Put an official into the directory. `entry` is one that `official_entries.checked` found no error in."""
    made = Official(**_values(entry))
    session.add(made)
    session.flush()
    audit.record(session, vault, actor, what, About(KIND, made.id), now, after=told(entry))
    return made


def change(
    session: Session,
    vault: Vault,
    actor: Actor,
    official_id: int,
    revision: int,
    entry: Entry,
    now: datetime,
    what: str = "official changed",
) -> bool:
    """Change an official that was read at `revision`; False if nothing differs.

    A changed channel takes the clearing back, and what was known of the old one. Raises `Conflict` if someone else
    changed it meanwhile.
    """
    found = one(session, official_id)
    was = validation.of(found)
    before, after = audit.changed(told(was), told(entry))
    if found.revision != revision:
        raise Conflict("Someone else changed this official after you opened it. Your changes are not saved yet.")
    if not after and not before:
        return False
    values: dict[str, Any] = _values(entry)
    changed = {name for name in PARTS if was.part(name) != entry.part(name)}
    if changed & set(CHANNELS):
        values.update(cleared_at=None, cleared_by_id=None, contact_confirmed_on=None)
    if "emails" in changed:
        values["email_bounced_at"] = None
    if "address" in changed:
        values["post_returned_on"] = None
    _guarded(session, found, revision, **values)
    audit.record(session, vault, actor, what, About(KIND, official_id), now, before=before, after=after)
    signed_texts.keep_of_official(session, vault, official_id, now)
    return True


def clear(session: Session, vault: Vault, actor: Actor, official_id: int, revision: int, now: datetime) -> None:
    """Allow letters to be sent to an official by the system, as a second person.

    Raises `Forbidden` for whoever wrote the entry last, `Refused` if there is nowhere to send to.
    """
    found = one(session, official_id)
    refuse_unless_second(actor.id, written_by(session, official_id))
    if not (found.emails or found.address or validation.of(found).reached_by_letter):
        raise Refused("Add a postal address, a fax number or an e-mail address first.")
    _guarded(session, found, revision, cleared_at=now, cleared_by_id=actor.id)
    audit.record(session, vault, actor, "official approved for letters", About(KIND, official_id), now)


def unclear(session: Session, vault: Vault, actor: Actor, official_id: int, reason: str, now: datetime) -> None:
    """Allow nothing to be sent to an official any more. One person is enough for that."""
    found = one(session, official_id)
    if found.cleared_at is None:
        raise Conflict("This official is not approved for letters.")
    _guarded(session, found, found.revision, cleared_at=None, cleared_by_id=None)
    audit.record(session, vault, actor, "official's approval withdrawn", About(KIND, official_id), now, reason=reason)


def refuse_unless_second(who: int | None, wrote: int | None) -> None:
    """The rule of two: whoever wrote an entry last does not clear it. What no person wrote, any may clear."""
    if who is None or who == wrote:
        raise Forbidden("You edited this entry last. Someone else must approve it.")


def written_by(session: Session, official_id: int) -> int | None:
    """Who wrote an official last; None for an import or the command line."""
    # Whoever asks: the rule of two holds also where the entry came with a sensitive case.
    with sight.everything(session):
        return session.scalar(
            select(AuditEvent.organiser_id)
            .where(AuditEvent.object_kind == KIND, AuditEvent.object_id == official_id, AuditEvent.what.in_(WRITING))
            .order_by(AuditEvent.id.desc())
            .limit(1)
        )


def note_health(
    session: Session, vault: Vault, actor: Actor, official_id: int, health: Health, on: date, now: datetime
) -> None:
    """Note what became known of the contact on a day; a confirmation answers for what came back before it."""
    found = one(session, official_id)
    if on > now.date():
        raise Refused("This day is in the future.")
    before = _health(found)
    values: dict[str, Any] = {}
    if health is Health.CONFIRMED:
        values["contact_confirmed_on"] = on
        if found.email_bounced_at is not None and found.email_bounced_at.date() <= on:
            values["email_bounced_at"] = None
        if found.post_returned_on is not None and found.post_returned_on <= on:
            values["post_returned_on"] = None
    elif health is Health.RETURNED:
        values["post_returned_on"] = on
    else:
        values["email_bounced_at"] = datetime(on.year, on.month, on.day, tzinfo=now.tzinfo)
    _guarded(session, found, found.revision, **values)
    session.refresh(found)
    changed_from, changed_to = audit.changed(before, _health(found))
    audit.record(
        session, vault, actor, f"contact {health}", About(KIND, official_id), now, before=changed_from, after=changed_to
    )


def ailing(official: Official) -> list[Sentence]:
    """What is wrong with an official's channels, in sentences: the board and the checks say them too."""
    found = []
    if official.email_bounced_at is not None:
        found.append(Sentence("E-mail bounced on %(day)s.", day=official.email_bounced_at.date()))
    if official.post_returned_on is not None:
        found.append(Sentence("Post was returned on %(day)s.", day=official.post_returned_on))
    return found


def directory(session: Session, sought: str = "", country: str | None = None) -> list[Official]:
    """Officials that are kept, by country and name; `sought` is found in any part, in any script."""
    everyone = session.scalars(select(Official).where(Official.merged_into_id.is_(None)).order_by(Official.id)).all()
    words = sought.casefold().split()
    found = [
        it
        for it in everyone
        if (country is None or it.country == country) and all(word in _findable(it) for word in words)
    ]
    return sorted(found, key=lambda it: (it.country or "~", validation.of(it).said.casefold(), it.id))


def one(session: Session, official_id: int) -> Official:
    """An official by number. Raises `Unknown`."""
    found = session.get(Official, official_id)
    if found is None:
        raise Unknown("This official does not exist.")
    return found


def touched(session: Session, official_id: int, *, open_only: bool = True) -> tuple[Touched, ...]:
    """The actions an official is a recipient of: what a change would show in."""
    wanted = (
        select(Action.slug, ActionText.title, Action.status)
        .join(Recipient, Recipient.action_id == Action.id)
        .outerjoin(ActionText, (ActionText.action_id == Action.id) & (ActionText.locale == Action.original_locale))
        .where(Recipient.official_id == official_id)
        .order_by(Action.deadline.desc(), Action.id)
    )
    if open_only:
        wanted = wanted.where(Action.status == ActionStatus.OPEN)
    return tuple(Touched(slug, title or slug, status) for slug, title, status in session.execute(wanted).all())


def ever_sent(session: Session, official_id: int) -> tuple[Sent, ...]:
    """Everything made for an official and for those that were merged into it, the newest first."""
    merged = select(Official.id).where(Official.merged_into_id == official_id)
    found = session.execute(
        select(Dossier.code, Dossier.frozen_at, Dossier.locale, Action.slug)
        .join(Action, Action.id == Dossier.action_id)
        .where((Dossier.official_id == official_id) | Dossier.official_id.in_(merged))
        .order_by(Dossier.frozen_at.desc(), Dossier.id.desc())
    ).all()
    return tuple(
        Sent(Sentence("signature book, %(language)s", language=partial(language_name, locale)), at, slug, code)
        for code, at, locale, slug in found
    )


def told(entry: Entry) -> dict[str, object]:
    """An entry for the audit trail and for comparing: only what is given."""
    values = {name: entry.part(name) for name in PARTS}
    return {name: list(it) if isinstance(it, tuple) else it for name, it in values.items() if it}


def differences(was: Entry, becomes: Entry) -> list[tuple[str, object, object]]:
    """(part, before, after) of what differs, for people to read."""
    before, after = audit.changed(told(was), told(becomes))
    return [(name, read(before.get(name)), read(after.get(name))) for name in PARTS if name in before or name in after]


def read(value: object) -> str:
    """A part of an entry as one text, for people to read."""
    if isinstance(value, dict):
        return "; ".join(f"{tag}: {text}" for tag, text in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(str(it) for it in value)
    return str(value) if value is not None else ""


def _guarded(session: Session, found: Official, revision: int, **values: Any) -> None:
    done = guarded.change(
        session,
        Official,
        Official.id == found.id,
        Official.revision == revision,
        Official.merged_into_id.is_(None),
        **values,
        revision=revision + 1,
    )
    if not done:
        raise Conflict("Someone else changed this official after you opened it. Reload the page.")
    session.expire(found)


def _values(entry: Entry) -> dict[str, Any]:
    values = {it.name: getattr(entry, it.name) for it in fields(Entry)}
    return {name: list(it) if isinstance(it, tuple) else it for name, it in values.items()}


def _health(official: Official) -> dict[str, object]:
    names = ("contact_confirmed_on", "email_bounced_at", "post_returned_on")
    return {name: getattr(official, name) for name in names}


def _findable(official: Official) -> str:
    entry = validation.of(official)
    texts: Sequence[str] = (
        entry.name or "",
        *entry.title.values(),
        *entry.office.values(),
        *entry.address,
        *entry.emails,
        *(text for key, entries in entry.channels.items() if channels.BY_KEY[key].findable for text in entries),
    )
    return " ".join(texts).casefold()
