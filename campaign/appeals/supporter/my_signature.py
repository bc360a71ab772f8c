"""My signature: every change its owner may make to it. What is stored of it: `my_data`.

Whoever holds the link from the mail is the owner: there is no account. What is changed holds from now on; a dossier
that was frozen before stays as it was frozen.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from campaign import clock
from campaign.appeals.abuse.rate_limits import Limit, _
from campaign.appeals.counting import tallies
from campaign.appeals.mails import reminders
from campaign.appeals.relay import deletion
from campaign.appeals.signing import wishes
from campaign.appeals.signing.by_reference import DEAD_LINK_STATUSES, no_longer_valid
from campaign.appeals.signing.signing import MESSAGES_A_DAY, PENDING_KEPT, messages_today
from campaign.appeals.signing.wishes import Bound, Wish
from campaign.appeals.supporter import changes, reasons
from campaign.appeals.supporter.confirming import withdraw
from campaign.appeals.supporter.my_data import LIVING
from campaign.mail import outbox
from campaign.storage import Vault, guarded
from campaign.storage.encrypted_columns import SIGNATURE_MESSAGE, SIGNATURE_NAME
from campaign.storage.tables import DossierEntry, Signature
from campaign.vocabulary import Disclosure, MessageKind

CHANGING = Limit(
    "mine",
    hits=300,
    window=timedelta(minutes=10),
    said=_("Too many changes came from your network in the last few minutes. Please try again a little later."),
)


def show_name_to(session: Session, reference: bytes | None, disclosure: Disclosure) -> None:
    """Change who may see the name: on the page from the next count on, and in dossiers frozen from now on."""
    _change(session, reference, disclosure=disclosure, guard=None)


def correct_country(session: Session, reference: bytes | None, country: str) -> None:
    """Put the country right; the count follows."""
    changes.put_country(session, _locked(session, reference), country)


def correct_message(session: Session, vault: Vault, reference: bytes | None, message: str | None) -> None:
    """Write the message to the official anew, or take it away; an organiser reads the new one first."""
    changes.put_message(vault, _locked(session, reference), message)


def show_message(session: Session, reference: bytes | None, wanted: bool, locale: str, now: datetime) -> None:
    """Let everyone read the message, as agreed to in the language `locale`, or no longer."""
    reasons.put(session, _locked(session, reference), wanted, locale, now)


def move_to(session: Session, vault: Vault, reference: bytes | None, email: str, now: datetime) -> None:
    """Ask for another mailbox: a link goes there, and until it is confirmed everything stays as it is.

    The answer is the same whether or not somebody has signed with that address. At most a few mails a day.
    """
    signature = _locked(session, reference)
    if signature.name is None or messages_today(session, signature.id, now) >= MESSAGES_A_DAY:
        return
    wish = Wish(
        name=vault.decrypt(signature.name, SIGNATURE_NAME, signature.reference),
        email=email,
        country=signature.country,
        disclosure=signature.disclosure,
        message=vault.decrypt(signature.message, SIGNATURE_MESSAGE, signature.reference) if signature.message else None,
        updates=signature.updates,
        locale=signature.locale,
        sure=True,
    )
    bound = Bound(signature.consent_text_id, signature.signed_text_id, now + PENDING_KEPT)
    wish_id = wishes.add(session, vault, signature.id, wish, bound, now)
    key = f"confirm:{signature.id}:moved:{wish_id}"
    outbox.enqueue(session, MessageKind.CONFIRM, signature.id, key, now, wish_id=wish_id)


def _locked(session: Session, reference: bytes | None) -> Signature:
    signature = session.scalars(
        select(Signature).where(Signature.reference == reference, Signature.status.in_(LIVING)).with_for_update()
    ).one_or_none()
    if signature is None:
        raise no_longer_valid()
    return signature


def correct_name(
    session: Session, vault: Vault, reference: bytes | None, name: str, now: datetime | None = None
) -> None:
    """Put the name right. `name` was checked for form, as when signing. The hash of the old one finds nobody now."""
    changes.put_name(session, vault, _locked(session, reference), name, now or clock.now())


def write_of_updates(session: Session, reference: bytes | None, wanted: bool) -> None:
    """Start or stop writing about what becomes of the case."""
    _change(session, reference, updates=wanted)


def stop_updates(session: Session, reference: bytes | None) -> None:
    """What one click in a mail program does, to a reminder too. Nothing to stop is as good as stopped; `Gone` if there
    is no signature."""
    found = session.scalars(_found(reference)).one_or_none()
    if found is None:
        raise no_longer_valid()
    guarded.change(session, Signature, Signature.id == found, updates=False)
    reminders.cancel(session, found)


def take_back(session: Session, reference: bytes | None) -> None:
    """Withdraw a confirmed signature; doing it again changes nothing. Raises `Gone` if there is none."""
    found = session.scalars(_found(reference)).one_or_none()
    if found is None:
        raise no_longer_valid()
    withdraw(session, found)


def erase(session: Session, reference: bytes | None) -> None:
    """Let nothing of the person remain; where there is nothing, there is nothing to do.

    The row goes, and with it the messages owed or sent, and letters that have not gone; of those that have, a number
    stays. Its dossier entries keep their numbers, without name and without a link back; what was printed is on paper. A
    signature that was counted leaves the tallies at once: its owner takes it away, while retention, which nobody asked
    for, only forgets who it was and lets the number stand. After "this was not me" the hash goes too, and with it the
    promise not to write to that address.
    """
    # Locked first: a dossier that is being frozen at this moment has then named its entry, or cannot name it any more.
    found = session.scalars(_found(reference).with_for_update()).one_or_none()
    if found is None:
        return
    deletion.of_erased(session, found)
    guarded.change(session, DossierEntry, DossierEntry.signature_id == found, name=None, signature_id=None)
    gone = guarded.rows(
        session,
        delete(Signature)
        .where(Signature.id == found)
        .returning(Signature.action_id, Signature.confirmed_on, Signature.country, Signature.tallied),
    ).one()
    if gone.tallied:
        tallies.take_out(session, gone.action_id, gone.confirmed_on, gone.country)


def _found(reference: bytes | None) -> Select[int]:
    return select(Signature.id).where(Signature.reference == reference, Signature.status.not_in(DEAD_LINK_STATUSES))


def _change(session: Session, reference: bytes | None, **values: object) -> None:
    changed = guarded.change(
        session, Signature, Signature.reference == reference, Signature.status.in_(LIVING), **values
    )
    if not changed:
        raise no_longer_valid()
