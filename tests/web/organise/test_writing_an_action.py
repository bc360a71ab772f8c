"""Writing an action in the browser: from a bulletin to an open page, with everything that may come between."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from campaign import clock
from campaign.jobs.sweeps import Jobs
from campaign.storage.tables import (
    Action,
    ActionText,
    AuditEvent,
    Autosave,
    HarmStatement,
    ModelLetter,
    Official,
    Organiser,
    ReadingCorrection,
    Recipient,
)
from campaign.vocabulary import ActionStatus, RecipientRole, Role
from tests import made
from tests.conftest import Site
from tests.web.conftest import Hour
from tests.web.organise.conftest import Desk
from tests.web.reading import Page

DRAFT = "give-back-the-nets"
THERE = f"/organise/actions/{DRAFT}"
SitDown = Callable[[Role], Desk]

BULLETIN = """URGENT ACTION

GIVE BACK THE NETS OF THE FISHERS

On 3 March 2025 the harbour police of Pakistan took the nets of 40 families of fishers.

TAKE ACTION: WRITE AN APPEAL IN YOUR OWN WORDS OR USE THIS MODEL LETTER

Minister of Fisheries
Sample Person
1 Sample Road
Islamabad, Pakistan
Email: minister@example.invalid

Dear Minister,

I write about the nets of the fishers.

I urge you to give back the nets without delay.

Yours sincerely,

PREFERRED LANGUAGE TO ADDRESS TARGET: English

PLEASE TAKE ACTION AS SOON AS POSSIBLE UNTIL: 30 June 2025
"""


@pytest.fixture
def drafted(staffed: Site) -> Site:
    """The site with a draft of which nothing is missing but a second person's yes."""
    with staffed.storage.writing() as session:
        action = made.action(session, DRAFT, status=ActionStatus.DRAFT, issued_on=None, opened_at=None, serial=57)
        who = session.scalars(select(Organiser.id).where(Organiser.role == Role.EDITOR)).one()
        session.add(
            HarmStatement(action_id=action.id, consent="No one is named.", risk="Little.", organiser_id=who, on=today())
        )
    return staffed


def today() -> date:
    return clock.now().date()


def status(site: Site, slug: str = DRAFT) -> ActionStatus:
    with site.storage.reading() as session:
        return session.scalars(select(Action.status).where(Action.slug == slug)).one()


def filled(page: Page) -> dict[str, object]:
    """The fields of the form that texts or a letter are written in, as a browser would send them."""
    fields: dict[str, object] = {}
    for it in page.elements:
        name = it.get("name")
        if name and it.tag == "input" and it.get("type") not in {"radio", "checkbox", "file", "submit"}:
            fields.setdefault(name, it.get("value") or "")
        if name and it.tag == "textarea":
            fields.setdefault(name, "".join(it.words).removeprefix("\n"))
    return fields


def audited(site: Site) -> list[str]:
    with site.storage.reading() as session:
        return list(session.scalars(select(AuditEvent.what).order_by(AuditEvent.id)))


def test_a_pasted_bulletin_becomes_a_draft_that_says_what_it_lacks(desk: SitDown, staffed: Site) -> None:
    editor = desk(Role.EDITOR)
    editor.read("/organise/actions/new")
    answer = editor.post("/organise/actions/new/import", {"text": BULLETIN + "\nXYZZY PLUGH\n"})
    assert answer.status_code == 302
    page = editor.read(answer.location)
    assert page.heading == "GIVE BACK THE NETS OF THE FISHERS"
    assert "The deadline has passed" in page.text
    assert "do-no-harm statement is not signed" in page.text
    assert "XYZZY PLUGH" in page.text
    slug = answer.location.rpartition("/")[2]
    assert status(staffed, slug) is ActionStatus.DRAFT
    assert "bulletin imported" in audited(staffed)


def test_a_bulletin_is_shown_as_it_was_read_before_anything_is_saved(desk: SitDown, staffed: Site) -> None:
    editor = desk(Role.EDITOR)
    editor.read("/organise/actions/new")
    page = Page(editor.post("/organise/actions/new/import", {"text": BULLETIN, "look": "yes"}).text)
    assert "Make a draft" in page.text
    assert page.one("input", id="title")["value"] == "GIVE BACK THE NETS OF THE FISHERS"
    with staffed.storage.reading() as session:
        assert session.scalars(select(Action.slug).where(Action.imported_text.is_not(None))).all() == []


