"""What a signature book holds besides names, for whom it can be frozen, and what keeps it from being frozen."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from campaign.appeals.abuse import origins
from campaign.delivery import codes, freezing
from campaign.errors import Gone, Refused, Unknown
from campaign.publication.reading import published
from campaign.storage import Storage, tables
from campaign.storage.tables import Action, Dossier, DossierBuild, PaperName, Recipient, Signature
from campaign.vocabulary import ActionStatus, BuildStatus, DossierStatus, Paper, RecipientRole
from tests import made
from tests.delivery.signed import SLUG, freeze, sign_all

FROZEN_AT = made.NOON + timedelta(days=1)


@pytest.fixture
def signed(storage: Storage) -> Storage:
    """Five who signed: four named, one not."""
    with storage.writing() as session:
        made.action(session, seats=2)
    sign_all(storage)
    return storage


def dossier(storage: Storage) -> Dossier:
    with storage.reading() as session:
        return session.scalars(select(Dossier)).one()


def appeal(storage: Storage) -> dict[str, Any]:
    return dict(json.loads(dossier(storage).appeal))


def on_paper(
    storage: Storage, *names: str | None, count: int = 1, same: bool = False, number: str = "7Q4-2M9K"
) -> None:
    """A sheet that came back; None is a name whose time is over."""
    with storage.writing() as session:
        text_id = session.scalars(select(Signature.signed_text_id)).first()
        sheet = tables.PaperSheet(
            action_id=session.scalars(select(Action.id)).one(),
            number=number,
            country="GB",
            names=count,
            signed_text_id=text_id,
            created_at=made.NOON,
        )
        session.add(sheet)
        session.flush()
        for row, name in enumerate(names, 1):
            sealed = storage.vault.encrypt(name, "paper_names.name", f"{sheet.id}/{row}") if name else b""
            found_by = origins.name_hash(storage.vault, name or "")
            typed = PaperName(sheet_id=sheet.id, row=row, name=sealed, name_hash=found_by)
            typed.same_as_online = True if same else None
            session.add(typed)


def for_official(storage: Storage, official: int | None) -> str:
    with storage.writing() as session:
        return freezing.freeze(session, published(session, SLUG, "en"), official, FROZEN_AT, Paper.LETTER)


def test_everything_that_is_printed_besides_names_is_kept_as_it_is_now(signed: Storage) -> None:
    for_official(signed, None)
    kept = appeal(signed)
    assert kept["official"] == {
        "name": "Sample Minister",
        "title": None,
        "office": "Minister of Interior",
        "address": ["1 Sample Road", "Islamabad, Pakistan"],
        "country": "PK",
    }
    assert (kept["number"], kept["title"]) == ("UA 56/25", "Renew the cards")
    assert kept["demands"] == ["Renew the cards.", "Stop forced returns."]
    assert (kept["salutation"], kept["close"]) == ("Dear Minister,", "Yours sincerely,")
    assert (kept["paper_size"], kept["seats"]) == ("letter", 2)
    assert kept["organisation"] == "Example Rights Office"
    assert (kept["hidden"], kept["unnamed_words"]) == (0, [])
    assert [(it["version"], it["named"], it["withheld"], it["on_paper"]) for it in kept["texts"]] == [(1, 4, 1, 0)]


def test_it_waits_to_be_printed_and_tells_how_many_are_named(signed: Storage) -> None:
    freeze(signed)
    it = dossier(signed)
    assert (it.status, it.named, it.withheld, it.frozen_at) == (DossierStatus.FROZEN, 4, 1, FROZEN_AT)
    with signed.reading() as session:
        build = session.scalars(select(DossierBuild)).one()
    assert (build.status, build.attempts, build.done, build.total) == (BuildStatus.WAITING, 0, 0, 0)


def test_who_has_no_model_letter_gets_a_book_without_salutation(signed: Storage) -> None:
    with signed.writing() as session:
        session.scalars(select(Action)).one().letters = []
    freeze(signed)
    assert (appeal(signed)["salutation"], appeal(signed)["close"]) == (None, None)


def test_an_office_without_a_name_is_addressed_as_an_office(signed: Storage) -> None:
    with signed.writing() as session:
        session.scalars(select(tables.Official)).one().name = None
    freeze(signed)
    assert (appeal(signed)["official"]["name"], appeal(signed)["official"]["office"]) == ("", "Minister of Interior")


def test_an_official_is_chosen_by_their_number_among_those_who_are_asked_to_act(signed: Storage) -> None:
    with signed.writing() as session:
        action = session.scalars(select(Action)).one()
        for n, (name, role) in enumerate(
            [("Copied Office", RecipientRole.COPY), ("Second Minister", RecipientRole.TO)]
        ):
            official = made.official(name=name)
            action.recipients.append(Recipient(official=official, role=role, position=n + 2))
    for number in (2, 4, 0):  # who gets a copy, and two that there are not
        with pytest.raises(Unknown, match="not addressed"):
            for_official(signed, number)
    for_official(signed, 3)
    assert appeal(signed)["official"]["name"] == "Second Minister"


def test_where_only_copies_go_out_there_is_nobody_to_freeze_it_for(signed: Storage) -> None:
    with signed.writing() as session:
        session.execute(update(Recipient).values(role=RecipientRole.COPY))
    with pytest.raises(Unknown, match="not addressed"):
        freeze(signed)


def test_after_a_stop_nothing_is_frozen(signed: Storage) -> None:
    with signed.writing() as session:
        session.execute(update(Action).values(status=ActionStatus.STOPPED, ended_at=made.NOON))
    with pytest.raises(Gone, match="stopped"):
        freeze(signed)


def test_a_name_that_nobody_has_read_keeps_the_book_from_being_made(signed: Storage) -> None:
    with signed.writing() as session:
        first = session.scalars(select(Signature.id).order_by(Signature.id)).first()
        session.execute(update(Signature).where(Signature.id == first).values(name_held=True))
    with pytest.raises(Refused, match=r"wait to be read first: 1\."):
        freeze(signed)
    with signed.reading() as session:
        assert session.scalars(select(Dossier)).all() == []


def test_a_code_that_was_given_before_is_not_given_again(signed: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter(["7Q4K-2M9X", "7Q4K-2M9X", "AAAA-2222"])
    monkeypatch.setattr(codes, "fresh", lambda: next(drawn))
    assert [freeze(signed), freeze(signed)] == ["7Q4K-2M9X", "AAAA-2222"]


def test_paper_is_counted_under_the_text_that_its_sheets_carry(signed: Storage) -> None:
    on_paper(signed, "Mary Shelley", count=12)
    on_paper(signed, "Percy Shelley", count=3, number="7Q4-2M9L")
    freeze(signed)
    assert [it["on_paper"] for it in appeal(signed)["texts"]] == [15]


def test_a_name_whose_time_is_over_is_counted_and_not_kept(signed: Storage) -> None:
    on_paper(signed, "Mary Shelley", None, count=2)
    freeze(signed)
    (sheet,) = json.loads(dossier(signed).paper or b"")
    assert (sheet["number"], sheet["country"], sheet["count"]) == ("7Q4-2M9K", "GB", 2)
    assert [place.rpartition("/")[2] for place, _name in sheet["names"]] == ["1"]


def test_who_stands_in_another_list_is_neither_counted_nor_kept(signed: Storage) -> None:
    on_paper(signed, "Ada Lovelace", same=True)
    freeze(signed)
    assert dossier(signed).paper is None


def test_who_signed_on_paper_alone_is_enough_for_a_book(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session)
    on_paper(storage, "Mary Shelley")
    freeze(storage)
    assert dossier(storage).named == 0
