"""No page that shows a person or a secret is stored: neither by a proxy nor on the disk of the browser that read it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from campaign.vocabulary import Role
from campaign.web.security_headers import guarded
from tests.conftest import Site
from tests.web.organise.conftest import Desk, desk, staffed  # noqa: F401 - fixtures

VALUES = {
    "locale": "en", "slug": "renew-the-cards", "token": "A" * 38, "code": "7Q4K-2M9X", "name": "none",
    "number": "7Q4-2M9K", "path": "organise/sign-in", "filename": "none.css",
    "kind": "txt", "letter_id": 1, "delivery_id": 1,
}  # fmt: skip


def addresses(site: Site, under: str) -> list[str]:
    """One address of every route, with something in each of its places."""
    made = []
    adapter = site.app.url_map.bind("localhost")
    for rule in site.app.url_map.iter_rules():
        if rule.rule.startswith(under):
            values = {name: VALUES.get(name, 1) for name in rule.arguments}
            for other in (values, {name: VALUES.get(name, "none") for name in rule.arguments}):
                try:
                    made.append(
                        adapter.build(rule.endpoint, other, method=next(iter(rule.methods - {"HEAD", "OPTIONS"})))
                    )
                    break
                except Exception:
                    continue
    return sorted(set(made))


def test_no_organisers_page_is_stored_by_a_browser(desk: Callable[[Role], Desk], staffed: Site) -> None:  # noqa: F811
    admin = desk(Role.ADMIN)
    there = addresses(staffed, "/organise")
    assert len(there) > 80
    for path in there:
        for answer in (admin.get(path), Desk(staffed).get(path)):
            assert answer.headers.getlist("Cache-Control") == ["no-store"], path
            assert answer.status_code < 500, path


@pytest.mark.parametrize(
    "under",
    [
        "/<locale:locale>/mine",
        "/<locale:locale>/confirm",
        "/<locale:locale>/m/",
        "/<locale:locale>/sign/",
        "/<locale:locale>/undo/",
        "/<locale:locale>/unsubscribe",
        "/<locale:locale>/answer",
        "/handed",
        "/demo",
    ],
)
def test_what_is_not_for_everyone_is_stored_by_nobody(site: Site, under: str) -> None:
    there = addresses(site, under)
    assert there
    for path in there:
        for answer in (site.client.get(path), site.client.post(path)):
            assert answer.headers.getlist("Cache-Control") == ["no-store"], path


@pytest.mark.parametrize(
    ("told", "path", "kept"),
    [
        ([], "/en/", "no-store"),
        (["private=True, no-store=True"], "/en/", "no-store"),
        (["private, max-age=900"], "/en/", "no-store"),
        (["public, max-age=3"], "/en/", "public, max-age=3"),
        (["public, max-age=3"], "/organise/account", "no-store"),
        (["public, max-age=3"], "/en/mine/abc", "no-store"),
        (["public, max-age=3", "public, max-age=9"], "/en/", "no-store"),
    ],
)
def test_a_header_that_browsers_do_not_know_never_leaves(told: list[str], path: str, kept: str) -> None:
    sent: list[tuple[str, str]] = []

    def application(_environ: object, start: Callable[..., object]) -> list[bytes]:
        start("200 OK", [("cache-control", value) for value in told])
        return [b""]

    def start(_status: str, headers: list[tuple[str, str]], _exc_info: object = None) -> Callable[[bytes], object]:
        sent.extend(headers)
        return lambda _body: None

    guarded(application, ())({"PATH_INFO": path}, start)  # type: ignore[arg-type]
    assert [value for name, value in sent if name.lower() == "cache-control"] == [kept]
