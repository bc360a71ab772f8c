"""Signing in one step: a link in a mail that was sent to its owner proves the address, so a pressed button is enough.

Following the link does nothing. Whoever holds it sees no more of its owner than the owner would mind: the address
partly hidden, and the name and country only where no name is dangerous.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.appeals.signing import discretion, signing, wishes
from campaign.appeals.signing.addresses import normal_form
from campaign.appeals.signing.by_reference import Given, given, no_longer_valid
from campaign.appeals.signing.links import OneStep, Sender
from campaign.appeals.signing.wishes import Wish
from campaign.appeals.supporter import confirming
from campaign.mail import outbox
from campaign.publication.risk import at_risk, risk_countries
from campaign.storage import Vault
from campaign.storage.encrypted_columns import MEMBER_EMAIL, SIGNATURE_EMAIL, SIGNATURE_NAME
from campaign.storage.tables import Action, Case, Member, Signature
from campaign.vocabulary import Disclosure, MemberStatus, MessageKind, SignatureStatus


@dataclass(frozen=True)
class Known:
    """Whose link it is, and what of them its page fills in. None: an empty field, which they fill in themselves.

    `guarded`: being named may be dangerous to them, or they said so; then "No one" is chosen, and no name is shown.
    """

    email: str
    name: str | None
    country: str | None
    disclosure: Disclosure | None
    guarded: bool


def slug_of(session: Session, link: OneStep | None) -> str:
    """The action that a link signs, also when it no longer does. Raises `Gone` for a link that was made up."""
    slug = None if link is None else session.scalar(select(Action.slug).where(Action.id == link.action_id))
    if slug is None:
        raise no_longer_valid()
    return slug


def numbers(session: Session, slugs: Collection[str]) -> dict[str, int]:
    """By slug, the number by which a link knows an action."""
    found = session.execute(select(Action.slug, Action.id).where(Action.slug.in_(slugs)))
    return {row.slug: row.id for row in found}


def known(session: Session, vault: Vault, link: OneStep, now: datetime) -> Known:
    """Who comes by a link. Raises `Gone` once its time is over, they have left, or took their signature back."""
    if now >= link.until:
        raise no_longer_valid()
    if link.sender is Sender.MEMBER:
        return _of_member(session, vault, link)
    signature = session.scalars(
        select(Signature).where(Signature.reference == link.reference, Signature.status == SignatureStatus.CONFIRMED)
    ).one_or_none()
    if signature is None or signature.email is None:
        raise no_longer_valid()
    email = vault.decrypt(signature.email, SIGNATURE_EMAIL, signature.reference)
    return _filled(session, vault, email, signature, link.action_id, discretion.asked_for(session, vault, email))


def sign(session: Session, vault: Vault, link: OneStep, wish: Wish, now: datetime, network: str) -> tuple[Given, bool]:
    """Sign and confirm, in the caller's transaction; whether it had been signed before. `wish.email` is what `known`
    says. Raises as `signing.sign_at_once` does.

    Pressed again it changes nothing; what else is asked for in the name of a signature that stands is told to its
    owner, and not done.
    """
    slug = slug_of(session, link)
    taken = signing.sign_at_once(session, vault, slug, wish, now, network)
    if not taken.already:
        return confirming.confirm(session, vault, taken.reference, now), False
    stands = given(session, vault, taken.reference)
    if not taken.guarded and (wish.name, wish.country) != (stands.name, stands.country):
        sent = signing.messages_today(session, stands.id, now)
        kind = signing.repeat_deserves(stands.stands, sent)
        if kind is MessageKind.SIGNED_ALREADY:
            outbox.enqueue(session, kind, stands.id, f"{kind}:{stands.id}:{now:%Y-%m-%d}:{sent}", now)
    return stands, True


def _of_member(session: Session, vault: Vault, link: OneStep) -> Known:
    member = session.scalars(
        select(Member).where(Member.reference == link.reference, Member.status == MemberStatus.CONFIRMED)
    ).one_or_none()
    if member is None:
        raise no_longer_valid()
    email = vault.decrypt(member.email, MEMBER_EMAIL, member.reference)
    # A member gives no name: it is that of what they signed last, for as long as that is kept. Asked of each action, as
    # the index that keeps addresses apart has them.
    newest = session.scalars(
        select(Signature)
        .where(
            Signature.action_id.in_(select(Action.id)),
            Signature.email_hash == vault.keyed_hash("e-mail", normal_form(email)),
            Signature.status == SignatureStatus.CONFIRMED,
        )
        .order_by(Signature.confirmed_at.desc(), Signature.id.desc())
        .limit(1)
    ).one_or_none()
    return _filled(session, vault, email, newest, link.action_id, member.discreet)


def _filled(
    session: Session, vault: Vault, email: str, newest: Signature | None, action_id: int, discreet: bool
) -> Known:
    if newest is None or newest.name is None or newest.name_hidden:
        return Known(email, None, None, Disclosure.WITHHELD if discreet else None, discreet)
    places = session.execute(
        select(Case.country, Case.at_risk_countries)
        .join(Action, Action.case_id == Case.id)
        .where(Action.id.in_((action_id, newest.action_id)))
    ).all()
    risky = [it for country, listed in places for it in risk_countries(country, listed)]
    name = vault.decrypt(newest.name, SIGNATURE_NAME, newest.reference)
    chosen = wishes.more_guarded(newest.disclosure, newest.guard)
    return what_is_shown(email, name, newest.country, chosen, risky, discreet=discreet)


def what_is_shown(
    email: str, name: str, country: str, disclosure: Disclosure, risky: Collection[str], *, discreet: bool
) -> Known:
    """The rule of what a link shows of its owner, whoever holds it.

    Where being named may be dangerous, or its owner wants e-mails that say nothing, it shows neither name nor country,
    and "No one" is chosen; nor does it show the name of who asked that no one sees it.
    """
    if discreet or at_risk(country, risky):
        return Known(email, None, None, Disclosure.WITHHELD, guarded=True)
    if disclosure is Disclosure.WITHHELD:
        return Known(email, None, country, disclosure, guarded=False)
    return Known(email, name, country, disclosure, guarded=False)
