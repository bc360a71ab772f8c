"""Captured mail of people who are gone: a message that never left this machine must not outlive its reader's data."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.storage.tables import Letter, Message, Signature

_LETTER = "letter"
AT_ONCE = 500


def forget(session: Session, mailbox: Path) -> int:
    """Delete what was captured for supporters of whom no address is kept any more; returns how many messages.

    Files are named by us, after the row that they were written for. One whose row is gone is of somebody erased.
    """
    files: dict[bool, dict[int, Path]] = {True: {}, False: {}}
    for path in mailbox.glob("*.eml"):
        number, _, kind = path.stem.partition("-")
        if number.isdecimal():
            files[kind == _LETTER][int(number)] = path
    gone = 0
    for of_letters, by_number in files.items():
        numbers = sorted(by_number)
        for start in range(0, len(numbers), AT_ONCE):
            some = numbers[start : start + AT_ONCE]
            kept = _letters(session, some) if of_letters else _messages(session, some)
            for orphan in set(some) - kept:
                by_number[orphan].unlink(missing_ok=True)
                gone += 1
    return gone


def _messages(session: Session, numbers: list[int]) -> set[int]:
    """Those to organisers, to members of the network, and to supporters whose address is kept."""
    kept = (
        select(Message.id)
        .outerjoin(Signature, Signature.id == Message.signature_id)
        .where(
            Message.id.in_(numbers),
            Message.organiser_id.is_not(None) | Message.member_id.is_not(None) | Signature.email.is_not(None),
        )
    )
    return set(session.scalars(kept))


def _letters(session: Session, numbers: list[int]) -> set[int]:
    kept = (
        select(Letter.id)
        .join(Signature, Signature.id == Letter.signature_id)
        .where(Letter.id.in_(numbers), Signature.email.is_not(None))
    )
    return set(session.scalars(kept))