def test_a_line_that_is_moved_stands_in_the_field_it_was_moved_to(desk: SitDown, staffed: Site) -> None:
    editor = desk(Role.EDITOR)
    editor.read("/organise/actions/new")
    text = BULLETIN + "\nXYZZY PLUGH\n"
    at = text.splitlines().index("XYZZY PLUGH") + 1
    made_of = {"text": text, f"to-{at}": "background", "title": "Nets", "shown-title": ""}
    looked = Page(editor.post("/organise/actions/new/import", {**made_of, "look": "yes"}).text)
    assert looked.one("input", id="title")["value"] == "Nets"
    answer = editor.post("/organise/actions/new/import", made_of)
    slug = answer.location.rpartition("/")[2]
    with staffed.storage.reading() as session:
        action = session.scalars(select(Action).where(Action.slug == slug)).one()
        assert "XYZZY PLUGH" in action.texts[0].background
        assert action.texts[0].title == "Nets"
        assert "XYZZY PLUGH" not in action.unplaced
        kept = session.scalars(select(ReadingCorrection)).one()
        assert (kept.line, kept.span, kept.was, kept.becomes) == (at, "XYZZY PLUGH", "left_out", "background")


def test_two_lines_go_to_the_same_new_official(desk: SitDown, staffed: Site) -> None:
    editor = desk(Role.EDITOR)
    editor.read("/organise/actions/new")
    text = BULLETIN + "\nChief Warden\nOther Person\n"
    at = len(text.splitlines())
    moves = {"text": text, f"to-{at - 1}": "officials.new.office", f"to-{at}": "officials.new.name"}
    slug = editor.post("/organise/actions/new/import", moves).location.rpartition("/")[2]
    with staffed.storage.reading() as session:
        action = session.scalars(select(Action).where(Action.slug == slug)).one()
        assert [it.official.name for it in action.recipients] == ["Sample Person", "Other Person"]
        assert action.recipients[1].official.office == {"en": "Chief Warden"}


def test_a_line_cannot_go_to_a_field_that_does_not_exist(desk: SitDown, staffed: Site) -> None:
    editor = desk(Role.EDITOR)
    editor.read("/organise/actions/new")
    for to in ("password", "officials.99.name", "officials.0.office", "deadline"):
        answer = editor.post("/organise/actions/new/import", {"text": BULLETIN, "to-1": to, "shown-title": ""})
        assert answer.status_code == 422, to
        assert "Nothing was saved yet" in answer.text


def test_chosen_numbers_and_days_stand_in_the_case_with_the_bulletin_as_source(desk: SitDown, staffed: Site) -> None:
    editor = desk(Role.EDITOR)
    editor.read("/organise/actions/new")
    text = BULLETIN + (
        "\nADDITIONAL INFORMATION\nThe harbour police have taken more than 1,200 nets from the fishers since May. "
        "A tribunal will hear the fishers on 3 March 2031, and they fear that the nets are burned before.\n"
    )
    chosen = {"figure": "nets", "event": "2031-03-03", "publisher": "Harbour Watch", "about": "2030"}
    answer = editor.post("/organise/actions/new/import", {"text": text, **chosen})
    slug = answer.location.rpartition("/")[2]
    with staffed.storage.reading() as session:
        case = session.scalars(select(Action).where(Action.slug == slug)).one().case
        (figure,), (event,) = case.figures, case.events
        assert (int(figure.value), figure.qualifier, figure.label) == (1200, {"en": "more than"}, {"en": "nets"})
        assert figure.source.publisher == {"en": "Harbour Watch"}
        assert (event.on, event.source_id) == (date(2031, 3, 3), figure.source_id)


def test_an_uploaded_file_is_read_as_the_command_line_reads_it(desk: SitDown) -> None:
    editor = desk(Role.EDITOR)
    editor.read("/organise/actions/new")
    file = (io.BytesIO(BULLETIN.encode()), "bulletin.txt")
    answer = editor.post("/organise/actions/new/import", {"file": file}, content_type="multipart/form-data")
    assert editor.read(answer.location).heading == "GIVE BACK THE NETS OF THE FISHERS"


