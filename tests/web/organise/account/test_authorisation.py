"""Every route of the organisers' side names who may use it; nothing opens by being forgotten."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.routing.converters import NumberConverter

from campaign.office.permissions import ALLOWED, Permission
from campaign.vocabulary import Role
from campaign.web.organise.account.authorisation import BEFORE_SIGN_IN, permission_of
from tests.conftest import Site
from tests.web.organise.conftest import Desk, address


def routes(app: Flask) -> list[Rule]:
    return [it for it in app.url_map.iter_rules() if it.rule.startswith("/organise")]


def test_every_route_names_a_permission(site: Site) -> None:
    unnamed = [it.rule for it in routes(site.app) if permission_of(site.app, it.endpoint) is None]
    assert unnamed == []


def test_a_new_route_that_names_no_permission_opens_to_nobody(staffed: Site) -> None:
    changed = Site(staffed.settings)
    changed.app.add_url_rule("/organise/forgotten-by-its-author", endpoint="forgotten_mark", view_func=lambda: "open")
    admin = Desk(changed)
    assert admin.sign_in(address(Role.ADMIN)).status_code == 302
    assert admin.get("/organise/forgotten-by-its-author").status_code == 403


@pytest.mark.parametrize("role", list(Role))
def test_each_role_gets_into_what_the_table_allows_and_nowhere_else(
    role: Role, desk: Callable[[Role], Desk], staffed: Site
) -> None:
    who = desk(role)
    for rule in routes(staffed.app):
        needed = permission_of(staffed.app, rule.endpoint)
        if needed == BEFORE_SIGN_IN or rule.endpoint == "security.logout":
            continue
        # Nothing has these numbers: who is let in finds nothing there, and changes nothing.
        with staffed.app.test_request_context():
            path = staffed.app.url_map.bind("localhost").build(rule.endpoint, _values(rule), force_external=False)
        if rule.endpoint == "board.show" and role is Role.TRANSLATOR:  # who has no board is sent to what they have
            assert who.get(path).headers["Location"] == "/organise/translations/"
            continue
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            status = (who.get(path) if method == "GET" else who.post(path)).status_code
            allowed = isinstance(needed, Permission) and needed in ALLOWED[role]
            assert (status != 403) is allowed, f"{method} {rule.rule} answers {status} to a {role}"


def test_what_a_stranger_sends_is_refused_whatever_it_is(staffed: Site) -> None:
    stranger = Desk(staffed)
    for rule in routes(staffed.app):
        if permission_of(staffed.app, rule.endpoint) == BEFORE_SIGN_IN or "POST" not in (rule.methods or set()):
            continue
        with staffed.app.test_request_context():
            path = staffed.app.url_map.bind("localhost").build(rule.endpoint, _values(rule))
        stranger.read("/organise/sign-in")
        assert stranger.post(path).status_code == 403, rule.rule


def _values(rule: Rule) -> dict[str, object]:
    return {
        name: 987654321 if isinstance(rule._converters[name], NumberConverter) else "no-such-thing"
        for name in rule.arguments
    }
