"""Officials that stand in the directory twice: found by what they share, in groups, and made one of two."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from itertools import combinations

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, aliased

from campaign.channels import CHANNELS, Channel
from campaign.errors import Conflict, Refused
from campaign.office import audit
from campaign.office.audit import About, Actor
from campaign.officials import directory, validation
from campaign.officials.validation import Entry
from campaign.publication import signed_texts
from campaign.sentences import Sentence
from campaign.storage import Vault, guarded
from campaign.storage.tables import ModelLetter, Official, Recipient
from campaign.vocabulary import ChannelKind, RecipientRole

# How like two names are that may be one person's, spelt twice: 1 is the same.
LIKE = 0.88
# A switchboard, like a form on a site, is the way to many.
SHARED = tuple(it for it in CHANNELS if it.kind not in {ChannelKind.TELEPHONE, ChannelKind.WEB_FORM})


@dataclass(frozen=True)
class Pair:
    """Two officials that may be one, by number, and what makes it likely."""

    one: int
    other: int
    why: Sentence


@dataclass(frozen=True)
class Group:
    """Officials that may all be one, by number: each is like another of them. `pairs` are the likely ones."""

    members: tuple[int, ...]
    pairs: tuple[Pair, ...]

    @property
    def reasons(self) -> tuple[Sentence, ...]:
        """What makes it likely, each once."""
        return tuple(dict.fromkeys(it.why for it in self.pairs))


def groups(everyone: Iterable[tuple[int, Entry]], distinct: Collection[tuple[int, int]] = ()) -> list[Group]:
    """Who may be one, in groups, by their lowest number. `distinct` are pairs (the lower number first) that somebody
    found to be different people: they tie nobody together."""
    likely = [it for it in pairs(everyone) if (it.one, it.other) not in distinct]
    return [
        Group(members, tuple(it for it in likely if it.one in members))
        for members in connected((it.one, it.other) for it in likely)
    ]


def connected(ties: Iterable[tuple[int, int]]) -> list[tuple[int, ...]]:
    """Numbers that are tied together, directly or by others; each group, and all of them, in order."""
    of: dict[int, set[int]] = {}
    for one, other in ties:
        together = of.get(one, {one}) | of.get(other, {other})
        for number in together:
            of[number] = together
    return sorted({tuple(sorted(it)) for it in of.values()})


def pairs(everyone: Iterable[tuple[int, Entry]]) -> list[Pair]:
    """The rule: one e-mail or one entry of a channel in common, but for the telephone, which a whole ministry shares;
    or a like name, or the same office without a name, in one country."""
    known = sorted(everyone, key=lambda it: it[0])
    found: dict[tuple[int, int], Sentence] = {}
    for why, keys in ((Sentence("The same e-mail."), _emails), *map(_shared, SHARED)):
        holders: dict[str, list[int]] = defaultdict(list)
        for number, entry in known:
            for key in keys(entry):
                holders[key].append(number)
        for numbers in holders.values():
            for pair in combinations(numbers, 2):
                found.setdefault(pair, why)
    by_country: dict[str | None, list[tuple[int, Entry]]] = defaultdict(list)
    for number, entry in known:
        by_country[entry.country].append((number, entry))
    for compatriots in by_country.values():
        for (one, first), (other, second) in combinations(compatriots, 2):
            if alike := _alike(first, second):
                found.setdefault((one, other), alike)
    return [Pair(one, other, why) for (one, other), why in sorted(found.items())]


def merge(
    session: Session, vault: Vault, actor: Actor, kept_id: int, gone_id: int, revisions: tuple[int, int], now: datetime
) -> None:
    """Make one of two: the kept one takes over every action and letter of the other, which points at it from now on.

    What was sent stays with whom it was sent to. Where both are recipients of one action, the kept one stands there
    once, asked to act if either was; its own letters hold. Raises `Conflict` if either was changed since it was read.
    """
    if kept_id == gone_id:
        raise Refused("Choose two officials.")
    kept, gone = directory.one(session, kept_id), directory.one(session, gone_id)
    if kept.merged_into_id is not None or (kept.revision, gone.revision) != revisions:
        raise Conflict("One of the two has just been changed. Check both again.")
    pointed = guarded.rows(
        session,
        update(Official)
        .where(Official.id == gone_id, Official.merged_into_id.is_(None), Official.revision == gone.revision)
        # Nothing is sent to a duplicate any more.
        .values(merged_into_id=kept_id, cleared_at=None, cleared_by_id=None, revision=gone.revision + 1)
        .returning(Official.id),
    ).one_or_none()
    if pointed is None:
        raise Conflict("One of the two has just been changed. Check both again.")
    session.execute(update(Official).where(Official.merged_into_id == gone_id).values(merged_into_id=kept_id))
    session.execute(update(Official).where(Official.id == kept_id).values(revision=kept.revision + 1))
    moved = _move_recipients(session, kept_id, gone_id)
    _move_letters(session, kept_id, gone_id)
    session.expire_all()
    names = {"merged": gone_id, "into": kept_id, "actions": moved}
    before = directory.told(validation.of(directory.one(session, gone_id)))
    for official_id in (kept_id, gone_id):
        about = About(directory.KIND, official_id)
        audit.record(session, vault, actor, "officials merged", about, now, before=before, after=names)
    signed_texts.keep_of_official(session, vault, kept_id, now)


def _move_recipients(session: Session, kept_id: int, gone_id: int) -> int:
    both = aliased(Recipient)
    shared = session.execute(
        select(Recipient.id, Recipient.role, both.id)
        .join(both, both.action_id == Recipient.action_id)
        .where(Recipient.official_id == gone_id, both.official_id == kept_id)
    ).all()
    for gone, role, kept in shared:
        if role is RecipientRole.TO:
            session.execute(update(Recipient).where(Recipient.id == kept).values(role=RecipientRole.TO))
        session.execute(delete(Recipient).where(Recipient.id == gone))
    moved = guarded.change(session, Recipient, Recipient.official_id == gone_id, official_id=kept_id)
    return moved + len(shared)


def _move_letters(session: Session, kept_id: int, gone_id: int) -> None:
    """Where the kept one has letters of its own in a language, the other's stay where they are, as history."""
    own = aliased(ModelLetter)
    has_its_own = (
        select(own.id)
        .where(
            own.official_id == kept_id, own.action_id == ModelLetter.action_id, own.locale == ModelLetter.locale
        )
        .correlate(ModelLetter)
        .exists()
    )  # fmt: skip
    chosen = session.scalars(
        select(ModelLetter.id).where(ModelLetter.official_id == gone_id, ~has_its_own)
    ).all()  # fmt: skip
    session.execute(update(ModelLetter).where(ModelLetter.id.in_(chosen)).values(official_id=kept_id))