def test_what_is_no_bulletin_is_refused_with_its_sentence_and_stays_in_the_form(desk: SitDown) -> None:
    editor = desk(Role.EDITOR)
    editor.read("/organise/actions/new")
    nothing = editor.post("/organise/actions/new/import", {"text": "  "})
    assert nothing.status_code == 422
    assert "Choose a file, or paste" in Page(nothing.text).one(class_="errors").text


def test_a_line_that_was_not_understood_is_ticked_off(desk: SitDown, staffed: Site) -> None:
    with staffed.storage.writing() as session:
        made.action(session, DRAFT, status=ActionStatus.DRAFT, unplaced=["a stray line"], imported_text="All of it")
    editor = desk(Role.EDITOR)
    assert "a stray line" in editor.read(f"{THERE}/texts/").text
    editor.post(f"{THERE}/unplaced", {"line": "a stray line", "back": "texts.show"})
    page = editor.read(f"{THERE}/texts/")
    assert "a stray line" not in page.text
    assert "All of it" in page.text


def test_an_action_is_begun_from_nothing_or_as_a_copy(desk: SitDown, staffed: Site) -> None:
    editor = desk(Role.EDITOR)
    editor.read("/organise/actions/new")
    empty = editor.post("/organise/actions/new/empty", {"title": "Free the poet", "locale": "en", "country": "FR"})
    assert empty.location == "/organise/actions/free-the-poet/particulars"
    assert editor.post("/organise/actions/new/empty", {"title": "", "country": "FR"}).status_code == 422
    form: dict[str, object] = {"earlier": "renew-the-cards", "same_case": "yes", "new_title": "Renew the passes"}
    copy = editor.post("/organise/actions/new/copy", form | {"new_number": "UA 60/25"})
    assert copy.location == "/organise/actions/renew-the-passes"
    page = editor.read(copy.location)
    assert "Renew the passes" in page.heading
    assert "UA 60/25" in page.text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"new_title": " "}, "Enter a title of at most 300 characters."),
        ({"new_number": "sixty"}, "Enter the number like UA 56/25."),
    ],
)
def test_a_copy_without_a_title_or_with_no_number_is_refused_and_keeps_what_was_typed(
    desk: SitDown, staffed: Site, changes: dict[str, str], said: str
) -> None:
    editor = desk(Role.EDITOR)
    typed = {"new_title": "Renew the passes", "new_number": "UA 60/25", **changes}
    editor.read("/organise/actions/new")
    copied = editor.post("/organise/actions/new/copy", {"earlier": "renew-the-cards", **typed})
    followed = editor.post("/organise/actions/renew-the-cards/further-information", dict(typed))
    for answer in (copied, followed):
        page = Page(answer.text)
        assert answer.status_code == 422
        assert said in page.one("div", class_="errors").text
        assert page.one("input", name="new_title")["value"] == typed["new_title"]
        assert page.one("input", name="new_number")["value"] == typed["new_number"]
    with staffed.storage.reading() as session:
        assert session.scalars(select(Action.slug)).all() == ["renew-the-cards"]


def test_further_information_asks_for_its_title_and_number(desk: SitDown, staffed: Site) -> None:
    editor = desk(Role.EDITOR)
    page = editor.read("/organise/actions/renew-the-cards")
    assert page.one("input", name="new_title")["value"] == "Renew the cards"
    assert page.one("input", name="new_number")["value"] == "UA 56/25"
    form: dict[str, object] = {"new_title": "Two cards are renewed", "new_number": "UA 61/25"}
    there = editor.post("/organise/actions/renew-the-cards/further-information", form).location
    page = editor.read(there)
    assert "Two cards are renewed" in page.heading
    assert "UA 61/25" in page.text


def test_texts_are_saved_side_by_side_and_kept_as_versions(desk: SitDown, drafted: Site) -> None:
    editor = desk(Role.EDITOR)
    form = filled(editor.read(f"{THERE}/texts/"))
    form |= {"title-en": "Give the nets back", "demands-ur": "پہلا مطالبہ\n\nدوسرا مطالبہ"}
    assert editor.post(f"{THERE}/texts/", form).status_code == 302
    page = editor.read(f"{THERE}/texts/")
    assert page.one("input", name="title-en")["value"] == "Give the nets back"
    with drafted.storage.reading() as session:
        urdu = session.scalars(select(ActionText).where(ActionText.locale == "ur", ActionText.title != "")).all()[-1]
    assert urdu.demands == ["پہلا مطالبہ", "دوسرا مطالبہ"]
    history = editor.read(f"{THERE}/texts/en/versions")
    assert [it.text for it in history.all("del")] == ["Renew", "cards"]
    assert "Give" in history.all("ins")[0].text


