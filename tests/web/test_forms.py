"""Forms: the short way to read a good one sees exactly what the form itself sees."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from campaign.vocabulary import Disclosure
from campaign.web.forms import SigningForm, wish_in
from tests.conftest import Site

GOOD = {"name": "Ada Lovelace", "email": "ada@example.org", "country": "GB", "disclosure": "public"}
ANYTHING = st.one_of(st.text(max_size=12), st.text("aä.@-_ \t\r\n\u200b1", max_size=12))


def sometimes(*likely: str) -> st.SearchStrategy[list[str]]:
    """What one field of a form may have sent: nothing, something likely, anything, or several."""
    return st.lists(st.one_of(st.sampled_from(likely), ANYTHING), max_size=2)


FORMS = st.fixed_dictionaries(
    {
        "name": sometimes("Ada Lovelace", " Ada\n Lovelace ", "x" * 201, "www.example.org", "\u202e"),
        "email": sometimes("ada@example.org", "Ada@Example.ORG", "ada@bücher.example", "ada@localhost", "a b@c.de"),
        "country": sometimes("GB", " pk ", "ZZ", "EU", "United Kingdom"),
        "disclosure": sometimes(*Disclosure, "everyone"),
        "message": sometimes("Please.\r\nRenew them.", " ", "w" * 1_001),
        "updates": sometimes("yes", "on", "0", "no", "false", ""),
        "sure": sometimes("", "yes"),
    }
)


@pytest.fixture
def app(site: Site) -> Flask:
    return site.app


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(FORMS)
@example({name: [value] for name, value in GOOD.items()})
@example({name: [value] for name, value in GOOD.items()} | {"sure": [""], "updates": ["yes"]})
def test_a_form_is_read_alike_on_both_ways(app: Flask, sent: dict[str, list[str]]) -> None:
    posted = MultiDict((name, value) for name, values in sent.items() for value in values)
    with app.test_request_context("/en/"):
        form = SigningForm(posted)
        assert wish_in(posted, "en") == (form.wish("en") if form.validate() else None)


def test_a_good_form_is_read_the_short_way(app: Flask) -> None:
    with app.test_request_context("/en/"):
        wish = wish_in(MultiDict(GOOD), "ur")
    assert wish is not None
    assert (wish.name, wish.email, wish.disclosure, wish.locale) == (
        "Ada Lovelace",
        "ada@example.org",
        Disclosure.PUBLIC,
        "ur",
    )
