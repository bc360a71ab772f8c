"""Names: people's, in every script; nobody's address under the appearance of one."""

from __future__ import annotations

import unicodedata
from datetime import timedelta

import pytest
from markupsafe import Markup
from sqlalchemy import select, update

from campaign.appeals.signing import names
from campaign.appeals.signing.signing import sign
from campaign.appeals.supporter import confirming
from campaign.errors import Refused
from campaign.storage import Storage
from campaign.storage.tables import Organisation, Signature
from tests import made

PEOPLE = [
    "Ada Lovelace",
    "J.R.R. Tolkien",
    "O.Henry",
    "Md.Rahman",
    "St. John-Smythe, Ph.D.",
    "Dr.Ayesha Qureshi",
    "عائشہ قریشی",
    "अनुष्का त्रिवेदी",
    "欧阳 梓涵",
    "N'Dour-Lacroix",
    "Commissioner Org. of Farmers",
    "A.de Vries",
    "T.Ly",
    "M.Co",
    "N.Ga",
    "J.R.de Vries",
]
ADDRESSES = [
    "https://evil.example/win",
    "Win money at evil.com",
    "EVIL.COM",
    "www.evil.example",
    "click evil.xyz now",
    "ada@example.org",
    "evil.example/prize",
    "ｅｖｉｌ．ｃｏｍ",
    "evil。com",
    "e\u200bvil.c\u2060om",
    "t.me/evil",
    "bit.ly/3x",
]


@pytest.mark.parametrize("name", PEOPLE)
def test_a_name_is_taken_as_it_is(name: str) -> None:
    assert names.checked(name) == name


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_name_that_holds_an_address_is_refused_with_what_to_do(name: str) -> None:
    with pytest.raises(Refused, match="Enter only your name"):
        names.checked(name)


@pytest.mark.parametrize("name", [*ADDRESSES, *PEOPLE])
def test_no_program_makes_a_link_of_a_name_in_a_mail(name: str) -> None:
    from jinja2.utils import urlize  # finds addresses as mail programs do

    assert "<a " not in urlize(str(Markup.escape(names.in_mail(name))))


def test_what_a_mail_shows_of_a_name_is_the_name() -> None:
    said = names.in_mail("Md.Rahman \u202eevil\u202c")
    assert [
        it for it in said if unicodedata.bidirectional(it) in {"RLO", "LRO", "PDF", "RLE", "LRE", "FSI", "PDI"}
    ] == []
    assert said.replace("\u2060", "") == "Md.Rahman evil"
    assert names.in_mail("عائشہ قریشی") == "عائشہ قریشی"


def test_a_name_is_shown_after_its_moment_and_a_threat_only_once_it_was_read(storage: Storage) -> None:
    with storage.writing() as session:
        action_id = made.action(session).id
        session.execute(update(Organisation).values(name_hold_minutes=10))
        for n, name in enumerate(("Ada Lovelace", "Kill the Minister now")):
            sign(session, storage.vault, "renew-the-cards", made.wish(f"{n}@example.org", name=name), made.NOON)
        for reference in session.scalars(select(Signature.reference)).all():
            confirming.confirm(session, storage.vault, reference, made.NOON)

    def shown(minutes: int) -> tuple[str, ...]:
        with storage.reading() as session:
            return names.latest(session, storage.vault, action_id, now=made.NOON + timedelta(minutes=minutes))

    assert shown(9) == ()
    assert shown(10) == ("Ada Lovelace",)
    with storage.writing() as session:
        session.execute(update(Signature).values(name_held=False))
    assert set(shown(10)) == {"Ada Lovelace", "Kill the Minister now"}


def test_where_the_office_reads_names_first_none_is_shown_before(storage: Storage) -> None:
    with storage.writing() as session:
        action_id = made.action(session).id
        session.execute(update(Organisation).values(names_read_first=True))
        sign(session, storage.vault, "renew-the-cards", made.wish(), made.NOON)
        confirming.confirm(session, storage.vault, session.scalars(select(Signature.reference)).one(), made.NOON)
    later = made.NOON + timedelta(days=30)
    with storage.writing() as session:
        assert names.latest(session, storage.vault, action_id, now=later) == ()
        session.execute(update(Signature).values(name_held=False))
        assert names.latest(session, storage.vault, action_id, now=later) == ("Ada Lovelace",)