def test_an_earlier_version_is_taken_up_again(desk: SitDown, drafted: Site) -> None:
    editor = desk(Role.EDITOR)
    form = filled(editor.read(f"{THERE}/texts/"))
    editor.post(f"{THERE}/texts/", form | {"title-en": "A mistake"})
    editor.read(f"{THERE}/texts/en/versions?version=1")
    editor.post(f"{THERE}/texts/en/restore", {"version": "1"})
    page = editor.read(f"{THERE}/texts/")
    assert page.one("input", name="title-en")["value"] == "Renew the cards"
    rows = editor.read(f"{THERE}/texts/en/versions").all("tr")
    assert len(rows) == 4  # the head, and three versions
    assert "version 1 restored" in rows[1].text


def test_of_two_editors_both_see_both_versions_and_nothing_is_lost(desk: SitDown, drafted: Site) -> None:
    one, other = desk(Role.EDITOR), desk(Role.ADMIN)
    of_one = filled(one.read(f"{THERE}/texts/"))
    of_other = filled(other.read(f"{THERE}/texts/"))
    one.post(f"{THERE}/texts/", of_one | {"summary-en": "The summary of the first."})
    answer = other.post(
        f"{THERE}/texts/", of_other | {"csrf_token": other.token, "summary-en": "The summary of the second."}
    )
    assert answer.status_code == 409
    page = Page(answer.text)
    assert "first" in page.one("section", class_="theirs-and-yours").text
    assert "second" in page.one("section", class_="theirs-and-yours").text
    assert "The summary of the second." in page.one("textarea", name="summary-en").text
    with drafted.storage.reading() as session:
        assert "first" in session.scalars(select(ActionText.summary).where(ActionText.locale == "en")).all()[-1]
    # Having seen both, the second saves; the first one's words stay as a version.
    assert other.post(f"{THERE}/texts/", filled(page) | {"csrf_token": other.token}).status_code == 302
    history = other.read(f"{THERE}/texts/en/versions").text
    assert "first" in history
    assert "second" in history


def test_what_was_typed_and_not_saved_is_offered_on_return(desk: SitDown, drafted: Site) -> None:
    editor = desk(Role.EDITOR)
    form = filled(editor.read(f"{THERE}/texts/")) | {"title-en": "Half a ti"}
    assert editor.post(f"{THERE}/texts/autosave", form).status_code == 204
    page = editor.read(f"{THERE}/texts/")
    assert re.search(r"unsaved text from \d\d:\d\d", page.text)
    assert page.one("input", name="title-en")["value"] == "Renew the cards"
    taken = editor.read(f"{THERE}/texts/?take=1")
    assert taken.one("input", name="title-en")["value"] == "Half a ti"
    assert "unsaved text" not in desk(Role.ADMIN).read(f"{THERE}/texts/").text
    editor.post(f"{THERE}/texts/", filled(taken) | {"title-en": "Half a title, and the rest"})
    assert "unsaved text" not in editor.read(f"{THERE}/texts/").text


def test_unsaved_text_is_thrown_away_when_asked(desk: SitDown, drafted: Site) -> None:
    editor = desk(Role.EDITOR)
    form = filled(editor.read(f"{THERE}/texts/")) | {"title-en": "Half a ti"}
    editor.post(f"{THERE}/texts/autosave", form)
    editor.post(f"{THERE}/texts/autosave/drop")
    assert "unsaved text" not in editor.read(f"{THERE}/texts/").text


def test_unsaved_text_from_before_someone_elses_saving_shows_both(desk: SitDown, drafted: Site) -> None:
    one, other = desk(Role.EDITOR), desk(Role.ADMIN)
    form = filled(one.read(f"{THERE}/texts/"))
    one.post(f"{THERE}/texts/autosave", form | {"title-en": "Typed before"})
    other.post(f"{THERE}/texts/", filled(other.read(f"{THERE}/texts/")) | {"title-en": "Saved by someone else"})
    taken = one.read(f"{THERE}/texts/?take=1")
    answer = one.post(f"{THERE}/texts/", filled(taken))
    assert answer.status_code == 409
    assert "Saved" in Page(answer.text).one("section", class_="theirs-and-yours").text


