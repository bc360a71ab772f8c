"""Files: found by names of ours, and by no others."""

from __future__ import annotations

from pathlib import Path

import pytest

from campaign.errors import Unknown
from campaign.storage.files import Files


@pytest.fixture
def files(tmp_path: Path) -> Files:
    (tmp_path / "secret").write_text("a key")
    return Files(str(tmp_path / "files"))


@pytest.mark.parametrize("name", ["dossiers/7Q4K-2M9X/0f0f.pdf", "logo/abc-96x96.png", "sheets/9a/b_c.jpg"])
def test_what_was_stored_is_read(files: Files, name: str) -> None:
    files.write(name, b"x")
    assert files.read(name) == b"x"


@pytest.mark.parametrize(
    "name",
    [
        "dossiers/none/none.pdf",
        "../secret",
        "dossiers/../../secret",
        "/etc/passwd",
        "",
        ".hidden",
        "a" * 300,
        f"dossiers/{'x' * 5_000}/dossier.zip",
        "dossiers/\x00/a.pdf",
        "dossiers/\ud83d/a.pdf",
        "a//b",
        "a/" * 50 + "b",
        "dossiers/ا/a.pdf",
        "a\n",
    ],
)
def test_a_name_that_is_none_of_ours_is_not_there(files: Files, name: str) -> None:
    with pytest.raises(Unknown, match="was not found"):
        files.read(name)
