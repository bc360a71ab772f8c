"""Signatures and messages by the hundred thousand, each as wide as a real one, made by the database itself.

Nothing in them can be decrypted: they are for what counts, finds, numbers and lets go.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import TextClause, bindparam, text
from sqlalchemy.orm import Session

from campaign.storage.types import Instant

# Of a hundred people: countries as they come, and every kind of choice.
_SIGNATURES = """
INSERT INTO signatures (
  action_id, reference, status, email, email_hash, seat, name, name_hash, message, words_hash, network_hash,
  domain_hash, words_status, name_hidden, name_held, country, disclosure, updates, locale, consent_text_id, created_at,
  expires_at, confirmed_at, confirmed_on, counts, tallied)
SELECT
  :action_id, {b16}, CASE WHEN n % 20 = 0 THEN 'pending' ELSE 'confirmed' END, {b90}, {b32}, 1, {b60}, {b32},
  CASE WHEN n % 5 = 0 THEN {b160} END, CASE WHEN n % 5 = 0 THEN {b32} END,
  CASE WHEN n % 50 = 1 AND n < 20000 THEN {b16} END, CASE WHEN n % 50 = 1 AND n < 20000 THEN {b16} END,
  CASE WHEN n % 5 <> 0 THEN NULL WHEN n % 100 = 5 AND n < 20000 THEN 'waiting'
    WHEN n % 100 IN (5, 10, 15) THEN 'shown' ELSE 'hidden' END,
  n % 200 = 7, false, substr('GBPKUSFRDEJPESINBRCAITNLSEZAKEAUMXARPLTR', 1 + 2 * ((n % 97) * (n % 89) % 20), 2),
  CASE n % 10 WHEN 3 THEN 'withheld' WHEN 4 THEN 'official' WHEN 8 THEN 'official' ELSE 'public' END,
  n % 3 = 0, CASE WHEN n % 9 = 0 THEN 'fr' ELSE 'en' END, :consent_id,
  CASE WHEN n % 50 = 1 AND n < 20000 THEN :recently ELSE :at END, :expires,
  CASE WHEN n % 20 = 0 THEN NULL ELSE {moment} END, CASE WHEN n % 20 = 0 THEN NULL ELSE :day END,
  n % 20 <> 0, n % 20 <> 0
FROM {numbers}
"""
_MESSAGES = """
INSERT INTO messages (
  idempotency_key, kind, signature_id, status, created_at, due_at, attempts, sent_at)
SELECT 'thanks:' || id, 'thanks', id, 'sent', :at, :at, 1, :at FROM signatures
WHERE action_id = :action_id AND id NOT IN (SELECT signature_id FROM messages WHERE signature_id IS NOT NULL)
"""
_SQLITE = {
    **{f"b{n}": f"randomblob({n})" for n in (16, 32, 60, 90, 160)},
    "moment": "strftime('%Y-%m-%d %H:%M:%S.000000', :at, '+' || (n % 1000 * 7919 % 100000) || ' seconds')",
    "numbers": "(WITH RECURSIVE up (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n < :many) SELECT n FROM up)",
}
_HASH = "sha256((n::text || random()::text)::bytea)"
_POSTGRESQL = {
    "b16": f"substr({_HASH}, 1, 16)",
    "b32": _HASH,
    "b60": f"{_HASH} || substr({_HASH}, 1, 28)",
    "b90": f"{_HASH} || {_HASH} || substr({_HASH}, 1, 26)",
    "b160": " || ".join([_HASH] * 5),
    "moment": ":at + (n % 1000 * 7919 % 100000) * interval '1 second'",
    "numbers": "generate_series(1, :many) AS up (n)",
}


def sign(session: Session, action_id: int, many: int, at: datetime, now: datetime) -> None:
    """`many` signatures of one action, nineteen of twenty confirmed from `at` on; they are in no tally.

    One of fifty of the first 20,000 signed in the hour before `now`, so that its network is known, and the words of one
    of a hundred wait to be read: what is young and what waits does not grow with what is stored.
    """
    consent_id = session.scalar(text("SELECT min(id) FROM consent_texts"))
    sizes = _SQLITE if session.get_bind().dialect.name == "sqlite" else _POSTGRESQL
    statement = _timed(_SIGNATURES.format(**sizes), "at", "recently", "expires")
    values: dict[str, Any] = {
        "action_id": action_id,
        "many": many,
        "consent_id": consent_id,
        "at": at,
        "recently": now - timedelta(hours=1),
        "expires": now + timedelta(days=10),
        "day": at.date(),
    }
    session.execute(statement, values)


def write_to(session: Session, action_id: int, at: datetime) -> None:
    """A message to each of them that was not written to; it was sent."""
    session.execute(_timed(_MESSAGES, "at"), {"action_id": action_id, "at": at})


def know(session: Session) -> None:
    """Let the database look at what it holds now, as its job does."""
    session.execute(text("ANALYZE"))


def _timed(statement: str, *names: str) -> TextClause:
    return text(statement).bindparams(*(bindparam(name, type_=Instant()) for name in names))