def test_a_preview_needs_no_script_and_marks_what_nothing_fills(desk: SitDown, drafted: Site) -> None:
    editor = desk(Role.EDITOR)
    form = filled(editor.read(f"{THERE}/texts/")) | {"summary-en": "Of ((holders)) and ((nobody))."}
    answer = editor.post(f"{THERE}/texts/", form | {"do": "preview", "preview_locale": "en"})
    page = Page(answer.text)
    shown = page.one("article", class_="preview")
    assert "Of at least 1.4 million and ((nobody))." in shown.text
    assert "((nobody))" in {it.text for it in page.all("mark")}
    assert "bulletin in English takes" in page.text
    assert "The letter to Sample Minister takes 1 page" in page.text
    with drafted.storage.reading() as session:
        assert "nobody" not in "".join(session.scalars(select(ActionText.summary)))


def test_a_preview_in_urdu_is_what_a_reader_of_urdu_sees(desk: SitDown, drafted: Site) -> None:
    editor = desk(Role.EDITOR)
    form = filled(editor.read(f"{THERE}/texts/"))
    fragment = editor.post(f"{THERE}/texts/preview", form | {"preview_locale": "ur"})
    article = Page(f"<body>{fragment.text}</body>").one("article")
    assert (article["lang"], article["dir"]) == ("ur", "rtl")
    assert "کم از کم 14 لاکھ افراد" in article.text
    assert "فوری" in article.text  # the page's own words, too


def test_the_bulletin_and_the_letter_are_printed_as_they_would_be(desk: SitDown, drafted: Site) -> None:
    editor = desk(Role.EDITOR)
    form = filled(editor.read(f"{THERE}/texts/"))
    bulletin = editor.post(f"{THERE}/texts/bulletin.pdf", form | {"preview_locale": "en"})
    assert bulletin.data.startswith(b"%PDF-")
    form = filled(editor.read(f"{THERE}/letters/en/0"))
    assert editor.post(f"{THERE}/letters/en/0/letter.pdf", form).data.startswith(b"%PDF-")


def test_another_language_is_added_beside_the_others_and_taken_out_again(desk: SitDown, drafted: Site) -> None:
    editor = desk(Role.EDITOR)
    form = filled(editor.read(f"{THERE}/texts/")) | {"title-en": "Typed, not saved"}
    page = Page(editor.post(f"{THERE}/texts/", form | {"do": "add", "add": "fr"}).text)
    assert page.one("input", name="title-en")["value"] == "Typed, not saved"
    editor.post(f"{THERE}/texts/", filled(page) | {"title-fr": "Rendez les filets"})
    page = editor.read(f"{THERE}/texts/")
    assert page.one("input", name="title-fr")["value"] == "Rendez les filets"
    editor.post(f"{THERE}/texts/", filled(page) | {"remove-fr": "yes"})
    assert not editor.read(f"{THERE}/texts/").all("input", name="title-fr")


def test_a_letter_begins_from_a_starter_and_is_saved(desk: SitDown, drafted: Site) -> None:
    editor = desk(Role.EDITOR)
    page = editor.read(f"{THERE}/letters/en/0?starter=forced-return")
    assert "Card holders, who are to be sent from Pakistan" in page.one("textarea", name="body").text
    assert "the country they would be sent to" in page.text
    form = filled(page) | {"body": "Please give back the nets."}
    assert editor.post(f"{THERE}/letters/en/0", form).status_code == 302
    with drafted.storage.reading() as session:
        bodies = session.scalars(select(ModelLetter.body).where(ModelLetter.locale == "en", ModelLetter.version == 2))
        assert bodies.all() == ["Please give back the nets."]
    assert "1 page" in editor.read(f"{THERE}/letters/").text


