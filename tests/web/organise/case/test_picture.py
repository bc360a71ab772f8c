"""The picture of a case: what a form says of files is not believed."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import select

from campaign import clock
from campaign.storage.tables import CasePicture, Proposal
from campaign.vocabulary import ActionStatus, Role
from tests import made
from tests.conftest import Site
from tests.web.organise.conftest import Desk, agreed

SAID = {
    "kind": "drawing", "alt-en": "A hill", "alt-ur": "پہاڑ", "credit-en": "Ada", "consent": "Drawn for us.",
    "consent_on": "2025-06-01",
}  # fmt: skip


def drawing() -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (800, 450), "teal").save(file, "PNG")
    file.seek(0)
    return file


@pytest.mark.parametrize("status", [ActionStatus.DRAFT, ActionStatus.OPEN])
def test_a_form_that_names_its_own_file_is_not_believed(
    desk: Callable[[Role], Desk], staffed: Site, status: ActionStatus
) -> None:
    with staffed.storage.writing() as session:
        made.action(session, "a-hill", status=status, serial=90, deadline=(clock.now() + timedelta(days=9)).date())
    editor, reviewer, there = desk(Role.EDITOR), desk(Role.REVIEWER), "/organise/cases/a-hill/picture"
    editor.read(there)
    assert editor.post(there, {**SAID, "file": (drawing(), "hill.png")}).status_code == 302
    agreed(reviewer, "a-hill")
    with staffed.storage.reading() as session:
        before = session.scalars(select(CasePicture.mark)).one()
    for forged in ({"mark": "../../campaign.db"}, {"mark": before[::-1], "width": "x", "height": "-1"}):
        editor.read(there)
        assert editor.post(there, {**SAID, "alt-en": f"A hill, {len(forged)}", **forged}).status_code == 302
        agreed(reviewer, "a-hill")
        with staffed.storage.reading() as session:
            kept = session.scalars(select(CasePicture)).one()
            assert (kept.mark, kept.width, kept.height) == (before, 720, 405)
            assert kept.alt["en"] == f"A hill, {len(forged)}"
            assert not [it for it in session.scalars(select(Proposal.content)) if "campaign.db" in str(it)]
