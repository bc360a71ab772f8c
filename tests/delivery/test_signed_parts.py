"""A dossier prints the text that each group signed, whatever the action says by now."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest
from sqlalchemy import select, update

from campaign.appeals.signing.signing import sign
from campaign.appeals.supporter import confirming
from campaign.cases.writing import recipients, texts
from campaign.cases.writing.texts import Correction, Form, Words, words_of
from campaign.errors import Refused
from campaign.office.audit import Actor
from campaign.publication import signed_texts
from campaign.storage import Storage
from campaign.storage.tables import Action, ActionText, Dossier, DossierEntry, Signature, SignedText
from campaign.vocabulary import CorrectionKind, Disclosure, RecipientRole
from tests import made
from tests.delivery import signed

EDITOR = Actor(None, "an editor")
FIRST = (("Ada Lovelace", "GB", Disclosure.PUBLIC), ("Hidden Person", "PK", Disclosure.WITHHELD))


@pytest.fixture
def open_action(storage: Storage) -> Iterator[Storage]:
    with storage.writing() as session:
        made.action(session)
    signed.sign_all(storage, FIRST)
    yield storage


def change(storage: Storage, correction: Correction | None, **changes: object) -> None:
    with storage.writing() as session:
        action = session.scalars(select(Action)).one()
        text = next(it for it in action.texts if it.locale == "en")
        was = words_of(text)
        form = Form(action.revision, {it.locale: words_of(it).edit_token for it in action.texts})
        wanted = {"en": Words(**{**vars(was), **changes})}
        texts.save_texts(session, storage.vault, EDITOR, signed.SLUG, form, wanted, (), made.NOON, correction)


def sign_later(storage: Storage, name: str, country: str = "FR") -> None:
    with storage.writing() as session:
        sign(session, storage.vault, signed.SLUG, made.wish("late@example.org", name=name, country=country), made.NOON)
        reference = session.scalars(select(Signature.reference).order_by(Signature.id.desc()).limit(1)).one()
        confirming.confirm(session, storage.vault, reference, made.NOON + timedelta(hours=2))


def test_replacing_a_demand_of_a_signed_action_is_refused_with_the_way_to_do_it_right(open_action: Storage) -> None:
    """Tried on the product: the demands of an open action with 313 signatures were replaced by their opposite.

    Public reports of the same: pytition/Pytition#193 (what to do when people have signed already),
    petities/petitions.eu#248 (the text of a published petition could be changed).
    """
    for correction in (None, Correction(CorrectionKind.TYPING, "A slip."), Correction(CorrectionKind.EDIT, "Better.")):
        with pytest.raises(Refused, match=r"People have signed.*correction.*new action"):
            change(open_action, correction, demands=("Do not renew the cards.", "Start forced returns."))
    with open_action.reading() as session:
        assert session.scalars(select(SignedText.version)).all() == [1]


def test_what_nobody_has_signed_yet_and_what_is_not_signed_may_be_written_as_before(storage: Storage) -> None:
    with storage.writing() as session:
        made.action(session)
    change(storage, None, demands=("Renew all cards at once.",))
    signed.sign_all(storage, FIRST)
    change(storage, None, background="More about the case.")


def test_asking_someone_else_is_refused_once_people_have_signed(open_action: Storage) -> None:
    with open_action.writing() as session:
        other = made.official(name="Another Minister")
        session.add(other)
        session.flush()
        number = other.id
    with pytest.raises(Refused, match="People have signed"), open_action.writing() as session:
        recipients.add(session, open_action.vault, EDITOR, signed.SLUG, number, RecipientRole.TO, made.NOON)
    with open_action.writing() as session:
        now = session.scalars(select(Action)).one().recipients[0].official_id
        recipients.succeed(session, open_action.vault, EDITOR, signed.SLUG, now, number, "New in office.", made.NOON)
    with open_action.reading() as session:
        kept = session.scalars(select(SignedText).order_by(SignedText.version)).all()
    assert [it.kind for it in kept] == [None, CorrectionKind.SUCCESSOR]
    assert "Another Minister" in signed_texts.read(kept[1], "en").officials[0]


def test_a_dossier_after_a_correction_prints_what_each_group_signed(open_action: Storage, tmp_path: Path) -> None:
    slip = Correction(CorrectionKind.TYPING, "A letter was missing.")
    change(open_action, slip, title="Renew the cards", demands=("Renew the cards.", "Stop forced return."))
    sign_later(open_action, "Zoe Late", "AT")
    code = signed.freeze(open_action)
    with open_action.reading() as session:
        frozen = json.loads(session.scalars(select(Dossier.appeal)).one())["texts"]
        rows = session.execute(select(DossierEntry.number, DossierEntry.country).order_by(DossierEntry.number)).all()
    assert [it["demands"][1] for it in frozen] == ["Stop forced returns.", "Stop forced return."]
    assert [(it["named"], it["withheld"], it["first"], it["last"]) for it in frozen] == [(1, 1, 1, 1), (1, 0, 2, 2)]
    # Austria comes before the United Kingdom in the alphabet, and after it in the book: it signed the later text.
    assert [tuple(it) for it in rows] == [(1, "GB"), (2, "AT")]
    document = pypdfium2.PdfDocument(signed.printed(open_action, tmp_path, code))
    words = " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())
    assert "Stop forced returns." in words
    assert "Stop forced return." in words
    assert "2 people signed this text." in words
    assert "1 person signed this text." in words
    assert "A letter was missing." in words


def test_a_translation_that_was_corrected_makes_one_group_for_who_reads_the_original(open_action: Storage) -> None:
    with open_action.writing() as session:
        action = session.scalars(select(Action)).one()
        urdu = next(it for it in action.texts if it.locale == "ur")
        form = Form(action.revision, {it.locale: words_of(it).edit_token for it in action.texts})
        better = Words(**{**vars(words_of(urdu)), "title": "کارڈز کی تجدید کریں۔"})
        slip = Correction(CorrectionKind.TRANSLATION, "A full stop was missing.")
        texts.save_texts(session, open_action.vault, EDITOR, signed.SLUG, form, {"ur": better}, (), made.NOON, slip)
    sign_later(open_action, "Zoe Late")
    signed.freeze(open_action)
    with open_action.reading() as session:
        assert len(session.scalars(select(SignedText)).all()) == 2
        assert len(json.loads(session.scalars(select(Dossier.appeal)).one())["texts"]) == 1


def test_a_database_changed_by_hand_is_found(open_action: Storage) -> None:
    with open_action.reading() as session:
        assert signed_texts.faults(session, open_action.vault) == ()
    with open_action.writing() as session:
        session.execute(update(ActionText).where(ActionText.locale == "en").values(demands=["Do the opposite."]))
    with open_action.reading() as session:
        (fault,) = signed_texts.faults(session, open_action.vault)
    assert fault.slug == signed.SLUG
    assert "no correction" in fault.what


def test_a_kept_text_changed_by_hand_is_found_even_with_a_digest_that_fits(open_action: Storage) -> None:
    with open_action.writing() as session:
        kept = session.scalars(select(SignedText)).one()
        content = kept.content.replace("Stop forced returns.", "Start forced returns.")
        session.execute(update(SignedText).values(content=content, digest=signed_texts.digest_of(content)))
        session.execute(
            update(ActionText)
            .where(ActionText.locale == "en")
            .values(demands=["Renew the cards.", "Start forced returns."])
        )
    with open_action.reading() as session:
        assert any("was changed in the database" in it.what for it in signed_texts.faults(session, open_action.vault))


def test_who_signs_a_page_that_was_corrected_meanwhile_stands_under_the_text_they_read(open_action: Storage) -> None:
    change(
        open_action, Correction(CorrectionKind.TYPING, "A slip."), demands=("Renew the cards.", "Stop forced return.")
    )
    with open_action.writing() as session:
        wish = made.wish("kept@example.org", name="Kept Page", text_version=1)
        sign(session, open_action.vault, signed.SLUG, wish, made.NOON)
        newest = session.scalars(select(Signature).order_by(Signature.id.desc()).limit(1)).one()
        version = session.get_one(SignedText, newest.signed_text_id).version
    assert version == 1