def test_what_a_letter_template_leaves_open_reads_as_a_placeholder(desk: SitDown, drafted: Site) -> None:
    editor = desk(Role.EDITOR)
    page = editor.read(f"{THERE}/letters/en/0?starter=forced-return")
    note = page.one("div", class_="note").text
    assert "((destination))" in note and "[the country they would be sent to]" in note
    assert "use a figure" not in page.text and "no value" not in page.text
    looked = Page(editor.post(f"{THERE}/letters/en/0", filled(page) | {"do": "preview"}).text)
    assert "[the country they would be sent to]" in looked.one("div", class_="sheet").text
    assert "((" not in looked.one("div", class_="sheet").text
    # A field that is no placeholder is a figure that is missing, and is told as one.
    form = filled(page) | {"do": "preview", "body": "To ((destination)), with ((nobody))."}
    looked = Page(editor.post(f"{THERE}/letters/en/0", form).text)
    assert "((nobody))" in looked.one("div", class_="sheet").text
    errors = " ".join(it.text for it in looked.all("p", class_="error"))
    assert "((nobody))" in errors and "((destination))" not in errors


def test_a_letter_that_two_write_is_shown_twice(desk: SitDown, drafted: Site) -> None:
    one, other = desk(Role.EDITOR), desk(Role.ADMIN)
    of_one, of_other = (filled(it.read(f"{THERE}/letters/en/0")) for it in (one, other))
    one.post(f"{THERE}/letters/en/0", of_one | {"body": "Of the first."})
    answer = other.post(f"{THERE}/letters/en/0", of_other | {"csrf_token": other.token, "body": "Of the second."})
    assert answer.status_code == 409
    assert "first" in Page(answer.text).one("section", class_="theirs-and-yours").text
    assert "Of the second." in Page(answer.text).one("textarea", name="body").text


def test_an_unsaved_letter_is_offered_on_return(desk: SitDown, drafted: Site) -> None:
    editor = desk(Role.EDITOR)
    form = filled(editor.read(f"{THERE}/letters/ur/0")) | {"body": "آدھا"}
    assert editor.post(f"{THERE}/letters/ur/0/autosave", form).status_code == 204
    assert "unsaved text" in editor.read(f"{THERE}/letters/ur/0").text
    assert editor.read(f"{THERE}/letters/ur/0?take=1").one("textarea", name="body").text == "آدھا"
    with drafted.storage.reading() as session:
        assert session.scalars(select(Autosave.part)).all() == ["letter:ur"]


def test_officials_are_found_in_the_directory_and_put_in_order(desk: SitDown, drafted: Site) -> None:
    with drafted.storage.writing() as session:
        session.add(made.official(name="Other Person", office={"en": "Governor of Sampleland"}))
    editor = desk(Role.EDITOR)
    assert "Other Person" in editor.read(f"{THERE}/officials/?q=governor").text
    with drafted.storage.reading() as session:
        other = session.scalars(select(Official.id).where(Official.name == "Other Person")).one()
    editor.post(f"{THERE}/officials/add", {"official": other, "role": "copy"})
    editor.post(f"{THERE}/officials/change", {"official": other, "do": "up"})
    editor.post(f"{THERE}/officials/change", {"official": other, "do": "role", "role": "to"})
    with drafted.storage.reading() as session:
        first = session.scalars(
            select(Recipient)
            .join(Action, Action.id == Recipient.action_id)
            .where(Action.slug == DRAFT, Recipient.position == 1)
        ).one()
    assert (first.official_id, first.role) == (other, RecipientRole.TO)
    editor.post(f"{THERE}/officials/change", {"official": other, "do": "remove"})
    assert "Other Person" not in editor.read(f"{THERE}/officials/?q=nobody-of-that-name").text


def test_particulars_with_a_fault_come_back_as_they_were_typed(desk: SitDown, drafted: Site) -> None:
    editor = desk(Role.EDITOR)
    page = editor.read(f"{THERE}/particulars")
    form = {
        it["name"]: it.get("value") or "" for it in page.all("input") if it.get("type") in {"text", "date", "hidden"}
    }
    form |= {"kind": "first", "seats": "1"}
    answer = editor.post(f"{THERE}/particulars", form | {"number": "fifty", "goal": "600"})
    assert answer.status_code == 422
    assert Page(answer.text).one("input", name="number")["value"] == "fifty"
    assert editor.post(f"{THERE}/particulars", form | {"number": "UA 58/25", "goal": "600"}).status_code == 302
    late = editor.post(f"{THERE}/particulars", form | {"number": "UA 59/25"})
    assert late.status_code == 409
    assert "Saved by someone else: UA 58/25" in Page(late.text).text


