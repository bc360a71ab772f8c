"""Fewer bytes for everyone, and none of them told to those who listen to their number."""

from __future__ import annotations

import gzip

import brotli
import pytest

from tests.conftest import Site
from tests.web.conftest import SLUG, Supporter


@pytest.mark.parametrize(
    "path", ["/en/", f"/en/actions/{SLUG}", "/en/feed.atom", f"/en/actions/{SLUG}/deadline.ics", "/static/campaign.css"]
)
def test_what_is_the_same_for_everyone_is_compressed_for_those_who_take_it(site: Site, path: str) -> None:
    plain = site.client.get(path)
    assert "Content-Encoding" not in plain.headers
    for accepted, coding, unpack in (
        ("gzip, deflate, br", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0, gzip;q=0.5", "gzip", gzip.decompress),
    ):
        packed = site.client.get(path, headers={"Accept-Encoding": accepted})
        assert packed.headers["Content-Encoding"] == coding
        assert unpack(packed.data) == plain.data
        assert packed.headers["ETag"] != plain.headers["ETag"]
        again = {"Accept-Encoding": accepted, "If-None-Match": packed.headers["ETag"]}
        unchanged = site.client.get(path, headers=again)
        assert (unchanged.status_code, unchanged.data) == (304, b"")
        for answer in (plain, packed, unchanged):
            assert answer.headers["Vary"] == "Accept-Encoding"


def test_what_is_made_for_one_reader_is_never_compressed(site: Site, supporter: Supporter) -> None:
    takes = {"Accept-Encoding": "gzip, br"}
    supporter.signs()
    link = supporter.link()
    refused = site.client.post(f"/en/actions/{SLUG}/sign", data={"name": "Ada"}, headers=takes)
    asked = site.client.get(link, headers=takes)
    thanked = site.client.post(link, headers=takes)
    missing = site.client.get("/en/nowhere", headers=takes)
    assert [it.status_code for it in (refused, asked, thanked, missing)] == [422, 200, 200, 404]
    for answer in (refused, asked, thanked, missing):
        assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("path", ["../setup.cfg", "%2e%2e/setup.cfg", "/etc/passwd", "..%2f..%2fetc/passwd", "", "."])
def test_nothing_but_the_files_for_browsers_is_served_as_one(site: Site, path: str) -> None:
    assert site.client.get(f"/static/{path}", follow_redirects=True).status_code == 404


@pytest.mark.parametrize("bundle", ["public.js", "at_once.js"])
def test_the_scripts_of_a_page_come_as_one_file_that_holds_each_of_them_whole(site: Site, bundle: str) -> None:
    from campaign.web.assets import BUNDLES, STATIC

    served = site.client.get(f"/static/{bundle}")
    assert served.mimetype in {"text/javascript", "application/javascript"}
    for name in BUNDLES[bundle]:
        lines = [it.strip() for it in (STATIC / name).read_text("utf-8").splitlines()]
        # Without what only its authors read.
        assert "\n".join(it for it in lines if it and not it.startswith("//")) in served.text


def test_a_style_sheet_loses_what_only_its_authors_read_and_nothing_else() -> None:
    from campaign.web.assets import lean_style

    written = """/* Why, and: what; { */
    .a > b ,  .c :is(d, e) { margin : 0 calc(1rem + 2px) ; font-family: "A B", serif; }
    @media (min-width: 40rem) and (max-height: 2em) { .x { top: 0; } }
    """
    assert lean_style(written) == (
        '.a>b,.c :is(d,e){margin :0 calc(1rem + 2px);font-family:"A B",serif}'
        "@media (min-width:40rem) and (max-height:2em){.x{top:0}}"
    )
