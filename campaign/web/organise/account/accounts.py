"""Organisers as Flask-Security knows them: plain values read from the store, written back when it says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from flask import g
from flask_security import RoleMixin, UserMixin, WebAuthnMixin
from flask_security.datastore import UserDatastore
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaign import clock
from campaign.office import organisers, passkeys
from campaign.office.audit import Actor
from campaign.storage import Storage
from campaign.storage.encrypted_columns import TEXT_MARK, TOTP_SECRET, as_text, of_text
from campaign.storage.tables import Organiser, Passkey
from campaign.vocabulary import Role

# What Flask-Security may write. Role, name and address are changed by `office.organisers`, with an audit event.
WRITTEN = (
    "password",
    "fs_uniquifier",
    "tf_primary_method",
    "tf_totp_secret",
    "mf_recovery_codes",
    "fs_webauthn_user_handle",
)


# Of what is written, that of which its owner is told by mail.
FACTORS = ("password", "tf_primary_method", "tf_totp_secret", "mf_recovery_codes")


@dataclass(eq=False)
class HeldPasskey(WebAuthnMixin):
    """A passkey of an account, under the names that Flask-Security has for its parts."""

    user_id: int
    name: str
    credential_id: bytes
    public_key: bytes
    sign_count: int
    usage: str
    device_type: str
    backup_state: bool
    lastuse_datetime: datetime
    transports: list[str] | None = None
    extensions: str | None = None


@dataclass(eq=False)
class Account(UserMixin):
    """One organiser for the length of a request. `second_factor_required`: this installation asks it of them."""

    id: int = 0
    email: str = ""
    name: str = ""
    role: Role = Role.VIEWER
    active: bool = False
    password: str | None = None
    fs_uniquifier: str = ""
    tf_primary_method: str | None = None
    tf_totp_secret: str | None = None
    mf_recovery_codes: list[str] | None = None
    fs_webauthn_user_handle: str = ""
    webauthn: list[WebAuthnMixin] = field(default_factory=list)
    roles: list[RoleMixin] = field(default_factory=list)
    second_factor_required: bool = False
    locale: str | None = None

    def check_tf_required(
        self, tf_setup_methods: list[tuple[str, str]], tf_fresh: bool
    ) -> tuple[bool, list[tuple[str, str]]]:
        """Whether sign-in goes on to a second factor, and to which; a browser is never remembered as safe.

        Who has none yet comes in by the password, and gets no further than to where one is set up: see `unguarded`.
        """
        return bool(tf_setup_methods), tf_setup_methods

    def check_tf_required_setup(self) -> bool:
        """Whether they may not do without the authenticator app."""
        return self.second_factor_required and not self.webauthn

    @property
    def unguarded(self) -> bool:
        """Whether they must set a second factor up before anything else."""
        return self.second_factor_required and not (self.tf_primary_method or self.webauthn)


class NoRole(RoleMixin):
    """Flask-Security wants a class of roles; ours is one word, and the table is `office.permissions`."""


class Accounts(UserDatastore):
    """Reads accounts outside of any transaction, and writes in one when asked to commit."""

    def __init__(self, storage: Storage, *, strict: bool) -> None:
        """`strict`: everyone who can change anything needs a second factor."""
        super().__init__(Account, NoRole, HeldPasskey)
        self._storage = storage
        self._strict = strict
        # What takes the library's own encryption off a TOTP secret, before the vault puts on ours.
        self.bare_secret: Callable[[str], str] = str

    def find_user(self, case_insensitive: bool = False, **by: Any) -> Account | None:
        """The active or inactive account with this one attribute: `id`, `email` or `fs_uniquifier`."""
        ((name, value),) = by.items()
        if name == "email":
            value = str(value).casefold()
        with self._storage.reading() as session:
            found = session.scalars(select(Organiser).where(getattr(Organiser, name) == value)).one_or_none()
            return None if found is None else self._account(session, found)

    def find_webauthn(self, credential_id: bytes) -> HeldPasskey | None:
        """The passkey with this id."""
        with self._storage.reading() as session:
            found = session.scalars(select(Passkey).where(Passkey.credential_id == credential_id)).one_or_none()
            return None if found is None else _held(found)

    def create_webauthn(self, user: UserMixin, *_none: Any, **parts: Any) -> None:
        """Remember to keep a passkey that was just made."""
        self._changed_passkeys().append(("add", HeldPasskey(user.id, lastuse_datetime=clock.now(), **parts)))

    def find_role(self, role: str) -> None:
        """There are none of this kind."""
        return

    def put(self, model: Account | HeldPasskey) -> Account | HeldPasskey:
        """Remember to write it."""
        if isinstance(model, HeldPasskey):
            self._changed_passkeys().append(("use", model))
        else:
            self._changed()[model.id] = model
        return model

    def delete(self, model: Account | HeldPasskey) -> None:
        """Remember to take a passkey away. Accounts are never deleted: the audit trail names them."""
        if not isinstance(model, HeldPasskey):
            raise NotImplementedError
        self._changed_passkeys().append(("remove", model))

    def commit(self) -> None:
        """Write what was put."""
        changed, held = self._changed(), self._changed_passkeys()
        if not changed and not held:
            return
        now, vault = clock.now(), self._storage.vault
        with self._storage.writing() as session:
            for account in changed.values():
                was = self._account(session, session.get_one(Organiser, account.id))
                if any(getattr(was, name) != getattr(account, name) for name in FACTORS):
                    organisers.tell_of_change(session, account.id, now)
                values = {name: getattr(account, name) or None for name in WRITTEN}
                if account.tf_totp_secret:
                    bare = self.bare_secret(account.tf_totp_secret)
                    values["tf_totp_secret"] = as_text(vault.encrypt(bare, TOTP_SECRET, account.id))
                session.execute(update(Organiser).where(Organiser.id == account.id).values(**values))
            for step, it in held:
                if step == "use":
                    passkeys.used(session, it.credential_id, it.sign_count, it.backup_state, now)
                    continue
                owner = session.get_one(Organiser, it.user_id)
                organisers.tell_of_change(session, owner.id, now)
                whose = Actor(owner.id, owner.name)
                if step == "remove":
                    passkeys.remove(session, vault, whose, it.credential_id, now)
                else:
                    passkeys.add(session, vault, whose, _kept(it), now)
        changed.clear()
        held.clear()

    def _changed(self) -> dict[int, Account]:
        if "changed_accounts" not in g:
            g.changed_accounts = {}
        changed: dict[int, Account] = g.changed_accounts
        return changed

    def _changed_passkeys(self) -> list[tuple[str, HeldPasskey]]:
        if "changed_passkeys" not in g:
            g.changed_passkeys = []
        changed: list[tuple[str, HeldPasskey]] = g.changed_passkeys
        return changed

    def _account(self, session: Session, organiser: Organiser) -> Account:
        kept = {it.name: getattr(organiser, it.name) for it in fields(Account) if hasattr(organiser, it.name)}
        if (kept["tf_totp_secret"] or "").startswith(TEXT_MARK):
            secret = of_text(kept["tf_totp_secret"])
            kept["tf_totp_secret"] = self._storage.vault.decrypt(secret, TOTP_SECRET, organiser.id)
        held: list[WebAuthnMixin] = [_held(it) for it in passkeys.of(session, organiser.id)]
        required = self._strict and organiser.role is not Role.VIEWER
        return Account(**kept, webauthn=held, second_factor_required=required)


def _held(passkey: Passkey) -> HeldPasskey:
    same = {it.name: getattr(passkey, it.name) for it in fields(HeldPasskey) if hasattr(passkey, it.name)}
    return HeldPasskey(user_id=passkey.organiser_id, lastuse_datetime=passkey.last_used_at, **same)


def _kept(held: HeldPasskey) -> Passkey:
    same = {it.name: getattr(held, it.name) for it in fields(HeldPasskey) if hasattr(Passkey, it.name)}
    return Passkey(organiser_id=held.user_id, **same)
