"""While printing, nothing is read but what lies under `letters/` and `static/`."""

from __future__ import annotations

from pathlib import Path

import pytest
from weasyprint import HTML

from campaign.errors import Refused
from campaign.printing.engine.fetcher import READABLE, LockedFetcher


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "seal.css").write_text("p { color: red }")
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "letters" / "way-out").symlink_to(tmp_path / "secret.txt")
    return tmp_path


def test_a_file_in_a_readable_folder_is_read(folder: Path) -> None:
    fetched = LockedFetcher((folder / "letters",)).fetch((folder / "letters" / "seal.css").as_uri())

    assert fetched.read() == b"p { color: red }"
    assert fetched.content_type == "text/css"


@pytest.mark.parametrize(
    "path",
    ["secret.txt", "letters/../secret.txt", "letters/%2e%2e/secret.txt", "letters/way-out", "letters", "letters/no"],
)
def test_no_other_file_is_read(folder: Path, path: str) -> None:
    with pytest.raises(Refused):
        LockedFetcher((folder / "letters",)).fetch(f"{folder.as_uri()}/{path}")


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "file://otherhost/etc/passwd",
        "http://127.0.0.1:9/x.png",
        "https://act.example/x.png",
        "ftp://act.example/x",
        "data:text/css,p{}",
        "seal.css",
        "file:///etc/passwd%00.css",
    ],
)
def test_no_other_address_is_opened(url: str) -> None:
    with pytest.raises(Refused):
        LockedFetcher().fetch(url)


def test_a_picture_that_may_not_be_read_leaves_the_page_without_it(folder: Path) -> None:
    asked: list[str] = []

    class Listening(LockedFetcher):
        def fetch(self, url: str, headers: object = None) -> object:
            asked.append(url)
            return super().fetch(url, headers)

    html = '<img src="file:///etc/passwd" alt="x"><p>text</p>'
    document = HTML(string=html, url_fetcher=Listening((folder / "letters",))).render()

    assert asked == ["file:///etc/passwd"]
    assert len(document.pages) == 1


def test_prints_read_the_templates_and_the_static_files_of_this_checkout() -> None:
    assert [path.name for path in READABLE] == ["letters", "static"]
    assert all(path.is_dir() for path in READABLE)
