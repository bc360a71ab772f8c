"""Which e-mails an organiser gets: each chooses what they can do without; of what keeps people safe all are told.

Every choice begins with yes. What cannot be turned off says why: who takes over an account would turn it off first, and
where nobody hears that a second person is needed, nobody looks.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from campaign.errors import Unknown
from campaign.office import audit
from campaign.office.audit import About, Actor
from campaign.office.permissions import Permission, may
from campaign.sentences import Sentence
from campaign.storage import Vault
from campaign.storage.tables import Organiser
from campaign.vocabulary import OfficeEvent, Role

# Each as its choice reads, and who is told of it at all.
CHOICES: dict[OfficeEvent, tuple[Sentence, Permission]] = {
    OfficeEvent.HELD: (Sentence("A planned update of mine was not sent."), Permission.READ),
    OfficeEvent.MENTION: (Sentence("Somebody mentioned me (in the daily e-mail)."), Permission.READ),
    OfficeEvent.LETTERS: (Sentence("Letters wait, because mail servers refuse them."), Permission.SETTINGS),
}
# What everyone gets who may act on it, and why it is no choice.
ALWAYS: tuple[tuple[Sentence, Permission], ...] = (
    (
        Sentence(
            "Somebody signed in from a new browser, or changed how you sign in. Otherwise an intruder could hide."
        ),
        Permission.OWN,
    ),
    (
        Sentence("An admin opened a sensitive case that you are named for. Nobody should be able to do it unseen."),
        Permission.READ,
    ),
    (
        Sentence("A second person is needed, or was passed over. Otherwise mistakes would become public."),
        Permission.REVIEW,
    ),
)


def choices(role: Role) -> list[tuple[OfficeEvent, Sentence]]:
    """What somebody of a role can choose, in its order."""
    return [(event, said) for event, (said, needed) in CHOICES.items() if may(role, needed)]


def always(role: Role) -> list[Sentence]:
    """What somebody of a role is told whatever they choose."""
    return [said for said, needed in ALWAYS if may(role, needed)]


def unwanted(organiser: Organiser, event: OfficeEvent) -> bool:
    """Whether somebody wants no e-mail of an event; never of what is no choice."""
    return event in CHOICES and event in organiser.unwanted


def choose(session: Session, vault: Vault, actor: Actor, wanted: Collection[str], now: datetime) -> None:
    """Get e-mails of these events, and of no others that can be chosen. Words that name none count as nothing."""
    organiser = session.get(Organiser, actor.id) if actor.id is not None else None
    if organiser is None:
        raise Unknown("This organiser does not exist.")
    there = [str(event) for event, _ in choices(organiser.role)]
    # What another role would choose stays as it was.
    kept = [it for it in organiser.unwanted if it not in there]
    becomes = [*kept, *(it for it in there if it not in wanted)]
    if sorted(becomes) != sorted(organiser.unwanted):
        before, organiser.unwanted = organiser.unwanted, becomes
        session.flush()
        was, then = audit.changed({"unwanted": before}, {"unwanted": becomes})
        audit.record(
            session, vault, actor, "e-mails chosen", About("organiser", organiser.id), now, before=was, after=then
        )
