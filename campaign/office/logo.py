"""The organisation's logo: drawn anew from what was handed in, small enough for a page on a poor line."""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import dataclass
from datetime import datetime

from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign import sandbox
from campaign.errors import Refused
from campaign.office import audit
from campaign.office.audit import About, Actor
from campaign.storage import Vault
from campaign.storage.files import Files
from campaign.storage.pictures import bare, kind_of
from campaign.storage.tables import Organisation

MOST_BYTES = 1024 * 1024
# In the head of a page it stands 32 px high; drawn three times as fine it is sharp on any screen.
HIGHEST, WIDEST = 96, 384
# Pages and all they load are light for those who pay by the byte: a logo may be a seventh of one.
MOST_STORED = 6 * 1024

_NAME = re.compile(r"logo/([0-9a-f]{24}-(\d+)x(\d+)\.png)")


@dataclass(frozen=True)
class Logo:
    """A stored logo: the last part of its address, and its size in points."""

    name: str
    width: int
    height: int


def drawn(given: bytes) -> tuple[str, bytes]:
    """(the name to store it by, a PNG) of a handed-in PNG or JPEG. Raises `Refused` for what cannot be one."""
    if len(given) > MOST_BYTES:
        raise Refused("The logo is larger than 1 MB. Save it smaller. 96 pixels high is enough.")
    kind = kind_of(given)
    if kind is None:
        raise Refused("Use a PNG or JPEG file for the logo.")
    picture = bare(given, kind, "RGBA")
    picture.thumbnail((WIDEST, HIGHEST), Image.Resampling.LANCZOS)
    content = next((it for colours in (256, 64, 16) if len(it := _png(picture, colours)) <= MOST_STORED), None)
    if content is None:
        raise Refused("This picture is too complex for a logo. Use a simple one with few colours.")
    mark = hashlib.sha256(content).hexdigest()[:24]
    return f"logo/{mark}-{picture.width}x{picture.height}.png", content


def read_given(given: bytes) -> tuple[str, bytes]:
    """`drawn` in a process with limits: for whatever comes from outside, which may be made to take all there is."""
    if len(given) > MOST_BYTES:
        return drawn(given)  # refused by its size alone
    name, content = sandbox.read(drawn, given)
    return name, content


def change(session: Session, vault: Vault, actor: Actor, stored: str | None, now: datetime) -> str | None:
    """Show another logo, by its name in the store, or none; returns the name of the one that is not shown any more."""
    organisation = session.scalars(select(Organisation).with_for_update()).one()
    before, organisation.logo = organisation.logo, stored
    if before == stored:
        return None
    session.flush()
    about = About("organisation", 1)
    audit.record(session, vault, actor, "logo changed", about, now, before={"logo": before}, after={"logo": stored})
    return before


def of(stored: str | None) -> Logo | None:
    """The logo of a name in the store."""
    found = _NAME.fullmatch(stored or "")
    return None if found is None else Logo(found[1], int(found[2]), int(found[3]))


def read(files: Files, logo: Logo) -> bytes:
    """Its PNG."""
    return files.read(f"logo/{logo.name}")


def _png(picture: Image.Image, colours: int) -> bytes:
    made = io.BytesIO()
    picture.quantize(colours, Image.Quantize.FASTOCTREE).save(made, "PNG", optimize=True)
    return made.getvalue()