def test_publication_is_refused_with_every_reason(desk: SitDown, drafted: Site) -> None:
    with drafted.storage.writing() as session:
        action = session.scalars(select(Action).where(Action.slug == DRAFT)).one()
        session.delete(session.get(HarmStatement, action.id))
        action.deadline = date(2025, 7, 1)
        action.status, action.submitted_at, action.approved_at = ActionStatus.IN_REVIEW, made.NOON, made.NOON
    editor = desk(Role.EDITOR)
    revision = editor.read(f"{THERE}/review/").hidden("revision")
    answer = editor.post(f"{THERE}/review/publish", {"revision": revision, "when": "now"})
    assert answer.status_code == 422
    said = Page(answer.text).one(class_="errors").text
    assert "deadline has passed" in said
    assert "do-no-harm statement is not signed" in said
    assert status(drafted) is ActionStatus.IN_REVIEW


def test_a_second_person_approves_and_it_opens(desk: SitDown, drafted: Site) -> None:
    editor, reviewer = desk(Role.EDITOR), desk(Role.REVIEWER)
    assert "Submit for review" in editor.read(f"{THERE}/review/").text
    editor.post(f"{THERE}/review/submit")
    assert status(drafted) is ActionStatus.IN_REVIEW
    page = editor.read(f"{THERE}/review/")
    assert "Someone else must approve it" in page.text
    page = reviewer.read(f"{THERE}/review/")
    approve(reviewer, page)
    revision = editor.read(f"{THERE}/review/").hidden("revision")
    editor.post(f"{THERE}/review/publish", {"revision": revision, "when": "now"})
    assert status(drafted) is ActionStatus.OPEN
    assert drafted.fresh().client.get(f"/en/actions/{DRAFT}").status_code == 200
    assert {"action submitted for review", "action approved", "action opened"} <= set(audited(drafted))


def approve(reviewer: Desk, page: Page) -> None:
    assert reviewer.post(f"{THERE}/review/approve", {"revision": page.hidden("revision")}).status_code == 302


def test_who_put_it_forward_cannot_approve_it(desk: SitDown, drafted: Site) -> None:
    editor = desk(Role.EDITOR)
    editor.read(f"{THERE}/review/")
    editor.post(f"{THERE}/review/submit")
    answer = editor.post(f"{THERE}/review/approve", {"revision": "0"})
    assert answer.status_code == 403
    assert "someone else must approve it" in answer.text


def test_a_change_takes_the_approval_back_and_the_changer_waits_for_another(desk: SitDown, drafted: Site) -> None:
    editor, reviewer, admin = desk(Role.EDITOR), desk(Role.REVIEWER), desk(Role.ADMIN)
    editor.read(f"{THERE}/review/")
    editor.post(f"{THERE}/review/submit")
    approve(reviewer, reviewer.read(f"{THERE}/review/"))
    form = filled(admin.read(f"{THERE}/texts/"))
    admin.post(f"{THERE}/texts/", form | {"title-en": "Changed behind their backs"})
    page = admin.read(f"{THERE}/review/")
    assert "Approved by" not in page.text
    assert "You submitted this or changed it last" in page.text
    answer = editor.post(f"{THERE}/review/publish", {"revision": "1", "when": "now"})
    assert answer.status_code == 422
    assert status(drafted) is ActionStatus.IN_REVIEW
    assert "approval withdrawn" in audited(drafted)


def test_what_the_reviewer_did_not_see_is_not_approved(desk: SitDown, drafted: Site) -> None:
    editor, reviewer = desk(Role.EDITOR), desk(Role.REVIEWER)
    editor.read(f"{THERE}/review/")
    editor.post(f"{THERE}/review/submit")
    page = reviewer.read(f"{THERE}/review/")
    editor.post(f"{THERE}/texts/", filled(editor.read(f"{THERE}/texts/")) | {"title-en": "Changed in between"})
    answer = reviewer.post(f"{THERE}/review/approve", {"revision": page.hidden("revision")})
    assert answer.status_code == 409
    assert "changed after you opened the page" in answer.text


