"""What signers are told about their data. Each wording is kept; a signature points at the one that was shown."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BindParameter, ScalarSelect, select
from sqlalchemy.orm import Session

from campaign.language import LANGUAGES, ORIGINAL, ngettext, number
from campaign.storage.tables import ConsentText


def current(session: Session, locale: str) -> ConsentText:
    """The newest wording in a language, else in the original's."""
    return session.scalars(select(ConsentText).where(ConsentText.id == newest(locale))).one()


def newest(locale: str | BindParameter[str]) -> ScalarSelect[int]:
    """The query for the id of the wording in force, to stand within another."""
    texts = ConsentText.__table__.c
    return (
        select(texts.id)
        .where(texts.locale.in_((locale, ORIGINAL)))
        .order_by(texts.locale != locale, texts.version.desc())
        .limit(1)
        .scalar_subquery()
    )


def state(session: Session, retention_days: int, now: datetime) -> int:
    """Add a version in each language where the wording would differ from the newest; returns how many."""
    added = 0
    for locale in LANGUAGES:
        text = wording(locale, retention_days)
        told = session.scalars(
            select(ConsentText).where(ConsentText.locale == locale).order_by(ConsentText.version.desc()).limit(1)
        ).one_or_none()
        if told is None or told.text != text:
            version = told.version + 1 if told else 1
            session.add(ConsentText(locale=locale, version=version, text=text, created_at=now))
            added += 1
    session.flush()
    return added


def wording(locale: str, retention_days: int) -> str:
    """One sentence, true of what the purge does."""
    return ngettext(
        locale,
        "We use your e-mail to confirm your signature and, if you ask, to send you updates. We delete it %(days)s day "
        "after the action ends.",
        "We use your e-mail to confirm your signature and, if you ask, to send you updates. We delete it %(days)s days "
        "after the action ends.",
        retention_days,
        days=number(retention_days, locale),
    )
