"""Templates of the office: who may read and change them, what is typed stays, and every place they are begun from."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from campaign.office import organisers, sensitive_cases
from campaign.storage.tables import (
    Action,
    ActionText,
    ModelLetter,
    Official,
    Organiser,
    Template,
    Update,
    UpdateText,
)
from campaign.vocabulary import ActionStatus, Role
from tests import made
from tests.conftest import Site
from tests.made import NOON
from tests.web.conftest import SLUG
from tests.web.organise.conftest import Desk, address
from tests.web.reading import Page

SitDown = Callable[[Role], Desk]
THERE = "/organise/templates"
DRAFT = "give-back-the-nets"
HERE = f"/organise/actions/{DRAFT}"
LETTER = {
    "kind": "letter",
    "language": "en",
    "name": "Returns",
    "salutation": "Dear ((official)),",
    "body": "((who)) in ((country)): ((people)) people.",
    "close": "Yours,",
}
TEXTS = {
    "kind": "action",
    "language": "en",
    "name": "Returns",
    "title": "Stop the return of ((who))",
    "ask": "I ask to stop it",
    "summary": "They are sent from ((country)) to ((destination)).",
    "demands": "Stop the return.\nSay why.",
    "background": "",
    "after_deadline": "",
}
NEWS = {
    "kind": "update",
    "language": "en",
    "name": "Thanks",
    "subject": "News of ((number))",
    "body": "((people)) thanks.",
}


@pytest.fixture
def drafted(staffed: Site) -> Site:
    """A draft beside the action that is open."""
    with staffed.storage.writing() as session:
        made.action(session, DRAFT, status=ActionStatus.DRAFT, serial=57, opened_at=None)
    return staffed


def kept(site: Site, **form: str) -> int:
    """The number of a template that an editor kept."""
    editor = Desk(site)
    editor.sign_in(address(Role.EDITOR))
    assert editor.post(f"{THERE}/new", dict(form)).status_code == 302
    with site.storage.reading() as session:
        return session.scalars(select(Template.id).order_by(Template.id.desc()).limit(1)).one()


def filled(page: Page) -> dict[str, object]:
    """What the form of a page would send if only its first button were pressed."""
    form: dict[str, object] = {
        it["name"]: it.get("value") or ""
        for it in page.all("input")
        if it.get("name") and it.get("type") not in {"checkbox", "radio", "search", "submit"}
    }
    return form | {it["name"]: it.text for it in page.all("textarea")}


def test_a_template_is_added_read_renamed_and_removed(desk: SitDown, staffed: Site) -> None:
    editor = desk(Role.EDITOR)
    assert "None yet." in editor.read(THERE).text
    editor.read(f"{THERE}/new?kind=letter")
    assert editor.post(f"{THERE}/new", dict(LETTER)).status_code == 302
    page = editor.read(THERE)
    assert (
        "The template “\u2068Returns\u2069” was saved." in page.text or "The template “Returns” was saved." in page.text
    )
    (row,) = page.all("tr")[1:]
    assert [word in row.text for word in ("Returns", "English", "The editor")] == [True, True, True]
    there = f"{THERE}/1"
    form = filled(editor.read(there))
    assert form["body"] == LETTER["body"]
    assert editor.post(there, form | {"name": "Forced returns"}).status_code == 302
    assert "Forced returns" in editor.read(THERE).text
    assert editor.post(f"{there}/remove").status_code == 302
    assert "None yet." in editor.read(THERE).text
    assert editor.get(there).status_code == 404
    trail = desk(Role.ADMIN).read("/organise/audit/").text
    assert "The editor added a template" in trail
    assert "The editor removed a template" in trail


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER])
def test_who_may_only_read_sees_templates_and_changes_none(desk: SitDown, drafted: Site, role: Role) -> None:
    number = kept(drafted, **LETTER)
    reader = desk(role)
    assert "Returns" in reader.read(THERE).text
    page = reader.read(f"{THERE}/{number}")
    assert LETTER["body"] in page.text
    assert not page.all("button", class_="go")
    assert reader.get(f"{THERE}/new?kind=letter").status_code == 403
    for path in ("new", f"{number}", f"{number}/remove"):
        assert reader.post(f"{THERE}/{path}", dict(LETTER)).status_code == 403
    assert "Keep as template" not in reader.read(f"{HERE}/letters/en/0").text
    assert "Start from" not in reader.read(f"{HERE}/texts/").text
    with drafted.storage.reading() as session:
        assert session.scalars(select(Template.name)).all() == ["Returns"]


def test_a_translator_sees_no_template(desk: SitDown, drafted: Site) -> None:
    number = kept(drafted, **LETTER)
    translator = desk(Role.TRANSLATOR)
    assert translator.get(THERE).status_code == translator.get(f"{THERE}/{number}").status_code == 403


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"name": ""}, 422, "Give the template a name"),
        ({"body": "Of ((holders)) people"}, 422, "There is no placeholder ((holders))."),
        ({"body": "", "salutation": "", "close": ""}, 422, "The template is empty."),
        ({"name": "TAKEN"}, 409, "There is a template of this name already."),
    ],
)
def test_a_refused_template_comes_back_as_it_was_typed(
    desk: SitDown, staffed: Site, changes: dict[str, str], status: int, said: str
) -> None:
    kept(staffed, **LETTER | {"name": "Taken"})
    number = kept(staffed, **LETTER)
    editor, form = desk(Role.EDITOR), {**LETTER, **changes}
    seal = editor.read(f"{THERE}/{number}").one("input", name="seal")["value"]
    for path, more in (("new", {}), (f"{number}", {"seal": seal})):
        answer = editor.post(f"{THERE}/{path}", {**form, **more})
        page = Page(answer.text)
        assert answer.status_code == status
        assert said in page.one("div", class_="errors").text
        assert page.one("textarea", name="body").text == form["body"]
        assert page.one("input", name="name")["value"] == form["name"]
    with staffed.storage.reading() as session:
        assert sorted(session.scalars(select(Template.name))) == ["Returns", "Taken"]


def test_a_template_that_two_write_is_shown_twice(desk: SitDown, staffed: Site) -> None:
    there = f"{THERE}/{kept(staffed, **LETTER)}"
    one, other = desk(Role.EDITOR), desk(Role.ADMIN)
    of_one, of_other = (filled(it.read(there)) for it in (one, other))
    one.post(there, of_one | {"body": "Of the first."})
    answer = other.post(there, of_other | {"body": "Of the second."})
    assert answer.status_code == 409
    page = Page(answer.text)
    assert "first" in page.one("section", class_="theirs-and-yours").text
    assert page.one("textarea", name="body").text == "Of the second."
    # Theirs was seen: what is saved now is saved knowing it.
    assert other.post(there, filled(page)).status_code == 302
    assert other.read(there).one("textarea", name="body").text == "Of the second."


def test_an_address_that_names_no_kind_or_no_source_leads_nowhere(desk: SitDown, drafted: Site) -> None:
    editor = desk(Role.EDITOR)
    for asked in ("", "?kind=poem", "?kind=letter&action=nowhere&tag=en", f"?kind=letter&action={DRAFT}&tag=fr"):
        assert editor.get(f"{THERE}/new{asked}").status_code == 404


def test_a_letter_begins_from_the_office_s_own_template_before_those_that_ship(desk: SitDown, drafted: Site) -> None:
    number = kept(drafted, **LETTER)
    kept(drafted, **LETTER | {"language": "ur", "name": "واپسی"})
    editor = desk(Role.EDITOR)
    page = editor.read(f"{HERE}/letters/en/0")
    assert [it.text for it in page.all("option")][:2] == ["Returns", "Arbitrary detention"]
    assert page.one("select", name="starter")
    assert "Replace this text" in page.text
    page = editor.read(f"{HERE}/letters/en/0?starter=own-{number}")
    assert page.one("textarea", name="body").text == "Card holders in Pakistan: ((people)) people."
    # What was written beside the text stays, as with those that ship.
    assert page.one("input", name="salutation")["value"] == "Dear Minister,"
    assert "[the number of people]" in page.one("div", class_="note").text
    # Nothing is saved by beginning.
    with drafted.storage.reading() as session:
        assert session.scalars(select(ModelLetter.version).distinct()).all() == [1]
    assert editor.post(f"{HERE}/letters/en/0", filled(page)).status_code == 302
    assert "The English letter still has the placeholder [the number of people]." in editor.read(f"{HERE}/review/").text
    for chosen in ("own-99", "own-", f"own-{number}x"):
        assert editor.get(f"{HERE}/letters/en/0?starter={chosen}").status_code == 404
    assert editor.get(f"{HERE}/letters/ur/0?starter=own-{number}").status_code == 404


def test_a_letter_to_one_official_is_begun_with_their_name(desk: SitDown, drafted: Site) -> None:
    number = kept(drafted, **LETTER | {"body": "To ((official)), ((office))."})
    with drafted.storage.reading() as session:
        official_id = session.scalars(
            select(Official.id).join(Action.recipients.property.mapper.class_).join(Action).where(Action.slug == DRAFT)
        ).one()
    page = desk(Role.EDITOR).read(f"{HERE}/letters/en/{official_id}?starter=own-{number}")
    assert page.one("textarea", name="body").text == "To Sample Minister, Minister of Interior."
    assert page.one("input", name="salutation")["value"] == "Dear Sample Minister,"


def test_what_was_typed_and_not_saved_is_told_of_when_a_letter_is_begun_anew(desk: SitDown, drafted: Site) -> None:
    number, editor = kept(drafted, **LETTER), desk(Role.EDITOR)
    form = filled(editor.read(f"{HERE}/letters/en/0")) | {"body": "Typed for an hour."}
    assert editor.post(f"{HERE}/letters/en/0/autosave", form).status_code == 204
    for chosen in (f"own-{number}", "forced-return"):
        assert "You have unsaved text" in editor.read(f"{HERE}/letters/en/0?starter={chosen}").text


def test_texts_are_filled_where_nothing_is_written_and_the_rest_is_named(desk: SitDown, drafted: Site) -> None:
    number, editor = kept(drafted, **TEXTS), desk(Role.EDITOR)
    form = filled(editor.read(f"{HERE}/texts/")) | {
        "template": str(number),
        "summary-en": "",
        "title-en": "Mine, typed",
    }
    page = Page(editor.post(f"{HERE}/texts/", form | {"do": "start"}).text)
    assert page.one("textarea", name="summary-en").text == "They are sent from Pakistan to ((destination))."
    assert page.one("input", name="title-en")["value"] == "Mine, typed"
    assert page.one("input", name="ask-en")["value"] == "I ask to stop it"
    note = page.one("p", class_="note", role="status").text
    assert "not saved yet" in note
    assert "Title" in note and "Demands" in note and "Summary" not in note
    assert "[the country they would be sent to]" in page.text
    over = Page(editor.post(f"{HERE}/texts/", form | {"do": "replace"}).text)
    assert over.one("input", name="title-en")["value"] == "Stop the return of Card holders"
    assert over.one("textarea", name="demands-en").text == "Stop the return. Say why."
    # What the template does not say stays.
    assert "A card is *proof*." in over.one("textarea", name="background-en").text
    with drafted.storage.reading() as session:
        titles = session.scalars(select(ActionText.title).join(Action).where(Action.slug == DRAFT)).all()
    assert "Renew the cards" in titles


def test_texts_begun_meanwhile_do_not_overwrite_what_somebody_else_saved(desk: SitDown, drafted: Site) -> None:
    number, one, other = kept(drafted, **TEXTS), desk(Role.EDITOR), desk(Role.ADMIN)
    form = filled(one.read(f"{HERE}/texts/"))
    other.post(f"{HERE}/texts/", filled(other.read(f"{HERE}/texts/")) | {"title-en": "Saved by someone else"})
    begun = Page(one.post(f"{HERE}/texts/", form | {"template": str(number), "do": "replace"}).text)
    assert one.post(f"{HERE}/texts/", filled(begun)).status_code == 409


def test_a_template_in_another_language_adds_its_column(desk: SitDown, drafted: Site) -> None:
    number = kept(drafted, **TEXTS | {"language": "fr", "title": "Arrêtez le renvoi"})
    editor = desk(Role.EDITOR)
    form = filled(editor.read(f"{HERE}/texts/")) | {"template": str(number), "do": "start"}
    page = Page(editor.post(f"{HERE}/texts/", form).text)
    assert page.one("input", name="title-fr")["value"] == "Arrêtez le renvoi"
    assert page.one("input", name="title-en")["value"] == "Renew the cards"


def test_a_new_action_begins_with_the_texts_of_a_template(desk: SitDown, drafted: Site) -> None:
    number, editor = kept(drafted, **TEXTS), desk(Role.EDITOR)
    editor.read("/organise/actions/new")
    form: dict[str, object] = {"title": "Stop it", "locale": "ur", "case": DRAFT, "template": str(number)}
    answer = editor.post("/organise/actions/new/empty", form)
    assert answer.status_code == 422
    page = Page(answer.text)
    assert "This template is in English." in page.text
    assert page.one("input", name="title")["value"] == "Stop it"
    assert editor.post("/organise/actions/new/empty", form | {"locale": "en"}).status_code == 302
    with drafted.storage.reading() as session:
        text = session.scalars(select(ActionText).join(Action).where(Action.slug == "stop-it")).one()
    assert text.title == "Stop it"
    assert text.summary == "They are sent from Pakistan to ((destination))."
    assert list(text.demands) == ["Stop the return.", "Say why."]


def test_an_update_begins_from_a_template_and_takes_no_words_away(desk: SitDown, staffed: Site) -> None:
    number, editor = kept(staffed, **NEWS), desk(Role.EDITOR)
    there = f"/organise/actions/{SLUG}/updates/"
    assert "Thanks" in editor.read(there).one("select", name="template").text
    begun = editor.post(there, {"template": str(number)}).headers["Location"]
    page = editor.read(begun)
    assert page.one("input", name="subject-en")["value"] == "News of UA 56/25"
    assert page.one("textarea", name="body-en").text == "((people)) thanks."
    with staffed.storage.reading() as session:
        assert session.scalars(select(UpdateText)).all() == []
    here = begun.partition("?")[0]
    assert editor.post(here, filled(page)).status_code == 302
    assert "still has the placeholder [the number of people]" in editor.read(here).text
    typed = filled(editor.read(here)) | {"template": str(number), "subject-en": "Mine", "body-en": ""}
    page = Page(editor.post(here, typed | {"do": "start"}).text)
    assert page.one("input", name="subject-en")["value"] == "Mine"
    assert page.one("textarea", name="body-en").text == "((people)) thanks."
    assert "What you wrote stays in: Subject." in page.one("p", class_="note").text
    assert "Saved by someone else" not in page.text
    page = Page(editor.post(here, typed | {"do": "replace"}).text)
    assert page.one("input", name="subject-en")["value"] == "News of UA 56/25"


def test_an_update_begun_meanwhile_does_not_overwrite_what_somebody_else_saved(desk: SitDown, staffed: Site) -> None:
    number, one, other = kept(staffed, **NEWS), desk(Role.EDITOR), desk(Role.ADMIN)
    there = f"/organise/actions/{SLUG}/updates/"
    one.read(there)
    here = one.post(there).headers["Location"]
    one.post(here, filled(one.read(here)) | {"subject-en": "First", "body-en": "First."})
    form = filled(one.read(here))
    other.post(here, filled(other.read(here)) | {"subject-en": "Of the other"})
    begun = Page(one.post(here, form | {"template": str(number), "do": "replace"}).text)
    assert one.post(here, filled(begun)).status_code == 409


@pytest.mark.parametrize(
    ("page", "asked", "body", "said"),
    [
        ("letters/en/0", f"kind=letter&action={DRAFT}&tag=en&official=0", "body", "cards of ((figure)) people"),
        ("letters/en/0/versions", f"kind=letter&action={DRAFT}&tag=en&official=0&version=1", "body", "((figure))"),
        ("texts/", f"kind=action&action={DRAFT}&tag=en", "summary", "The cards of ((figure)) people"),
    ],
)  # fmt: skip
def test_what_was_written_is_kept_as_a_template_without_typing_it_again(
    desk: SitDown, drafted: Site, page: str, asked: str, body: str, said: str
) -> None:
    editor = desk(Role.EDITOR)
    there = f"{THERE}/new?{asked}"
    assert there in {it["href"] for it in editor.read(f"{HERE}/{page}").all("a") if it.text == "Keep as template"}
    form = editor.read(there)
    assert said in form.one("textarea", name=body).text
    assert not form.all("input", name="sure")
    assert editor.post(f"{THERE}/new", filled(form) | {"name": "Cards"}).status_code == 302
    assert said in editor.read(f"{THERE}/1").one("textarea", name=body).text


def test_an_update_that_was_sent_is_kept_as_a_template(desk: SitDown, staffed: Site) -> None:
    editor = desk(Role.EDITOR)
    editor.read(f"/organise/actions/{SLUG}/updates/")
    here = editor.post(f"/organise/actions/{SLUG}/updates/").headers["Location"]
    editor.post(here, filled(editor.read(here)) | {"subject-en": "The cards", "body-en": "Half of ((holders))."})
    with staffed.storage.writing() as session:
        session.execute(update(Update).values(status="sent"))
    (link,) = [it["href"] for it in editor.read(here).all("a") if it.text == "Keep as template"]
    assert editor.read(link).one("textarea", name="body").text == "Half of ((figure))."


def test_what_is_kept_of_a_sensitive_case_is_asked_about_and_seen_by_all(desk: SitDown, drafted: Site) -> None:
    with drafted.storage.writing() as session:
        who = session.scalars(select(Organiser).where(Organiser.email == address(Role.EDITOR))).one()
        sensitive_cases.close(session, drafted.storage.vault, organisers.actor(who), DRAFT, [], NOON)
    editor = desk(Role.EDITOR)
    page = editor.read(f"{THERE}/new?kind=letter&action={DRAFT}&tag=en")
    assert "This case is sensitive." in page.text
    form = filled(page) | {"name": "Cards", "body": "Nothing that tells of it."}
    answer = editor.post(f"{THERE}/new", form)
    assert answer.status_code == 422
    back = Page(answer.text)
    assert "Confirm that nothing in the template tells of it." in back.one("div", class_="errors").text
    assert back.one("textarea", name="body").text == "Nothing that tells of it."
    with drafted.storage.reading() as session:
        assert session.scalars(select(Template)).all() == []
    assert editor.post(f"{THERE}/new", form | {"sure": "yes"}).status_code == 302
    # Whoever does not see the case sees the template, and cannot keep another from it.
    other = desk(Role.ADMIN)
    assert "Nothing that tells of it." in other.read(f"{THERE}/1").text
    assert other.get(f"{THERE}/new?kind=letter&action={DRAFT}&tag=en").status_code == 404
    theirs = {name: it for name, it in form.items() if name not in {"csrf_token", "drawn_for"}}
    assert other.post(f"{THERE}/new", theirs | {"sure": "yes", "name": "Another"}).status_code == 404
    assert DRAFT not in other.read("/organise/audit/").text
