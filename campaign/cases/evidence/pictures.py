"""The picture of a case: taken only with a recorded consent, re-encoded from its pixels, light enough for any phone."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime

from PIL import Image, ImageFilter
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.errors import Refused
from campaign.language import ORIGINAL
from campaign.office import audit
from campaign.office.audit import About, Actor
from campaign.publication.pictures import KINDS, PHONE_WIDTHS, WIDTHS, file_name
from campaign.sentences import Sentence, joined
from campaign.storage import Vault
from campaign.storage.pictures import bare, kind_of
from campaign.storage.tables import Action, Case, CasePicture, Proposal
from campaign.vocabulary import Focus, PictureKind, ProposalStatus

MOST_BYTES = 10 * 1024 * 1024
LEAST_WIDTH = PHONE_WIDTHS[-1]
# What one file may weigh: on a phone, and on a desk.
MOST_ON_A_PHONE, MOST_ON_A_DESK = 25 * 1024, 90 * 1024
LONGEST_ALT = 300
_QUALITIES = (62, 45, 30, 18)
# Where the lowest quality is still too heavy, grain goes first: a blur of so many pixels.
_BLURS = (0, 1, 2, 4)
_SPEEDS = {"avif": {"speed": 9}}


@dataclass(frozen=True)
class PictureFacts:
    """What must be known of a picture before it is shown: `alt` and `credit` are {locale: text}."""

    kind: PictureKind
    alt: Mapping[str, str]
    credit: Mapping[str, str]
    focus: Focus
    consent: str
    consent_on: date | None
    at_risk_stated: bool

    def faults(self, today: date) -> dict[str, str]:
        """{field: what is wrong with it, and what to do}."""
        wrong: dict[str, str] = {}
        if not self.alt.get(ORIGINAL, "").strip():
            wrong["alt"] = Sentence(
                "Describe the picture in English. Pages in other languages show it once it is described there."
            )
        elif any(len(text) > LONGEST_ALT for text in self.alt.values()):
            wrong["alt"] = Sentence("Shorten the description to %(most)s characters.", most=LONGEST_ALT)
        if not self.credit.get(ORIGINAL, "").strip():
            wrong["credit"] = Sentence(
                "Enter who made the picture, like “Photo: A. Example”, or “Drawing, no real person”."
            )
        if not self.consent.strip():
            wrong["consent"] = Sentence("Enter who agreed to this picture, and to what.")
        if self.consent_on is None or self.consent_on > today:
            wrong["consent_on"] = Sentence("Enter the day of the consent. It cannot be in the future.")
        if self.kind is PictureKind.PEOPLE_AT_RISK and not self.at_risk_stated:
            wrong["at_risk_stated"] = Sentence(
                "State that the people at risk in this picture want it to be shown, or choose another picture."
            )
        return wrong


@dataclass(frozen=True)
class Drawn:
    """A picture in all its files. `width` and `height` are those of the largest, in pixels."""

    mark: str
    width: int
    height: int
    files: Mapping[str, bytes]


def drawn(given: bytes) -> Drawn:
    """Every file of a handed-in PNG or JPEG. Raises `Refused` for what cannot be one, or is too small."""
    if len(given) > MOST_BYTES:
        raise Refused("The picture is larger than 10 MB. Save it smaller. 1,280 pixels wide is enough.")
    kind = kind_of(given)
    if kind is None:
        raise Refused("Use a PNG or JPEG file for the picture.")
    whole = bare(given, kind)
    if whole.width < LEAST_WIDTH:
        raise Refused(
            "The picture is %(wide)s pixels wide. Use one that is at least %(least)s pixels wide.",
            wide=whole.width,
            least=LEAST_WIDTH,
        )
    mark = hashlib.sha256(whole.tobytes()).hexdigest()[:24]
    files: dict[str, bytes] = {}
    largest = whole
    for width in (it for it in WIDTHS if it <= whole.width):
        largest = whole.resize((width, max(1, round(whole.height * width / whole.width))), Image.Resampling.LANCZOS)
        most = MOST_ON_A_PHONE if width in PHONE_WIDTHS else MOST_ON_A_DESK
        for encoding in KINDS:
            files[file_name(mark, width, encoding)] = _encoded(largest, encoding, most)
    return Drawn(mark, largest.width, largest.height, files)


def keep(
    session: Session,
    vault: Vault,
    actor: Actor,
    case: Case,
    picture: Drawn | None,
    facts: PictureFacts,
    now: datetime,
) -> None:
    """Keep a picture of a case in place of the one before, or new facts of it. Raises `Refused` with what is wrong."""
    wrong = facts.faults(now.date())
    if wrong:
        raise Refused("%(faults)s", faults=joined(wrong.values()))
    stored = session.scalars(select(CasePicture).where(CasePicture.case_id == case.id).with_for_update()).one_or_none()
    if stored is None:
        if picture is None:
            raise Refused("Choose a picture file.")
        stored = CasePicture(case_id=case.id, created_at=now)
        session.add(stored)
    if picture is not None:
        stored.mark, stored.width, stored.height = picture.mark, picture.width, picture.height
    for name, value in asdict(facts).items():
        setattr(stored, name, value)
    session.flush()
    about = About("case", case.id, case_id=case.id)
    after = {"mark": stored.mark, **asdict(facts), "consent_on": str(facts.consent_on)}
    audit.record(session, vault, actor, "picture changed", about, now, after=after)


def waiting(session: Session, case_id: int) -> set[str]:
    """The marks of the pictures of a case that wait for a second person."""
    of_case = select(Action.id).where(Action.case_id == case_id)
    found = session.scalars(
        select(Proposal.content).where(Proposal.action_id.in_(of_case), Proposal.status == ProposalStatus.OPEN)
    )
    return {mark for it in found if (mark := json.loads(it).get("_fields", {}).get("mark"))}


def remove(session: Session, vault: Vault, actor: Actor, case: Case, now: datetime) -> None:
    """Show no picture of a case any more. Its files stay in the store until nothing names them."""
    stored = session.scalars(select(CasePicture).where(CasePicture.case_id == case.id).with_for_update()).one_or_none()
    if stored is None:
        raise Refused("This case has no picture.")
    about = About("case", case.id, case_id=case.id)
    audit.record(session, vault, actor, "picture removed", about, now, before={"mark": stored.mark})
    session.delete(stored)


def _encoded(picture: Image.Image, encoding: str, most: int) -> bytes:
    """The best quality that weighs no more than `most` bytes. Raises `Refused` if none does."""
    for blur in _BLURS:
        softened = picture.filter(ImageFilter.GaussianBlur(blur)) if blur else picture
        for quality in _QUALITIES:
            made = io.BytesIO()
            softened.save(made, encoding.upper(), quality=quality, **_SPEEDS.get(encoding, {}))
            if made.tell() <= most:
                return made.getvalue()
    raise Refused("This picture has too much detail. Use a calmer one, or cut it to what matters.")
