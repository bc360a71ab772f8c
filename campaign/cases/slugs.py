"""The word of an action or a case in its address."""

from __future__ import annotations

import re
import unicodedata

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.storage import sight
from campaign.storage.tables import Action, Case

LONGEST_SLUG = 60


def free_slug(session: Session, title: str) -> str:
    """A name for URLs made of the title's words, with a number behind it if it is taken."""
    base = slugged(title) or "action"
    # All that are taken, also by what who asks may not see. It tells them no more than that a name was used once: that
    # of a draft which somebody threw away is taken too.
    with sight.everything(session):
        taken = (
            {"new"}
            | set(session.scalars(select(Action.slug).where(Action.slug.startswith(base))))
            | set(session.scalars(select(Case.slug).where(Case.slug.startswith(base))))
        )
    return next(it for it in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if it not in taken)


def slugged(title: str) -> str:
    """The title in small Latin letters and dashes, cut between words."""
    ascii_only = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", ascii_only)
    slug = ""
    for word in words:
        if len(slug) + len(word) + 1 > LONGEST_SLUG:
            break
        slug = f"{slug}-{word}" if slug else word
    return slug