def _emails(entry: Entry) -> list[str]:
    return [it.casefold() for it in entry.emails]


def _shared(channel: Channel) -> tuple[Sentence, Callable[[Entry], list[str]]]:
    """What two officials share on a channel, in words, and an entry's marks by which that is found."""
    if channel.network:
        why = Sentence("The same %(network)s handle.", network=channel.label)
    else:
        why = Sentence("The same entry under “%(channel)s”.", channel=Sentence(channel.label))

    def keys(entry: Entry) -> list[str]:
        return [mark for it in entry.part(channel.key) if (mark := channel.same(it))]

    return why, keys


def _alike(first: Entry, second: Entry) -> Sentence | None:
    if first.name and second.name:
        one, other = _plain(first.name), _plain(second.name)
        if one and (one == other or SequenceMatcher(None, one, other, autojunk=False).ratio() >= LIKE):
            return Sentence("A similar name in the same country.")
        return None
    if not first.name and not second.name:
        shared = {_plain(it) for it in first.office.values()} & {_plain(it) for it in second.office.values()}
        return Sentence("The same office in the same country.") if shared - {""} else None
    return None


def _plain(name: str) -> str:
    """A name without case, accents and order of its words: how it is looked at, never how it is kept."""
    folded = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(sign if sign.isalnum() else " " for sign in folded if not unicodedata.combining(sign))
    return " ".join(sorted(letters.split()))
