"""The page that the code on a printed dossier leads to."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from campaign.appeals.signing.signing import sign
from campaign.appeals.supporter import confirming
from campaign.delivery import freezing
from campaign.publication.reading import published
from campaign.vocabulary import Disclosure
from campaign.web import body_limits
from campaign.web.verifying import CHECKING
from tests import made
from tests.conftest import Site
from tests.delivery.signed import freeze, printed, sign_all
from tests.delivery.test_on_paper import returned
from tests.web.conftest import SLUG, signatures
from tests.web.reading import Page


@pytest.fixture
def code(site: Site) -> str:
    """The code of a frozen dossier of three: two named, one counted only."""
    vault = site.storage.vault
    for email, disclosure in (("a", Disclosure.PUBLIC), ("b", Disclosure.OFFICIAL), ("c", Disclosure.WITHHELD)):
        with site.storage.writing() as session:
            sign(session, vault, SLUG, made.wish(f"{email}@example.org", disclosure=disclosure), made.NOON)
    with site.storage.writing() as session:
        for stored in signatures(site):
            confirming.confirm(session, vault, stored.reference, made.NOON + timedelta(hours=1))
        return freezing.freeze(session, published(session, SLUG, "en"), None, made.NOON + timedelta(hours=2))


def test_the_code_tells_what_was_handed_over_and_names_nobody_who_signed(site: Site, code: str, tmp_path: Path) -> None:
    pdf = printed(site.storage, tmp_path, code)
    answer = site.client.get(f"/verify/{code}")
    page = Page(answer.text)
    assert code in page.heading
    for told in (
        "Renew the cards",
        "UA 56/25",
        "Sample Minister",
        "3 (2 named, 1 not named)",
        "1 August 2025, 14:00 UTC",
        hashlib.sha256(pdf).hexdigest(),
    ):
        assert told in page.text
    assert "Ada" not in answer.text
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert answer.headers["Vary"] == "Accept-Language"


def test_who_signed_on_paper_is_told_apart_from_who_confirmed_by_mail(site: Site) -> None:
    sign_all(site.storage)
    returned(site.storage, "7Q4-2M9K", ("Mary Shelley", "Kamala Markandaya"))
    returned(site.storage, "Market of Lyon", (), count=20)
    page = Page(site.client.get(f"/verify/{freeze(site.storage)}").text)
    assert "22, counted separately" in page.text
    assert "Signatures on paper were not confirmed by e-mail." in page.text
    assert "Mary Shelley" not in page.text


def test_a_dossier_still_at_the_printers_says_so(site: Site, code: str) -> None:
    assert "being printed" in Page(site.client.get(f"/verify/{code}").text).text


def test_a_code_may_be_typed_as_people_type(site: Site, code: str) -> None:
    for typed in (code.lower(), code.replace("-", ""), code.replace("-", "%20"), f"%20{code}%20"):
        assert code in Page(site.client.get(f"/verify/{typed}").text).heading


def test_the_page_speaks_the_readers_language_since_paper_has_none(site: Site, code: str) -> None:
    page = Page(site.client.get(f"/verify/{code}", headers={"Accept-Language": "ur"}).text)
    assert page.one("html")["dir"] == "rtl"
    assert "We made this signature book" not in page.text
    title = next(it for it in page.all("bdi") if it.text == "Renew the cards")
    assert (title["lang"], title["dir"]) == ("en", "ltr")


@pytest.mark.parametrize("typed", ["AAAA-AAAA", "x", "%20", "' OR 1=1 --", "A" * 2_000])
def test_a_code_that_was_never_given_does_not_exist(site: Site, code: str, typed: str) -> None:
    answer = site.client.get(f"/verify/{typed}")
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"


def checked(site: Site, code: str, pdf: bytes) -> tuple[int, str]:
    """What the server says of a file: the status, and the one note that is shown."""
    answer = site.client.post(f"/verify/{code}", data={"file": (io.BytesIO(pdf), "volume.pdf")})
    notes = [it for it in Page(answer.text).all("div") if it.get("data-verdict") and "hidden" not in it.attributes]
    return answer.status_code, " ".join(it.text for it in notes)


def test_a_file_is_checked_by_upload_where_no_script_runs(site: Site, code: str, tmp_path: Path) -> None:
    pdf = printed(site.storage, tmp_path, code)
    for position in (100, len(pdf) // 2, len(pdf) - 3):
        altered = pdf[:position] + bytes([pdf[position] ^ 1]) + pdf[position + 1 :]
        status, said = checked(site, code, altered)
        assert status == 200
        assert said.startswith("Changed."), position
        assert code in said
    assert checked(site, code, pdf)[1].startswith("Complete and unchanged.")
    assert checked(site, code, b"%PDF-1.7 a stranger's file")[1].startswith("Not ours.")


def test_the_file_of_another_dossier_leads_to_its_own_page(site: Site, code: str, tmp_path: Path) -> None:
    printed(site.storage, tmp_path, code)
    with site.storage.writing() as session:
        other = freezing.freeze(session, published(session, SLUG, "en"), None, made.NOON + timedelta(hours=3))
    _, said = checked(site, code, printed(site.storage, tmp_path, other))
    assert said.startswith("Another signature book.")
    assert other in said


def test_an_upload_is_limited_in_size_and_number_and_other_forms_stay_small(
    site: Site, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("campaign.web.body_limits.VOLUMES", replace(body_limits.VOLUMES, largest=200_000))
    assert checked(site, code, b"x" * 150_000)[0] == 200
    assert checked(site, code, b"x" * 250_000)[0] == 413
    assert site.client.post(f"/en/actions/{SLUG}/sign", data={"name": "x" * 100_000}).status_code == 413
    monkeypatch.setattr("campaign.web.verifying.CHECKING", replace(CHECKING, hits=3))
    assert checked(site, code, b"x")[0] == 200
    assert checked(site, code, b"x")[0] == 429


def test_a_file_that_was_sent_is_not_kept(
    site: Site, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Larger than what is held in memory, so that it lies in a file while it is read."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    monkeypatch.setenv("TMPDIR", str(temporary))
    marker = b"the words of a file that somebody holds"
    assert checked(site, code, b"%PDF-1.7 " + marker + b" " * 2_000_000 + marker)[1].startswith("Not ours.")
    assert [it for it in temporary.rglob("*") if it.is_file()] == []
    home = site.storage.engine.url.database
    kept = [it for it in Path(str(home)).parent.rglob("*") if it.is_file()]
    assert kept
    assert [it for it in kept if marker in it.read_bytes()] == []


def test_a_form_without_a_file_says_so(site: Site, code: str) -> None:
    assert site.client.post(f"/verify/{code}").status_code == 422


def test_the_page_tells_every_volume_with_its_sum_its_names_and_its_seal(site: Site, code: str, tmp_path: Path) -> None:
    printed(site.storage, tmp_path, code)
    text = Page(site.client.get(f"/verify/{code}").text).text
    assert f"dossier-{code}.pdf" in text
    assert "names 1 to 2" in text
    assert "No electronic seal" in text
