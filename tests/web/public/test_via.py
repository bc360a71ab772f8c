"""Tagged links: the page of everyone with a tag in its form, which nothing else on it carries."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from campaign.storage.tables import Visit
from campaign.web.public import pages
from tests.conftest import Site
from tests.web.conftest import SLUG, Supporter
from tests.web.reading import Page

HERE = f"/en/actions/{SLUG}"


def tags(site: Site) -> list[str]:
    with site.storage.reading() as session:
        return list(session.scalars(select(Visit.tag).order_by(Visit.id)))


def test_the_tag_stands_in_the_form_and_nowhere_else(site: Site) -> None:
    plain, tagged = site.client.get(HERE), site.client.get(f"{HERE}?via=Newsletter")
    page = Page(tagged.text)
    assert page.hidden("via") == "newsletter"
    added = '<input type="hidden" name="via" value="newsletter">'
    scripts = [next(it["src"] for it in of.all("script")) for of in (page, Page(plain.text))]
    assert [it.partition("?")[0] for it in scripts] == ["/static/tagged.js", "/static/public.js"]
    assert tagged.text.replace(added, "").replace(*scripts) == plain.text
    assert 'name="via"' not in plain.text and "via=" not in tagged.text
    assert not [it for it in page.all("a") if "via" in it["href"]]
    assert "Set-Cookie" not in tagged.headers


@pytest.mark.parametrize("made_up", ["newsletters", "a b", "<script>", "été", ""])
def test_what_is_no_tag_is_the_plain_page(site: Site, made_up: str) -> None:
    answer = site.client.get(HERE, query_string={"via": made_up})
    assert answer.text == site.client.get(HERE).text


def test_made_up_tags_render_nothing_and_take_no_place(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    rendered: list[object] = []
    whole = pages.action_page
    monkeypatch.setattr(pages, "action_page", lambda *of: rendered.append(of) or whole(*of))
    bodies = {site.client.get(f"{HERE}?via=t{n}").text for n in range(20)}
    assert (len(bodies), len(rendered)) == (20, 1)
    assert len(site.door.cache._pages) == 1
    # Whoever asks without one gets the page without one.
    assert 'name="via"' not in site.client.get(HERE).text


def test_each_tag_has_a_version_of_its_own(site: Site) -> None:
    one, other, plain = (site.client.get(f"{HERE}{it}").headers["ETag"] for it in ("?via=one", "?via=other", ""))
    assert len({one, other, plain}) == 3
    assert site.client.get(f"{HERE}?via=one", headers={"If-None-Match": one}).status_code == 304
    assert site.client.get(f"{HERE}?via=other", headers={"If-None-Match": one}).status_code == 200


def test_a_link_without_a_language_carries_the_tag_on(site: Site) -> None:
    assert site.client.get(f"/actions/{SLUG}?via=flyer").location == f"{HERE}?via=flyer"
    assert site.client.get(f"/actions/{SLUG}?via=far-too-long").location == HERE


def test_the_tag_is_kept_with_the_signature_until_it_is_confirmed(site: Site, supporter: Supporter) -> None:
    form = supporter.opens(via="flyer")
    supporter.hour.passes(seconds=20)
    assert supporter.sends(form).status_code == 200
    assert tags(site) == ["flyer"]


def test_a_form_that_comes_back_and_a_corrected_address_keep_the_tag(site: Site, supporter: Supporter) -> None:
    form: dict[str, Any] = supporter.opens(via="flyer", name="")
    supporter.hour.passes(seconds=20)
    refused = supporter.sends(form)
    assert refused.status_code == 422
    assert Page(refused.text).hidden("via") == "flyer"
    sent = supporter.sends({**form, "name": "Ada Lovelace"})
    assert 'name="via" value="flyer"' in sent.text


def test_a_tag_that_a_program_makes_up_is_none(site: Site, supporter: Supporter) -> None:
    form = supporter.opens(via="<b>made up</b>")
    supporter.hour.passes(seconds=20)
    assert supporter.sends(form).status_code == 200
    assert tags(site) == []


def test_a_closed_action_takes_no_tag(site: Site, changed: Any) -> None:
    changed(deadline=date(2025, 1, 1))
    assert 'name="via"' not in site.fresh().client.get(f"{HERE}?via=flyer").text
