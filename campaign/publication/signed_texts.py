"""What people sign, kept: title, summary, demands and officials as readers saw them, as versions with a digest.

A signature stands under the text that was signed. Once people have signed, that text changes only by a correction which
makes a version of its own; what each of them signed can be read, printed and proved.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from campaign.language import ORIGINAL
from campaign.publication.reading import PUBLIC, described
from campaign.publication.values import PublicAction
from campaign.storage import Vault, guarded
from campaign.storage.tables import Action, PaperSheet, Recipient, Signature, SignedText
from campaign.storage.upsert import insert_or_leave
from campaign.vocabulary import CorrectionKind, SignatureStatus

# The parts that are signed, in the order of the page.
PARTS = ("title", "summary", "demands", "officials")


@dataclass(frozen=True)
class Signed:
    """What one version says in one language: `demands` and `officials` one an entry."""

    version: int
    digest: str
    locale: str
    title: str
    summary: str
    demands: tuple[str, ...]
    officials: tuple[str, ...]
    kind: CorrectionKind | None
    reason: str | None
    created_at: datetime


def content_of(shown: Sequence[PublicAction]) -> str:
    """The JSON of what is signed, from one action as it is shown in each of its languages; the same words give the same
    JSON, whatever their order."""
    parts = {
        it.locale: {
            "title": it.title,
            "summary": it.summary,
            "demands": list(it.demands),
            "officials": sorted(", ".join(filter(None, (one.name, one.title, one.postal_office))) for one in it.asked),
        }
        for it in shown
    }
    original = shown[0].original_locale if shown else ""
    return json.dumps({"original": original, "texts": parts}, ensure_ascii=False, sort_keys=True)


def digest_of(content: str) -> str:
    """The SHA-256 of a content, in hex: what is printed, and can be worked out again by anyone who has the words."""
    return hashlib.sha256(content.encode()).hexdigest()


def current(session: Session, slug: str) -> str:
    """The content of what an action says now. Raises `Unknown` if there is none of that name."""
    session.flush()  # what is not written yet would be forgotten
    session.expire_all()
    first = described(session, slug, ORIGINAL)
    return content_of([described(session, slug, tag) for tag in first.locales] or [first])


def keep(
    session: Session,
    vault: Vault,
    slug: str,
    now: datetime,
    kind: CorrectionKind | None = None,
    reason: str | None = None,
) -> int | None:
    """Keep what an action says now as its newest version, if it says something new; the version's id.

    Belongs into the transaction of the change. None if somebody kept another one in this very moment.
    """
    content = current(session, slug)
    action_id = session.scalars(select(Action.id).where(Action.slug == slug)).one()
    last = newest(session, action_id)
    if last is not None and last.content == content:
        return last.id
    version, digest = (last.version + 1 if last else 1), digest_of(content)
    kept = insert_or_leave(
        session,
        SignedText,
        action_id=action_id,
        version=version,
        content=content,
        digest=digest,
        seal=_seal(vault, action_id, version, digest),
        kind=kind,
        reason=reason,
        created_at=now,
    )
    if kept is not None:
        return kept
    there = newest(session, action_id)
    return there.id if there is not None else None


def keep_of_official(session: Session, vault: Vault, official_id: int, now: datetime) -> None:
    """The directory says something new of an official: what is signed to them says it too, marked as a succession."""
    asked = select(Recipient.action_id).where(Recipient.official_id == official_id)
    slugs = session.scalars(
        select(Action.slug).where(
            Action.id.in_(asked), Action.status.in_(PUBLIC), exists().where(SignedText.action_id == Action.id)
        )
    ).all()
    for slug in slugs:
        keep(session, vault, slug, now, CorrectionKind.SUCCESSOR, "The directory of officials was corrected.")


def newest(session: Session, action_id: int) -> SignedText | None:
    """The newest version of what is signed; None before the first."""
    return session.scalars(
        select(SignedText).where(SignedText.action_id == action_id).order_by(SignedText.version.desc()).limit(1)
    ).one_or_none()


def versions(session: Session, action_id: int) -> tuple[SignedText, ...]:
    """Every version of what is signed, the first one first."""
    return tuple(
        session.scalars(select(SignedText).where(SignedText.action_id == action_id).order_by(SignedText.version))
    )


def read(kept: SignedText, locale: str) -> Signed:
    """What a version says in a language, else in the original's."""
    content: dict[str, Any] = json.loads(kept.content)
    texts: Mapping[str, Any] = content["texts"]
    tag = locale if locale in texts else content["original"]
    said = texts.get(tag) or next(iter(texts.values()))
    return Signed(
        version=kept.version,
        digest=kept.digest,
        locale=tag,
        title=said["title"],
        summary=said["summary"],
        demands=tuple(said["demands"]),
        officials=tuple(said["officials"]),
        kind=kept.kind,
        reason=kept.reason,
        created_at=kept.created_at,
    )


def one(session: Session, signed_text_id: int | None, action_id: int, locale: str) -> Signed | None:
    """The text that a signature stands under, in a language; the first one kept for what was signed before any was."""
    found = select(SignedText).where(SignedText.action_id == action_id)
    if signed_text_id is not None:
        found = found.where(SignedText.id == signed_text_id)
    kept = session.scalars(found.order_by(SignedText.version).limit(1)).one_or_none()
    return None if kept is None else read(kept, locale)


def was_signed(session: Session, action_id: int) -> bool:
    """Whether somebody has confirmed a signature under an action, or signed it on paper."""
    online = exists().where(Signature.action_id == action_id, Signature.status == SignatureStatus.CONFIRMED)
    on_paper = exists().where(PaperSheet.action_id == action_id)
    return bool(session.scalar(select(online | on_paper)))


@dataclass(frozen=True)
class Fault:
    """What was changed by hand in one action. `what` is a sentence."""

    slug: str
    what: str


def faults(session: Session, vault: Vault) -> tuple[Fault, ...]:
    """Where the database does not say what people signed.

    A kept text that was changed, or an action that says something else than its newest version with no correction made.
    """
    found = []
    actions = session.execute(select(Action.id, Action.slug).where(Action.status.in_(PUBLIC)).order_by(Action.id)).all()
    for action_id, slug in actions:
        kept = versions(session, action_id)
        for it in kept:
            if digest_of(it.content) != it.digest or it.seal != _seal(vault, action_id, it.version, it.digest):
                found.append(Fault(slug, f"Version {it.version} of the signed text was changed in the database."))
        if kept and kept[-1].content != current(session, slug):
            found.append(Fault(slug, "The text differs from the one that people signed, and no correction was made."))
        if not kept and was_signed(session, action_id):
            found.append(Fault(slug, "People signed this action, and no signed text is kept. Run “campaign init”."))
    return tuple(found)


def keep_missing(session: Session, vault: Vault, now: datetime) -> int:
    """Keep a first version for every public action that has none, also for who signed it; returns how many had none."""
    without = session.scalars(
        select(Action.slug).where(Action.status.in_(PUBLIC), ~exists().where(SignedText.action_id == Action.id))
    ).all()
    for slug in without:
        kept = keep(session, vault, slug, now)
        of_action = Signature.action_id == select(Action.id).where(Action.slug == slug).scalar_subquery()
        guarded.change(session, Signature, of_action, Signature.signed_text_id.is_(None), signed_text_id=kept)
    return len(without)


def _seal(vault: Vault, action_id: int, version: int, digest: str) -> bytes:
    return vault.keyed_hash("signed text", f"{action_id}:{version}:{digest}")
