"""The zone of a deadline: asked once for each case, where its country has several."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from campaign.cases.lifecycle import zones
from campaign.errors import Refused
from campaign.office.audit import COMMAND_LINE
from campaign.storage import Storage
from campaign.storage.tables import AuditEvent, Case
from tests import made


@pytest.fixture
def brazilian(storage: Storage) -> Storage:
    with storage.writing() as session:
        case = made.action(session).case
        case.country, case.time_zone, case.place = "BR", "America/Sao_Paulo", {"en": "Brasília"}
    return storage


def chosen(storage: Storage, zone: str) -> Case:
    with storage.writing() as session:
        case = session.scalars(select(Case)).one()
        zones.choose(session, storage.vault, COMMAND_LINE, case, zone, made.NOON)
        return case


def test_the_capital_s_zone_is_offered_first_and_nothing_is_assumed(brazilian: Storage) -> None:
    with brazilian.reading() as session:
        offered = zones.choices(session.scalars(select(Case)).one())
    assert offered[0] == "America/Sao_Paulo"
    assert {"America/Noronha", "America/Manaus", "America/Rio_Branco"} < {*offered}
    for nonsense in ("", "Europe/Moscow", "Mars"):
        with pytest.raises(Refused, match="Choose the time zone of the deadline"):
            chosen(brazilian, nonsense)


def test_what_was_chosen_is_shown_is_in_the_trail_and_is_not_asked_again(brazilian: Storage) -> None:
    case = chosen(brazilian, "America/Manaus")
    assert (case.time_zone, case.place) == ("America/Manaus", {"en": "Manaus"})
    assert zones.choices(case) == ()
    assert chosen(brazilian, "").time_zone == "America/Manaus"
    with brazilian.reading() as session:
        assert [it.what for it in session.scalars(select(AuditEvent)) if it.what == "time zone chosen"] == [
            "time zone chosen"
        ]


def test_whoever_keeps_the_capital_s_zone_keeps_its_name(brazilian: Storage) -> None:
    assert chosen(brazilian, "America/Sao_Paulo").place == {"en": "Brasília"}


def test_a_country_with_one_zone_asks_nothing(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session)
    assert zones.choices(chosen(storage, "")) == ()
