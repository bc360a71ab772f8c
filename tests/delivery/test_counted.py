"""Who is counted in two signature books of one action, told without a name, by a script that needs nothing of ours."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select, update

from campaign.appeals.signing.signing import sign
from campaign.appeals.supporter import confirming
from campaign.delivery import volumes
from campaign.storage import Storage
from campaign.storage.tables import DossierEntry, DossierWithheld, Signature
from campaign.vocabulary import Disclosure
from tests import made
from tests.delivery.signed import PEOPLE, SLUG, freeze, printed, sign_all

SCRIPT = Path(__file__).parents[2] / "docs" / "compare_books.py"
LATER = (("Later Person", "FR", Disclosure.PUBLIC), ("Another", "FR", Disclosure.WITHHELD))


def compared(*files: Path) -> tuple[int, str]:
    """What the script says, alone in its process."""
    done = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), *map(str, files)], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout


def counted(storage: Storage, code: str, folder: Path) -> Path:
    """The marks that lie in a book's archive."""
    file = folder / f"{code}.txt"
    with storage.reading() as session:
        packed = volumes.archive(session, storage.files, code)
    with zipfile.ZipFile(BytesIO(b"".join(packed.pieces))) as archive:
        file.write_bytes(archive.read("counted.txt"))
    return file


@pytest.fixture
def books(storage: Storage, tmp_path: Path) -> tuple[Path, Path]:
    """Two books of one action: between them one has withdrawn, and two have signed."""
    with storage.writing() as session:
        made.action(session)
    sign_all(storage)
    first = freeze(storage)
    printed(storage, tmp_path / "first", first)
    with storage.writing() as session:
        gone = session.scalars(select(Signature).order_by(Signature.id)).first()
        assert gone is not None
        assert confirming.withdraw(session, gone.id)
        for n, (name, country, disclosure) in enumerate(LATER):
            wish = made.wish(f"later{n}@example.org", name=name, country=country, disclosure=disclosure)
            sign(session, storage.vault, SLUG, wish, made.NOON)
        for reference in session.scalars(select(Signature.reference).order_by(Signature.id.desc()).limit(len(LATER))):
            confirming.confirm(session, storage.vault, reference, made.NOON)
    second = freeze(storage)
    printed(storage, tmp_path / "second", second)
    return counted(storage, first, tmp_path), counted(storage, second, tmp_path)


def test_two_books_tell_how_many_are_in_both_and_no_name(books: tuple[Path, Path]) -> None:
    told, said = compared(*books)

    assert told == 0
    assert "5 entries" in said
    assert "6 entries" in said
    # Five in the first, of whom one withdrew; six in the second, of whom two are new: seven people.
    assert "In both: 4. Together they stand for 7, not 11." in said
    assert not any(name in file.read_text() for file in books for name, *_ in (*PEOPLE, *LATER))


def test_a_book_stands_beside_itself_as_one(books: tuple[Path, Path]) -> None:
    assert compared(books[0], books[0]) == (
        0,
        f"{books[0].stem}: 5 entries. {books[0].stem}: 5 entries.\nIn both: 5. Together they stand for 5, not 10.\n",
    )


def test_a_signature_that_is_counted_twice_is_found_with_its_entries(
    storage: Storage, books: tuple[Path, Path], tmp_path: Path
) -> None:
    """The counterexample: a book in which one signature stands as a name and once more among the withheld."""
    code = freeze(storage)
    with storage.writing() as session:
        one = session.scalars(
            select(DossierEntry).where(DossierEntry.signature_id.is_not(None)).order_by(DossierEntry.dossier_id.desc())
        ).first()
        assert one is not None
        number, again = one.number, one.signature_id
        withheld = select(DossierWithheld.number).where(DossierWithheld.dossier_id == one.dossier_id).order_by("number")
        counted_only = session.scalars(withheld).first()
        session.execute(
            update(DossierWithheld)
            .where(DossierWithheld.dossier_id == one.dossier_id, DossierWithheld.number == counted_only)
            .values(signature_id=again)
        )
    printed(storage, tmp_path / "third", code)

    told, said = compared(books[0], counted(storage, code, tmp_path))

    assert told == 1
    assert f"{code}: entries {number} and {counted_only} are ONE signature, counted twice" in said


@pytest.mark.parametrize(
    ("first", "second", "told", "said"),
    [
        ("aa bb", "cc dd", 0, "Nobody is in both: together they stand for 4."),
        ("aa bb", "bb cc", 0, "In both: 1. Together they stand for 3, not 4."),
        ("aa bb aa", "cc", 1, "A: entries 1 and 3 are ONE signature, counted twice"),
        ("aa", "bb bb bb", 1, "B: entries 1 and 3 are ONE signature, counted twice"),
    ],
)
def test_what_is_said_of_lists_written_by_hand(tmp_path: Path, first: str, second: str, told: int, said: str) -> None:
    files = []
    for code, marks in (("A", first.split()), ("B", second.split())):
        files.append(tmp_path / code)
        files[-1].write_text("\n".join([f"campaign-counted-1 {code} 00ff {len(marks)}", *marks, ""]))

    answer = compared(*files)

    assert answer[0] == told
    assert said in answer[1]


@pytest.mark.parametrize(
    "spoilt",
    ["", "campaign-counted-1 B 00ff 2\naa\n", "campaign-counted-1 B 00ee 1\naa\n", "campaign-counted-1 B 00ff 1\naa"],
)
def test_lists_that_are_cut_or_of_another_action_are_not_compared(tmp_path: Path, spoilt: str) -> None:
    (tmp_path / "a").write_text("campaign-counted-1 A 00ff 1\naa\n")
    (tmp_path / "b").write_text(spoilt)

    assert compared(tmp_path / "a", tmp_path / "b") == (2, "")
