"""The directory at the desk: nothing typed is lost, nothing is saved unseen."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from campaign.storage.tables import Official, Organisation
from campaign.vocabulary import Role
from tests import made
from tests.conftest import Site
from tests.web.organise.conftest import Desk, agreed
from tests.web.reading import Page

HERE = "/organise/officials/"
NEW = {
    "name": "Zubaida Example",
    "office:en": "Governor",
    "office:ur": "گورنر",
    "country": "PK",
    "address": "گورنر ہاؤس\nلاہور",
    "phone": "(051) 920-1234",
    "emails": "governor@gov.example.pk",
    "languages": "ur en",
}


def officials(site: Site) -> list[Official]:
    with site.storage.reading() as session:
        return list(session.scalars(select(Official).order_by(Official.id)))


def test_an_official_is_added_in_any_script_and_found_again(desk: Callable[[Role], Desk], staffed: Site) -> None:
    editor = desk(Role.EDITOR)
    editor.read(f"{HERE}new")
    answer = editor.post(f"{HERE}new", NEW)
    assert answer.status_code == 302
    shown = editor.read(answer.location).text
    assert "گورنر ہاؤس" in shown and "+92 51 9201234" in shown
    added = officials(staffed)[-1]
    assert (added.channels["phone"], added.address) == (["+92519201234"], ["گورنر ہاؤس", "لاہور"])
    assert "Zubaida Example" in editor.read(f"{HERE}?q=لاہور").text
    assert "Zubaida Example" not in editor.read(f"{HERE}?q=Karachi").text


def test_a_mistake_is_shown_beside_its_field_with_all_that_was_typed(
    desk: Callable[[Role], Desk], staffed: Site
) -> None:
    editor = desk(Role.EDITOR)
    editor.read(f"{HERE}new")
    answer = editor.post(f"{HERE}new", {**NEW, "emails": "governor at gov"})
    page = Page(answer.text)
    assert answer.status_code == 422
    assert page.one("input", name="emails")["aria-invalid"] == "true"
    assert page.one("input", name="emails")["value"] == "governor at gov"
    assert page.one("input", name="office:ur")["value"] == "گورنر"
    assert "لاہور" in page.one("textarea", name="address").text
    assert len(officials(staffed)) == 1


def alone(staffed: Site) -> None:
    """An office that asks for no second person."""
    with staffed.storage.writing() as session:
        session.execute(update(Organisation).values(review_required=False))


def test_a_change_that_readers_would_see_shows_its_difference_and_asks_why(
    desk: Callable[[Role], Desk], staffed: Site
) -> None:
    editor, there = desk(Role.EDITOR), f"{HERE}1/edit"
    editor.read(there)
    asked = editor.post(there, {**NEW, "revision": "0"})
    page = Page(asked.text)
    assert asked.status_code == 422 and "someone else publishes the change" in page.text
    assert "Zubaida Example" in " ".join(it.text for it in page.all("ins"))
    again = {it["name"]: it.text for it in page.all("textarea")}  # without script: the whole form is sent again
    assert editor.post(there, {**again, "change_reason": "A new minister."}).status_code == 302
    assert officials(staffed)[0].name == "Sample Minister"
    assert agreed(editor) == 0  # who proposed it publishes nothing
    assert agreed(desk(Role.REVIEWER)) == 1
    assert officials(staffed)[0].name == "Zubaida Example"


def test_a_change_shows_the_open_actions_before_it_is_saved(desk: Callable[[Role], Desk], staffed: Site) -> None:
    alone(staffed)
    editor, there = desk(Role.EDITOR), f"{HERE}1/edit"
    changed = {**NEW, "revision": "0"}
    assert "A change appears in one open action: Renew the cards" in editor.read(there).text
    first = editor.post(there, changed)
    assert first.status_code == 200 and "Check before you save" in first.text
    assert officials(staffed)[0].name == "Sample Minister"
    seen = Page(first.text).hidden("seen")
    # What was looked at is what is saved: anything else is shown first as well.
    assert "Check before you save" in editor.post(there, {**changed, "name": "Someone Else", "seen": seen}).text
    assert editor.post(there, {**changed, "seen": seen}).status_code == 302
    assert officials(staffed)[0].name == "Zubaida Example"


def test_of_two_who_edit_at_once_neither_loses_anything(desk: Callable[[Role], Desk], staffed: Site) -> None:
    alone(staffed)
    editor, there = desk(Role.EDITOR), f"{HERE}1/edit"
    editor.read(there)
    with staffed.storage.writing() as session:
        session.execute(update(Official).values(name="Saved By Another", revision=1))
    answer = editor.post(there, {**NEW, "revision": "0"})
    assert answer.status_code == 409
    page = Page(answer.text)
    assert "Saved By Another" in page.text and page.one("input", name="name")["value"] == "Zubaida Example"
    assert officials(staffed)[0].name == "Saved By Another"
    again = editor.post(there, {**NEW, "revision": page.hidden("revision")})
    editor.post(there, {**NEW, "revision": "1", "seen": Page(again.text).hidden("seen")})
    assert officials(staffed)[0].name == "Zubaida Example"


def test_who_wrote_last_does_not_clear_and_is_told_so(desk: Callable[[Role], Desk], staffed: Site) -> None:
    editor, reviewer = desk(Role.EDITOR), desk(Role.REVIEWER)
    editor.read(f"{HERE}new")
    there = editor.post(f"{HERE}new", NEW).location
    assert "someone else must approve it" in editor.read(there).text
    assert editor.post(f"{there}/clear", {"revision": "0"}).status_code == 403
    reviewer.read(there)
    assert reviewer.post(f"{there}/clear", {"revision": "0"}).status_code == 302
    assert "by The reviewer" in editor.read(there).text
    assert editor.post(f"{there}/clear", {"cleared": "no"}).status_code == 302
    assert officials(staffed)[-1].cleared_at is None


def test_what_came_back_is_flagged_in_the_list(desk: Callable[[Role], Desk], staffed: Site) -> None:
    editor = desk(Role.EDITOR)
    editor.read(f"{HERE}1")
    assert editor.post(f"{HERE}1/health", {"health": "bounced", "on": "2025-07-01"}).status_code == 302
    assert "E-mail bounced on 1 July 2025." in editor.read(HERE).text
    for wrong in ({"health": "lost", "on": "2025-07-01"}, {"health": "bounced", "on": ""}):
        assert editor.post(f"{HERE}1/health", wrong).status_code == 422


def three_alike(site: Site) -> None:
    """Beside the official of the action, two more with its address."""
    with site.storage.writing() as session:
        session.add(made.official(name="Minister Sample"))
        session.add(made.official(name="Someone Else", note="Rings back."))


def test_a_group_is_offered_compared_and_made_one(desk: Callable[[Role], Desk], staffed: Site) -> None:
    three_alike(staffed)
    editor = desk(Role.EDITOR)
    assert "1 group of possible duplicates" in editor.read(HERE).text
    page = editor.read(f"{HERE}duplicates")
    assert "The same e-mail." in page.text
    assert [it["value"] for it in page.all("input", name="member")] == ["1", "2", "3"]
    answer = editor.post(f"{HERE}duplicates/chosen", {"member": ["1", "2", "3"], "do": "compare"})
    assert answer.location == f"{HERE}duplicates/compare?member=1&member=2&member=3"
    page = editor.read(answer.location)
    ticked = {it["name"]: it["value"] for it in page.all("input", type="radio") if "checked" in it.attributes}
    # The one that is asked in the action stays, and what it lacks is taken from another.
    assert ticked == {"kept": "1", "take:name": "1", "take:note": "3"}
    form = {it["name"]: it["value"] for it in page.all("input", type="hidden") if it["name"].startswith("revision")}
    form |= {**ticked, "take:name": "2", "change_reason": "One person."}
    assert editor.post(f"{HERE}duplicates", form).status_code == 302
    # Readers would see it: someone else publishes it.
    assert officials(staffed)[0].name == "Sample Minister"
    agreed(desk(Role.REVIEWER))
    kept = officials(staffed)[0]
    assert (kept.name, kept.note) == ("Minister Sample", "Rings back.")
    assert "was a duplicate" in editor.read(f"{HERE}2").text and "was a duplicate" in editor.read(f"{HERE}3").text
    assert editor.get(f"{HERE}3/edit").location == f"{HERE}1"
    assert "possible duplicates" not in editor.read(HERE).text


def test_what_was_proposed_by_an_older_version_is_still_merged(desk: Callable[[Role], Desk], staffed: Site) -> None:
    three_alike(staffed)
    editor = desk(Role.EDITOR)
    editor.read(f"{HERE}duplicates")
    merged = {"kept": "2", "gone": "1", "kept_revision": "0", "gone_revision": "0", "change_reason": "One person."}
    assert editor.post(f"{HERE}duplicates", merged).status_code == 302
    agreed(desk(Role.REVIEWER))
    assert "Renew the cards" in editor.read(f"{HERE}2").text


def test_different_people_are_offered_no_more_until_someone_asks(desk: Callable[[Role], Desk], staffed: Site) -> None:
    three_alike(staffed)
    editor = desk(Role.EDITOR)
    editor.read(f"{HERE}duplicates")
    assert editor.post(f"{HERE}duplicates/chosen", {"member": ["1", "2", "3"], "do": "apart"}).status_code == 302
    page = editor.read(f"{HERE}duplicates")
    assert "Remembered: 3 different officials." in page.text
    assert page.all("input", type="checkbox") == []
    assert "possible duplicates" not in editor.read(HERE).text
    assert "Found to be different people" in page.text
    again = [it["value"] for it in page.all("input", name="member", type="hidden")]
    assert editor.post(f"{HERE}duplicates/again", {"member": again}).status_code == 302
    assert len(editor.read(f"{HERE}duplicates").all("input", type="checkbox")) == 3


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        ({"do": "apart", "member": "1"}, 422, "Choose at least two officials."),
        ({"do": "compare", "member": ["1", "x"]}, 422, "Choose at least two officials."),
        ({"do": "compare", "member": ["1", "99"]}, 404, "This official does not exist."),
    ],
)
def test_who_is_no_group_is_refused_beside_the_groups(
    desk: Callable[[Role], Desk], staffed: Site, sent: dict[str, object], status: int, said: str
) -> None:
    three_alike(staffed)
    editor = desk(Role.EDITOR)
    editor.read(f"{HERE}duplicates")
    answer = editor.post(f"{HERE}duplicates/chosen", sent)
    assert answer.status_code == status
    assert said in Page(answer.text).text and "Minister Sample" in answer.text


def test_who_may_only_look_sees_the_groups_and_decides_nothing(desk: Callable[[Role], Desk], staffed: Site) -> None:
    three_alike(staffed)
    viewer = desk(Role.VIEWER)
    page = viewer.read(f"{HERE}duplicates")
    assert "Minister Sample" in page.text and page.all("input", type="checkbox") == []
    for there in ("duplicates", "duplicates/chosen", "duplicates/again"):
        assert viewer.post(f"{HERE}{there}", {"member": ["1", "2"]}).status_code == 403
    assert viewer.get(f"{HERE}duplicates/compare?member=1&member=2").status_code == 403


def test_a_file_is_looked_at_before_it_is_saved(desk: Callable[[Role], Desk], staffed: Site) -> None:
    editor = desk(Role.EDITOR)
    file = editor.get(f"{HERE}officials.csv").data.decode("utf-8-sig").replace("Sample Minister", "Another Minister")
    editor.read(f"{HERE}import")
    looked = editor.post(f"{HERE}import", {"file": (io.BytesIO(file.encode()), "officials.csv")})
    assert looked.status_code == 200 and "Another Minister" in looked.text
    assert officials(staffed)[0].name == "Sample Minister"
    text = Page(looked.text).one("textarea", name="text")
    assert "Another Minister" in text.text
    assert editor.post(f"{HERE}import", {"text": "".join(text.words), "sure": "yes"}).status_code == 302
    assert officials(staffed)[0].name == "Sample Minister"
    agreed(desk(Role.REVIEWER))
    assert officials(staffed)[0].name == "Another Minister"


def test_a_file_with_a_wrong_line_offers_nothing_to_save(desk: Callable[[Role], Desk], staffed: Site) -> None:
    editor = desk(Role.EDITOR)
    editor.read(f"{HERE}import")
    file = b"name,country\nAda,GB\nBo,Atlantis\n"
    looked = editor.post(f"{HERE}import", {"file": (io.BytesIO(file), "x.csv")})
    assert "1 of 2 lines has something to fix" in looked.text and 'name="sure"' not in looked.text
    assert editor.post(f"{HERE}import", {"text": file.decode(), "sure": "yes"}).status_code == 422
    assert len(officials(staffed)) == 1


@pytest.mark.parametrize("file", [b"\xff\xfe", b"", b"PK\x03\x04\x00"])
def test_something_else_than_a_file_of_officials_is_refused(
    desk: Callable[[Role], Desk], staffed: Site, file: bytes
) -> None:
    editor = desk(Role.EDITOR)
    editor.read(f"{HERE}import")
    assert editor.post(f"{HERE}import", {"file": (io.BytesIO(file), "x.csv")}).status_code == 422


def test_a_part_of_a_form_without_a_name_is_left_out(desk: Callable[[Role], Desk]) -> None:
    editor = desk(Role.EDITOR)
    editor.get("/organise/officials/new")
    # A quoted backslash is a name of nothing; the file makes the form one of parts.
    answer = editor.post("/organise/officials/new", {"\\": "", "file": (io.BytesIO(b""), "a.txt")})
    assert answer.status_code == 422
