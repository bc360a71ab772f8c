"""Organisers as Flask-Security knows them: plain values read from the store, written back when it says so."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from flask import g
from flask_security import RoleMixin, UserMixin
from flask_security.datastore import UserDatastore
from sqlalchemy import select, update

from campaign.storage import Storage
from campaign.storage.tables import Organiser
from campaign.vocabulary import Role

# What Flask-Security may write. Role, name and address are changed by `office.organisers`, with an audit event.
WRITTEN = (
    "password",
    "fs_uniquifier",
    "tf_primary_method",
    "tf_totp_secret",
    "mf_recovery_codes",
)


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
    roles: list[RoleMixin] = field(default_factory=list)
    second_factor_required: bool = False

    def check_tf_required(
        self, tf_setup_methods: list[tuple[str, str]], tf_fresh: bool
    ) -> tuple[bool, list[tuple[str, str]]]:
        """Whether sign-in goes on to a second factor, and to which; a browser is never remembered as safe."""
        return self.second_factor_required or bool(tf_setup_methods), tf_setup_methods

    def check_tf_required_setup(self) -> bool:
        """Whether they may not do without one."""
        return self.second_factor_required


class NoRole(RoleMixin):
    """Flask-Security wants a class of roles; ours is one word, and the table is `office.permissions`."""


class Accounts(UserDatastore):
    """Reads accounts outside of any transaction, and writes in one when asked to commit."""

    def __init__(self, storage: Storage, *, strict: bool) -> None:
        """`strict`: everyone who can change anything needs a second factor."""
        super().__init__(Account, NoRole)
        self._storage = storage
        self._strict = strict

    def find_user(self, case_insensitive: bool = False, **by: Any) -> Account | None:
        """The active or inactive account with this one attribute: `id`, `email` or `fs_uniquifier`."""
        ((name, value),) = by.items()
        if name == "email":
            value = str(value).casefold()
        with self._storage.reading() as session:
            found = session.scalars(select(Organiser).where(getattr(Organiser, name) == value)).one_or_none()
            return None if found is None else self._account(found)

    def find_role(self, role: str) -> None:
        """There are none of this kind."""
        return

    def put(self, model: Account) -> Account:
        """Remember to write it."""
        self._changed()[model.id] = model
        return model

    def delete(self, model: Account) -> None:
        """Accounts are never deleted: the audit trail names them."""
        raise NotImplementedError

    def commit(self) -> None:
        """Write what was put."""
        changed = self._changed()
        if not changed:
            return
        with self._storage.writing() as session:
            for account in changed.values():
                values = {name: getattr(account, name) for name in WRITTEN}
                session.execute(update(Organiser).where(Organiser.id == account.id).values(**values))
        changed.clear()

    def _changed(self) -> dict[int, Account]:
        if "changed_accounts" not in g:
            g.changed_accounts = {}
        changed: dict[int, Account] = g.changed_accounts
        return changed

    def _account(self, organiser: Organiser) -> Account:
        kept = {it.name: getattr(organiser, it.name) for it in fields(Account) if hasattr(organiser, it.name)}
        return Account(**kept, second_factor_required=self._strict and organiser.role is not Role.VIEWER)
