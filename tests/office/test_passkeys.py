"""Passkeys: kept with their name, noted when used, gone when they are to be gone, each on record."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.errors import Refused
from campaign.office import organisers, passkeys
from campaign.office.audit import COMMAND_LINE
from campaign.office.organisers import Invitee
from campaign.storage import Storage
from campaign.storage.tables import AuditEvent, Organiser, Passkey
from campaign.vocabulary import Role
from tests import made


def passkey(owner: Organiser, n: int = 1) -> Passkey:
    return Passkey(
        organiser_id=owner.id,
        name=f"key {n}",
        credential_id=n.to_bytes(16),
        public_key=b"public",
        sign_count=0,
        usage="secondary",
        device_type="single_device",
        backup_state=False,
    )


def noor(storage: Storage, session: Session) -> Organiser:
    who = Invitee("Noor", "noor@office.example", Role.ADMIN)
    return organisers.add(session, storage.vault, COMMAND_LINE, who, made.NOON)


def test_adding_and_removing_are_on_record_by_name_and_never_by_key(storage: Storage) -> None:
    with storage.writing() as session:
        owner = noor(storage, session)
        actor = organisers.actor(owner)
        passkeys.add(session, storage.vault, actor, passkey(owner), made.NOON)
        passkeys.remove(session, storage.vault, actor, (1).to_bytes(16), made.NOON)
        passkeys.remove(session, storage.vault, actor, b"never there", made.NOON)
        assert passkeys.of(session, owner.id) == []
        told = session.scalars(select(AuditEvent).where(AuditEvent.what.like("passkey%")).order_by(AuditEvent.id)).all()
    assert [(it.what, it.who, it.before or it.after) for it in told] == [
        ("passkey added", "Noor", '{"name": "key 1"}'),
        ("passkey removed", "Noor", '{"name": "key 1"}'),
    ]


@pytest.mark.databases
def test_what_its_device_counts_is_kept_so_that_a_copy_is_noticed(storage: Storage) -> None:
    later = made.NOON + timedelta(days=1)
    with storage.writing() as session:
        owner = noor(storage, session)
        passkeys.add(session, storage.vault, COMMAND_LINE, passkey(owner), made.NOON)
        passkeys.used(session, (1).to_bytes(16), 7, True, later)
    with storage.reading() as session:
        (kept,) = session.scalars(select(Passkey)).all()
    assert (kept.sign_count, kept.backup_state, kept.last_used_at) == (7, True, later)


def test_there_is_an_end_to_how_many_one_account_has(storage: Storage) -> None:
    with storage.writing() as session:
        owner = noor(storage, session)
        for n in range(passkeys.MOST):
            passkeys.add(session, storage.vault, COMMAND_LINE, passkey(owner, n), made.NOON)
        with pytest.raises(Refused, match="20 passkeys"):
            passkeys.add(session, storage.vault, COMMAND_LINE, passkey(owner, 99), made.NOON)


def test_a_forgotten_second_factor_takes_the_passkeys_with_it(storage: Storage) -> None:
    with storage.writing() as session:
        owner = noor(storage, session)
        passkeys.add(session, storage.vault, COMMAND_LINE, passkey(owner), made.NOON)
        organisers.forget_second_factor(session, storage.vault, COMMAND_LINE, owner.id, made.NOON)
        assert session.scalars(select(Passkey)).all() == []
