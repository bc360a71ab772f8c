"""The message of someone who asked not to be named: read by an organiser first, printed without a name."""

from __future__ import annotations

from sqlalchemy import select

from campaign.delivery import print_data
from campaign.storage import Storage
from campaign.storage.tables import Dossier
from campaign.vocabulary import WordsStatus
from tests import made
from tests.delivery import signed


def words(storage: Storage) -> list[tuple[str, str]]:
    code = signed.freeze(storage)
    with storage.reading() as session:
        dossier = session.scalars(select(Dossier.id).where(Dossier.code == code)).one()
    return [(it.who, it.text) for it in print_data.words_of(storage, dossier, "en")]


def test_the_message_of_who_is_not_named_goes_along_without_a_name(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session)
    signed.sign_all(storage)
    signed.say(storage, "Hidden Person", "I live there myself.")
    assert words(storage) == [("A person who asked not to be named · Pakistan", "I live there myself.")]


def test_a_message_that_nobody_has_read_or_that_was_hidden_goes_nowhere(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session)
    signed.sign_all(storage)
    for status in (None, WordsStatus.HIDDEN):
        signed.say(storage, "Hidden Person", "I live there myself.", status)
        assert words(storage) == []
