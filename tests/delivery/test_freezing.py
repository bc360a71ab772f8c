"""Freezing: who had confirmed, what they let be seen, and which texts, at one instant."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from campaign.appeals.signing.signing import sign
from campaign.appeals.supporter import confirming
from campaign.delivery import codes, verifying
from campaign.errors import Refused, Unknown
from campaign.storage import Storage
from campaign.storage.tables import Dossier, DossierEntry, Signature
from campaign.vocabulary import BuildStatus, WordsStatus
from tests import made
from tests.delivery.signed import SLUG, entries, freeze, say, sign_all


@pytest.fixture
def signed(storage: Storage) -> Storage:
    with storage.writing() as session:
        made.action(session)
    sign_all(storage)
    with storage.writing() as session:
        sign(session, storage.vault, SLUG, made.wish("late@example.org", name="Pending"), made.NOON)
    return storage


def test_names_are_numbered_by_country_and_time_and_the_withheld_are_only_counted(signed: Storage) -> None:
    code = freeze(signed)
    names = [name for _, name in entries(signed, code)]
    assert names == ["高橋 さくら", "عائشہ قریشی", "Ada Lovelace", "<b>Bobby</b> file:///etc/passwd"]
    with signed.reading() as session:
        found = verifying.sealed(session, code)
    assert (found.named, found.withheld, found.countries) == (4, 1, 3)
    assert (found.build, found.volumes) == (BuildStatus.WAITING, ())


def test_a_later_withdrawal_moves_no_number_and_no_total_and_clears_its_own_name(signed: Storage) -> None:
    code = freeze(signed)
    before = entries(signed, code)
    with signed.writing() as session:
        reference = session.scalars(select(Signature.reference).order_by(Signature.id)).first()
        confirming.not_me(session, signed.vault, reference)
    assert entries(signed, code) == [(n, "" if name == "Ada Lovelace" else name) for n, name in before]
    with signed.reading() as session:
        assert verifying.sealed(session, code).named == 4
    assert "Ada Lovelace" not in [name for _, name in entries(signed, freeze(signed))]


def test_the_days_of_signing_are_frozen_with_all_who_signed_on_them(signed: Storage) -> None:
    with signed.writing() as session:
        found = session.scalars(select(Signature).order_by(Signature.id)).first()
        assert found is not None
        found.confirmed_on = date(2025, 8, 4)
    code = freeze(signed)
    with signed.reading() as session:
        dossier = session.scalars(select(Dossier).where(Dossier.code == code)).one()
        assert [(it.day, it.count) for it in dossier.days] == [(date(2025, 8, 1), 4), (date(2025, 8, 4), 1)]


def test_a_name_that_an_organiser_has_hidden_is_counted_and_not_named(signed: Storage) -> None:
    with signed.writing() as session:
        first = session.scalars(select(Signature.id).order_by(Signature.id)).first()
        session.execute(update(Signature).where(Signature.id == first).values(name_hidden=True))
    code = freeze(signed)
    assert "Ada Lovelace" not in [name for _, name in entries(signed, code)]
    with signed.reading() as session:
        assert verifying.sealed(session, code).withheld == 2


@pytest.mark.parametrize(
    ("name", "status", "taken"),
    [
        ("Ada Lovelace", WordsStatus.SHOWN, True),
        ("Ada Lovelace", WordsStatus.WAITING, False),
        ("Ada Lovelace", WordsStatus.HIDDEN, False),
        ("Ada Lovelace", None, False),
        ("Hidden Person", WordsStatus.SHOWN, False),
    ],
)
def test_words_are_taken_up_if_an_organiser_has_shown_them_and_their_writer_is_named(
    signed: Storage, name: str, status: WordsStatus | None, taken: bool
) -> None:
    say(signed, name, "Please renew them.", status)
    freeze(signed)
    with signed.reading() as session:
        with_words = session.scalars(select(DossierEntry.with_words)).all()
    assert sum(with_words) == taken


def test_nothing_is_frozen_where_nobody_has_confirmed(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session)
    with pytest.raises(Refused, match="nothing to put in a signature book"):
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


def test_those_who_sign_after_the_freeze_are_not_in_it(signed: Storage) -> None:
    code = freeze(signed)
    with signed.writing() as session:
        sign(session, signed.vault, SLUG, made.wish("new@example.org", name="New"), made.NOON)
        late = session.scalars(select(Signature.reference).order_by(Signature.id.desc())).first()
        confirming.confirm(session, signed.vault, late, made.NOON + timedelta(hours=9))
    assert "New" not in [name for _, name in entries(signed, code)]
    assert "New" in [name for _, name in entries(signed, freeze(signed))]
