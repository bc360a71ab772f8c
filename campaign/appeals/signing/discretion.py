"""Who asked the network for e-mails that say nothing of what they are about gets all e-mails so, also as a signer."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.appeals.signing.addresses import normal_form
from campaign.storage import Vault
from campaign.storage.tables import Member
from campaign.vocabulary import MemberStatus


def asked_for(session: Session, vault: Vault, email: str) -> bool:
    """Whether the owner of this address asked for that, and confirmed it: the mailbox is the same."""
    found = select(Member.discreet).where(
        Member.email_hash == vault.keyed_hash("network", normal_form(email)),
        Member.status == MemberStatus.CONFIRMED,
    )
    return bool(session.scalar(found))
