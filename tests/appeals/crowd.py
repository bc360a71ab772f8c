"""Many signatures at once, stored as signing and confirming would have left them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from campaign import clock
from campaign.appeals.abuse import origins
from campaign.appeals.signing import equal_words
from campaign.storage import Storage
from campaign.storage.tables import Action, ConsentText, Signature, Tally
from campaign.storage.upsert import add_to
from campaign.vocabulary import Disclosure, SignatureStatus
from tests import made


def sign(storage: Storage, n: int, *, slug: str = "renew-the-cards", counted: bool = False, **values: Any) -> None:
    """`n` confirmed signatures of Ada under an action; `values` go into every row.

    `network`, `domain`, `name` and `message` are sealed and hashed as signing does it; `at` is when they signed and
    confirmed. Addresses are not told apart. With `counted` they are
    in the tallies already.
    """
    vault = storage.vault
    network, domain = values.pop("network", "192.0.2.0/24"), values.pop("domain", "example.org")
    name, message = values.pop("name", "Ada Lovelace"), values.pop("message", None)
    at: datetime = values.pop("at", made.NOON)
    with storage.writing() as session:
        row = {
            **_row(session, slug, at),
            "tallied": counted,
            **origins.of(vault, network, domain, name),
            **values,
        }
        if row["status"] is not SignatureStatus.CONFIRMED:
            row |= {"confirmed_at": None, "confirmed_on": None, "counts": False, **values}
        for start in range(0, n, 10_000):
            references = [secrets.token_bytes(16) for _ in range(min(10_000, n - start))]
            session.execute(
                insert(Signature),
                [
                    {
                        **row,
                        "reference": reference,
                        "email": vault.encrypt(f"someone@{domain}", "signatures.email", reference),
                        "name": vault.encrypt(name, "signatures.name", reference),
                        "message": vault.encrypt(message, "signatures.message", reference) if message else None,
                        "words_hash": equal_words.words_hash(vault, row["action_id"], message) if message else None,
                        **values,
                    }
                    for reference in references
                ],
            )
        if counted:
            add_to(session, Tally, "count", {(row["action_id"], row["confirmed_on"], str(row["country"])): n})


def sign_each(storage: Storage, people: Iterable[Mapping[str, Any]], *, slug: str, at: datetime) -> list[bytes]:
    """One confirmed signature of each, a second after the one before; gives their references.

    Each says its `name`, and what else is not as it is with Ada.
    """
    vault = storage.vault
    with storage.writing() as session:
        shared = _row(session, slug, at)
        rows = [
            {
                **shared,
                "reference": (reference := secrets.token_bytes(16)),
                "email": vault.encrypt(f"{n}@example.org", "signatures.email", reference),
                "message": None,
                "confirmed_at": at + timedelta(seconds=n),
                **origins.of(vault, f"192.0.{n % 250}.0/24", "example.org", person["name"]),
                **person,
                "name": vault.encrypt(person["name"], "signatures.name", reference),
            }
            for n, person in enumerate(people)
        ]
        session.execute(insert(Signature), rows)
    return [it["reference"] for it in rows]


def _row(session: Session, slug: str, at: datetime) -> dict[str, Any]:
    """What is alike in all confirmed signatures."""
    action = session.scalars(select(Action).where(Action.slug == slug)).one()
    return {
        "action_id": action.id,
        "status": SignatureStatus.CONFIRMED,
        "email_hash": None,
        "seat": None,
        "country": "GB",
        "disclosure": Disclosure.PUBLIC,
        "updates": False,
        "locale": "en",
        "consent_text_id": session.scalars(select(ConsentText.id)).first(),
        "created_at": at,
        "expires_at": at + timedelta(days=14),
        "confirmed_at": at,
        "confirmed_on": clock.local_day(at, action.case.time_zone),
        "counts": True,
        "tallied": False,
    }
