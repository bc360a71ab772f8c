"""A new action from a bulletin, in the browser."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import func, select

from campaign.storage.tables import Action
from campaign.vocabulary import Role
from tests.browser.importing import BULLETIN
from tests.conftest import Site
from tests.web.organise.conftest import Desk


def test_a_bulletin_that_was_imported_before_leads_to_its_draft_and_is_read_again_only_if_wished(
    desk: Callable[[Role], Desk], staffed: Site
) -> None:
    editor, there = desk(Role.EDITOR), "/organise/actions/new/import"

    def drafts() -> int:
        with staffed.storage.reading() as session:
            return session.scalar(select(func.count(Action.id)).where(Action.imported_text.is_not(None))) or 0

    editor.read("/organise/actions/new")
    first = editor.post(there, {"text": BULLETIN})
    assert (first.status_code, drafts()) == (302, 1)
    # A stray blank line makes no other bulletin of it.
    again = editor.post(there, {"text": BULLETIN + "\n"})
    assert (again.status_code, drafts()) == (409, 1)
    assert "This bulletin was imported before." in again.text
    assert first.headers["Location"] in again.text
    assert editor.post(there, {"text": BULLETIN, "again": "yes"}).status_code == 302
    assert drafts() == 2
