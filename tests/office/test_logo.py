"""The logo: from any sensible picture, with nothing of the file but its pixels, and light."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass

import pytest
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo
from sqlalchemy import select

from campaign.errors import Refused
from campaign.office import logo
from campaign.office.audit import COMMAND_LINE
from campaign.storage import Storage
from campaign.storage.tables import AuditEvent, Organisation
from tests import made


@dataclass(frozen=True)
class Handed:
    """A picture as an organiser has it."""

    width: int = 900
    height: int = 300
    kind: str = "PNG"

    def __bytes__(self) -> bytes:
        picture = Image.new("RGBA", (self.width, self.height), (0, 0, 0, 0))
        ImageDraw.Draw(picture).ellipse((10, 10, self.height - 10, self.height - 10), fill=(160, 20, 20, 255))
        said = PngInfo()
        said.add_text("Comment", "taken at home")
        kept = io.BytesIO()
        if self.kind == "PNG":
            picture.save(kept, "PNG", pnginfo=said)
        else:
            picture.convert("RGB").save(kept, "JPEG", comment=b"taken at home")
        return kept.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_what_is_kept_is_small_clear_where_it_was_and_says_nothing_of_the_file(kind: str) -> None:
    name, content = logo.drawn(bytes(Handed(kind=kind)))
    shown = logo.of(name)
    assert shown is not None
    kept = Image.open(io.BytesIO(content))
    assert (kept.width, kept.height) == (shown.width, shown.height) == (288, 96)
    assert len(content) <= logo.MOST_STORED
    assert b"taken at home" not in content
    assert kept.convert("RGBA").getpixel((280, 90))[3] == (0 if kind == "PNG" else 255)


def test_a_small_one_is_not_made_larger() -> None:
    name, _ = logo.drawn(bytes(Handed(60, 40)))
    assert name.endswith("-60x40.png")


def test_the_same_picture_has_the_same_name_and_another_one_another() -> None:
    assert logo.drawn(bytes(Handed()))[0] == logo.drawn(bytes(Handed()))[0]
    assert logo.drawn(bytes(Handed()))[0] != logo.drawn(bytes(Handed(width=800)))[0]


def noise() -> bytes:
    kept = io.BytesIO()
    Image.frombytes("RGB", (384, 96), random.Random(1).randbytes(384 * 96 * 3)).save(kept, "PNG")
    return kept.getvalue()


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (b"", "Use a PNG or JPEG file"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "Use a PNG or JPEG file"),
        (b"\x89PNG\r\n\x1a\nnot really IEND\xaeB`\x82", "cannot be read"),
        (bytes(Handed())[:400], "incomplete"),
        (b"\xff\xd8\xff" + bytes(1024 * 1024), "larger than 1 MB"),
        (noise(), "too complex for a logo"),
    ],
)
def test_what_can_be_no_logo_is_refused_with_what_to_do(given: bytes, why: str) -> None:
    with pytest.raises(Refused, match=why):
        logo.drawn(given)


def test_changing_it_is_on_record_and_says_which_file_may_go(storage: Storage) -> None:
    with storage.writing() as session:
        assert logo.change(session, storage.vault, COMMAND_LINE, "logo/one", made.NOON) is None
        assert logo.change(session, storage.vault, COMMAND_LINE, "logo/one", made.NOON) is None
        assert logo.change(session, storage.vault, COMMAND_LINE, None, made.NOON) == "logo/one"
    with storage.reading() as session:
        assert session.scalars(select(Organisation.logo)).one() is None
        told = session.scalars(select(AuditEvent).where(AuditEvent.what == "logo changed").order_by(AuditEvent.id))
        assert [it.after for it in told] == ['{"logo": "logo/one"}', '{"logo": null}']
