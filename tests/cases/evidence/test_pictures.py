"""The picture of a case: its consent, its descriptions, its weight, and what of the original is not kept."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from campaign.cases.evidence import pictures
from campaign.cases.evidence.pictures import PictureFacts
from campaign.errors import Refused
from campaign.office.audit import Actor
from campaign.publication.reading import published
from campaign.storage import Storage
from campaign.storage.tables import Action, CasePicture
from campaign.vocabulary import Focus, PictureKind
from tests import made

NOBODY = Actor(None, "tests")
TODAY = made.NOON.date()


def facts(**values: object) -> PictureFacts:
    return PictureFacts(
        **{
            "kind": PictureKind.DRAWING,
            "alt": {"en": "A road in the hills."},
            "credit": {"en": "Drawing: A. Example"},
            "focus": Focus.LEFT,
            "consent": "Drawn for us.",
            "consent_on": TODAY,
            "at_risk_stated": False,
            **values,
        }
    )


def photograph(width: int = 1600, height: int = 900, kind: str = "JPEG", **how: object) -> bytes:
    """Grain is what weighs most: this has more than any photograph."""
    picture = Image.effect_noise((width, height), 24).convert("RGB")
    made_of = io.BytesIO()
    picture.save(made_of, kind, **how)
    return made_of.getvalue()


@pytest.fixture(scope="module")
def drawn() -> pictures.Drawn:
    return pictures.drawn(photograph())


def test_every_width_is_there_in_every_kind_and_light_enough_for_a_phone(drawn: pictures.Drawn) -> None:
    assert len(drawn.files) == 9
    for name, body in drawn.files.items():
        width = int(name.rpartition("-")[2].partition(".")[0])
        with Image.open(io.BytesIO(body)) as picture:
            assert (picture.width, picture.format) == (width, name.rpartition(".")[2].upper())
        assert len(body) <= (25 * 1024 if width <= 720 else 90 * 1024), name


def test_what_a_photograph_knows_of_its_place_and_camera_is_not_kept() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Camera of a witness"
    exif[0x8825] = {1: "N", 2: (33.0, 41.0, 0.0)}
    given = photograph(exif=exif, comment=b"taken at home")
    assert b"Camera of a witness" in given
    for body in pictures.drawn(given).files.values():
        for secret in (b"Camera of a witness", b"taken at home", b"Exif"):
            assert secret not in body


def test_an_upright_picture_stays_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side; shown upright by whoever reads this
    drawn = pictures.drawn(photograph(1600, 900, exif=exif))
    assert drawn.width < drawn.height


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (b"GIF89a", "PNG or JPEG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "PNG or JPEG"),
        (photograph(400, 300), "at least 720 pixels wide"),
        (photograph()[:20_000], "incomplete"),
    ],
    ids=["gif", "svg", "small", "broken off"],
)
def test_what_is_no_picture_is_refused_in_a_sentence(given: bytes, told: str) -> None:
    with pytest.raises(Refused, match=told):
        pictures.drawn(given)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"alt": {}}, "alt"),
        ({"alt": {"ur": "سڑک"}}, "alt"),
        ({"alt": {"en": "w" * 301}}, "alt"),
        ({"credit": {}}, "credit"),
        ({"consent": " "}, "consent"),
        ({"consent_on": None}, "consent_on"),
        ({"consent_on": TODAY + timedelta(days=1)}, "consent_on"),
        ({"kind": PictureKind.PEOPLE_AT_RISK}, "at_risk_stated"),
    ],
)
def test_without_consent_credit_or_description_nothing_is_shown(values: dict[str, object], field: str) -> None:
    assert list(facts(**values).faults(TODAY)) == [field]
    assert facts().faults(TODAY) == {}
    assert facts(kind=PictureKind.PEOPLE_AT_RISK, at_risk_stated=True).faults(TODAY) == {}


def test_a_page_shows_a_picture_only_in_a_language_that_describes_it(storage: Storage, drawn: pictures.Drawn) -> None:
    with storage.writing() as session:
        case = made.action(session).case
        pictures.keep(session, storage.vault, NOBODY, case, drawn, facts(), made.NOON)
    with storage.reading() as session:
        shown = published(session, "renew-the-cards", "en").picture
        assert shown is not None
        assert (shown.alt, shown.credit, shown.focus) == ("A road in the hills.", "Drawing: A. Example", Focus.LEFT)
        assert published(session, "renew-the-cards", "ur").picture is None


def test_the_database_itself_keeps_people_at_risk_out_of_pictures(storage: Storage, drawn: pictures.Drawn) -> None:
    with pytest.raises(IntegrityError), storage.writing() as session:
        case = made.action(session).case
        session.add(
            CasePicture(
                case_id=case.id, mark=drawn.mark, width=1280, height=720, kind=PictureKind.PEOPLE_AT_RISK,
                at_risk_stated=False, alt={"en": "A"}, credit={"en": "B"}, focus=Focus.CENTRE, consent="C",
                consent_on=date(2025, 1, 1), created_at=made.NOON,
            )
        )  # fmt: skip
        session.flush()


def test_a_picture_that_is_removed_is_gone_from_the_page(storage: Storage, drawn: pictures.Drawn) -> None:
    with storage.writing() as session:
        case = made.action(session).case
        pictures.keep(session, storage.vault, NOBODY, case, drawn, facts(), made.NOON)
        pictures.remove(session, storage.vault, NOBODY, case, made.NOON)
    with storage.reading() as session:
        assert session.scalars(select(CasePicture)).all() == []
        assert session.scalars(select(Action)).one()
        assert published(session, "renew-the-cards", "en").picture is None