def test_a_remark_stands_beside_the_texts_until_it_is_settled(desk: SitDown, drafted: Site) -> None:
    editor, reviewer = desk(Role.EDITOR), desk(Role.REVIEWER)
    reviewer.read(f"{THERE}/review/")
    reviewer.post(f"{THERE}/review/remarks", {"part": "text:en", "text": "Who took the nets?"})
    assert "Who took the nets?" in editor.read(f"{THERE}/texts/").text
    page = editor.read(f"{THERE}/review/")
    settle = next(it["action"] for it in page.all("form") if (it.get("action") or "").endswith("/settle"))
    editor.post(settle)
    assert "Who took the nets?" not in editor.read(f"{THERE}/texts/").text


def test_it_is_sent_back_with_a_remark(desk: SitDown, drafted: Site) -> None:
    editor, reviewer = desk(Role.EDITOR), desk(Role.REVIEWER)
    editor.read(f"{THERE}/review/")
    editor.post(f"{THERE}/review/submit")
    reviewer.read(f"{THERE}/review/")
    assert reviewer.post(f"{THERE}/review/send-back", {"text": ""}).status_code == 422
    reviewer.post(f"{THERE}/review/send-back", {"text": "The second demand is unclear."})
    assert status(drafted) is ActionStatus.DRAFT
    assert "The second demand is unclear." in editor.read(f"{THERE}/review/").text


def test_it_opens_by_itself_at_an_hour_of_the_offices_clock(desk: SitDown, drafted: Site, hour: Hour) -> None:
    editor, reviewer = desk(Role.EDITOR), desk(Role.REVIEWER)
    editor.read(f"{THERE}/review/")
    editor.post(f"{THERE}/review/submit")
    approve(reviewer, reviewer.read(f"{THERE}/review/"))
    tomorrow = (hour.now + timedelta(days=1)).date()
    form = {"revision": editor.read(f"{THERE}/review/").hidden("revision"), "when": "at", "at": f"{tomorrow}T07:00"}
    assert editor.post(f"{THERE}/review/publish", form | {"at": "2020-01-01T07:00"}).status_code == 422
    assert editor.post(f"{THERE}/review/publish", form | {"at": "soon"}).status_code == 422
    assert editor.post(f"{THERE}/review/publish", form).status_code == 302
    assert "07:00 (Europe/London)" in editor.read(f"{THERE}/review/").text
    jobs = Jobs(drafted.settings, drafted.storage)
    assert jobs.open_due() == 0
    hour.passes(days=1, hours=8)
    assert jobs.open_due() == 1
    assert status(drafted) is ActionStatus.OPEN


def test_what_is_stopped_by_then_does_not_open_and_the_trail_says_why(desk: SitDown, drafted: Site, hour: Hour) -> None:
    with drafted.storage.writing() as session:
        action = session.scalars(select(Action).where(Action.slug == DRAFT)).one()
        session.delete(session.get(HarmStatement, action.id))
        action.status, action.submitted_at, action.approved_at = ActionStatus.IN_REVIEW, made.NOON, made.NOON
        action.opens_at = hour.now
    assert Jobs(drafted.settings, drafted.storage).open_due() == 0
    assert status(drafted) is ActionStatus.IN_REVIEW
    page = desk(Role.EDITOR).read(f"/organise/audit/actions/{DRAFT}")
    assert "at the scheduled time" in page.text
    assert "do-no-harm statement is not signed" in page.text


def test_a_viewer_reads_everything_and_is_offered_nothing_to_change(desk: SitDown, drafted: Site) -> None:
    viewer = desk(Role.VIEWER)
    for path in ("", "/particulars", "/texts/", "/officials/", "/letters/", "/letters/en/0", "/review/"):
        page = viewer.read(f"{THERE}{path}")
        posts = [it["action"] for it in page.all("form", method="post") if "sign-out" not in it["action"]]
        buttons = [
            it.text for it in page.all("button") if it.text in {"Save", "Publish", "Approve", "Sign this statement"}
        ]
        assert buttons == [], path
        # To watch an action, or to tell colleagues of it, changes nothing of it.
        there = ("/texts/", "/letters/en/0", "/particulars", "/harm", "/watch", "/notes/")
        assert all(it.endswith(there) for it in posts), posts
