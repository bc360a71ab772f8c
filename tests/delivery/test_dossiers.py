"""Dossiers: frozen at an instant, printed, and checked against what was printed."""

from __future__ import annotations

from datetime import timedelta

import pypdfium2
import pytest
from sqlalchemy import select, update

from campaign.appeals import confirming
from campaign.appeals.signing import sign
from campaign.delivery import codes, freezing, verifying, volumes
from campaign.delivery.verifying import Verdict
from campaign.errors import Refused, Unknown
from campaign.publication.reading import published
from campaign.storage import Storage
from campaign.storage.tables import Dossier, DossierEntry, Signature
from campaign.vocabulary import Disclosure
from tests import made

PEOPLE = (
    ("Ada Lovelace", "GB", Disclosure.PUBLIC),
    ("عائشہ قریشی", "PK", Disclosure.OFFICIAL),
    ("Hidden Person", "PK", Disclosure.WITHHELD),
    ("高橋 さくら", "JP", Disclosure.PUBLIC),
    ("<b>Bobby</b> file:///etc/passwd", "GB", Disclosure.PUBLIC),
)


@pytest.fixture
def signed(storage: Storage) -> Storage:
    with storage.writing() as session:
        made.action(session)
        for n, (name, country, disclosure) in enumerate(PEOPLE):
            wish = made.wish(f"{n}@example.org", name=name, country=country, disclosure=disclosure)
            sign(session, storage.vault, "renew-the-cards", wish, made.NOON)
        for n, reference in enumerate(session.scalars(select(Signature.reference).order_by(Signature.id)).all()):
            confirming.confirm(session, storage.vault, reference, made.NOON + timedelta(minutes=n))
        sign(session, storage.vault, "renew-the-cards", made.wish("late@example.org", name="Pending"), made.NOON)
    return storage


def freeze(storage: Storage) -> str:
    with storage.writing(snapshot=True) as session:
        action = published(session, "renew-the-cards", "en")
        return freezing.freeze(session, action, None, made.NOON)


def entries(storage: Storage, code: str) -> list[tuple[int, str]]:
    with storage.reading() as session:
        mine = select(DossierEntry).join(Dossier, Dossier.id == DossierEntry.dossier_id).where(Dossier.code == code)
        found = session.scalars(mine.order_by(DossierEntry.number)).all()
        return [(it.number, storage.vault.unseal(it.name or b"")) for it in found]


def text_of(pdf: bytes) -> str:
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))


def test_names_are_numbered_by_country_and_time_and_the_withheld_are_only_counted(signed: Storage) -> None:
    code = freeze(signed)
    names = [name for _, name in entries(signed, code)]
    assert names == ["高橋 さくら", "عائشہ قریشی", "Ada Lovelace", "<b>Bobby</b> file:///etc/passwd"]
    with signed.reading() as session:
        found = verifying.sealed(session, code)
    assert (found.named, found.withheld, found.countries) == (4, 1, 3)


def test_a_later_withdrawal_changes_nothing_in_what_was_frozen(signed: Storage) -> None:
    code = freeze(signed)
    before = entries(signed, code)
    with signed.writing() as session:
        reference = session.scalars(select(Signature.reference).order_by(Signature.id)).first()
        confirming.not_me(session, signed.vault, reference)
    assert entries(signed, code) == before
    assert "Ada Lovelace" not in [name for _, name in entries(signed, freeze(signed))]


def test_the_volume_holds_every_disclosed_name_once_and_no_withheld_one(signed: Storage) -> None:
    printed = volumes.build(signed, "https://act.example.org", freeze(signed))
    text = text_of(printed.pdf)
    for name in ("Ada Lovelace", "高橋 さくら", "<b>Bobby</b> file:///etc/passwd"):
        assert text.count(name) == 1, name
    assert "Hidden Person" not in text
    assert "Pending" not in text


def test_each_name_stands_on_the_page_that_is_recorded_for_it(signed: Storage) -> None:
    code = freeze(signed)
    printed = volumes.build(signed, "https://act.example.org", code)
    pages = pypdfium2.PdfDocument(printed.pdf)
    with signed.reading() as session:
        for entry in session.scalars(select(DossierEntry)):
            name = signed.vault.unseal(entry.name or b"")
            if name.isascii():
                assert name in pages[(entry.page or 0) - 1].get_textpage().get_text_range()


def test_the_same_freeze_printed_twice_gives_the_same_bytes(signed: Storage) -> None:
    code = freeze(signed)
    first = volumes.build(signed, "https://act.example.org", code)
    assert volumes.build(signed, "https://act.example.org", code).pdf == first.pdf


def test_a_file_is_genuine_altered_or_not_ours(signed: Storage) -> None:
    code = freeze(signed)
    pdf = volumes.build(signed, "https://act.example.org", code).pdf
    middle = len(pdf) // 2
    altered = pdf[:middle] + bytes([pdf[middle] ^ 1]) + pdf[middle + 1 :]
    with signed.reading() as session:
        verdict, found = verifying.verify(session, pdf)
        assert verdict is Verdict.GENUINE
        assert found is not None
        assert found.code == code
        assert verifying.verify(session, altered)[0] is Verdict.ALTERED
        assert verifying.verify(session, b"%PDF-1.7 a stranger's file")[0] is Verdict.NOT_OURS


def test_wherever_one_byte_is_flipped_the_file_is_called_altered(signed: Storage) -> None:
    pdf = volumes.build(signed, "https://act.example.org", freeze(signed)).pdf
    with signed.reading() as session:
        for position in range(0, len(pdf), len(pdf) // 200):
            altered = pdf[:position] + bytes([pdf[position] ^ 0x10]) + pdf[position + 1 :]
            assert verifying.verify(session, altered)[0] is Verdict.ALTERED, position


def test_a_name_erased_before_printing_is_an_empty_line_under_its_number(signed: Storage) -> None:
    code = freeze(signed)
    with signed.writing() as session:
        session.execute(update(DossierEntry).where(DossierEntry.number == 3).values(name=None, signature_id=None))
    assert "Ada Lovelace" not in text_of(volumes.build(signed, "https://act.example.org", code).pdf)


def test_nothing_is_frozen_where_nobody_has_confirmed(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session)
    with pytest.raises(Refused, match="nothing to freeze"):
        freeze(storage)


def test_a_code_is_found_however_it_was_typed(signed: Storage) -> None:
    code = freeze(signed)
    with signed.reading() as session:
        for typed in (code.lower(), code.replace("-", ""), f" {code} ".replace("-", " – ")):
            assert verifying.sealed(session, typed).code == code
        with pytest.raises(Unknown):
            verifying.sealed(session, "2222-2222")


def test_codes_avoid_signs_that_a_photocopy_confuses() -> None:
    assert not set("01ILOUV") & set(codes.ALPHABET)
    assert codes.WRITTEN.fullmatch(codes.fresh())
