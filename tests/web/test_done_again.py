"""A request that the database undid is answered as if nothing had been; one of which something was kept is not."""

from __future__ import annotations

import io
from collections.abc import Callable

from flask import request
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from campaign.storage.tables import Organisation
from tests.conftest import Site


class Undone(Exception):
    """As a driver tells of a deadlock."""

    sqlstate = "40P01"


def test_the_view_is_asked_again_with_the_same_form_and_file(site: Site) -> None:
    read: list[bytes] = []

    def view() -> str:
        read.append(request.files["scan"].read())
        if len(read) == 1:
            raise OperationalError("UPDATE", {}, Undone())
        return request.form["name"]

    answer = _asked(site, view)
    assert (answer.status_code, answer.text) == (200, "Ada")
    assert read == [b"a scan", b"a scan"]


def test_a_view_that_has_committed_something_is_not_asked_again(site: Site) -> None:
    asked: list[int] = []

    def view() -> str:
        asked.append(1)
        with site.storage.writing() as session:
            session.scalars(select(Organisation)).one()
        raise OperationalError("UPDATE", {}, Undone())

    assert _asked(site, view).status_code == 503
    assert len(asked) == 1


def _asked(site: Site, view: Callable[..., str]) -> TestResponse:
    known = site.app.view_functions
    site.app.view_functions = {**known, "confirming.answer": lambda **_of: view()}
    try:
        sent = {"name": "Ada", "scan": (io.BytesIO(b"a scan"), "scan.png")}
        return site.client.post("/en/confirm/of-nobody", data=sent)
    finally:
        site.app.view_functions = known
