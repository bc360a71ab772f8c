"""What outside judges say of our prints: PDF/UA-1 by two, PDF/A by one, the file itself by another. No errors."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pikepdf
import pytest

from campaign.vocabulary import Paper
from tests.printing import every, validators

# Two languages, one from each side; the page-box test prints all.
CASES = [(kind, locale, paper) for kind in every.PRINTS for locale, paper in (("fr", Paper.A4), ("ur", Paper.LETTER))]
EACH = pytest.mark.parametrize(("kind", "locale", "paper"), CASES, ids=["-".join(case) for case in CASES])


@cache
def made(kind: str, locale: str, paper: Paper) -> bytes:
    return every.PRINTS[kind](locale, paper)


@EACH
@pytest.mark.parametrize("judge", [validators.outloud_errors, validators.pdfua_errors, validators.qpdf_errors])
def test_no_validator_finds_an_error(
    kind: str, locale: str, paper: Paper, judge: Callable[[bytes, Path], list[str]], tmp_path: Path
) -> None:
    found = judge(made(kind, locale, paper), tmp_path)

    # A poster's strips say eight times what stands above them: they are furniture on purpose, read to nobody.
    assert [each for each in found if not (kind == "poster" and each.startswith("TAG-002"))] == []


@EACH
def test_an_archive_takes_it(kind: str, locale: str, paper: Paper, tmp_path: Path) -> None:
    assert validators.preflight_errors([made(kind, locale, paper)], tmp_path) == []


def test_the_judges_do_judge(tmp_path: Path) -> None:
    """A print that lost its title, its fonts' say and a header cell's direction is found at fault by each."""
    file = tmp_path / "spoilt.pdf"
    with pikepdf.open(io.BytesIO(made("dossier, plain", "fr", Paper.A4))) as pdf:
        del pdf.Root.OutputIntents
        del pdf.Root.Lang
        del pdf.Root.ViewerPreferences
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Dictionary) and thing.get("/S") == "/TH":
                del thing.A
                if "/ID" in thing:
                    del thing.ID
        pdf.save(file)
    spoilt = file.read_bytes()

    assert validators.outloud_errors(spoilt, tmp_path)
    assert validators.pdfua_errors(spoilt, tmp_path)
    assert validators.preflight_errors([spoilt], tmp_path)
    assert validators.qpdf_errors(spoilt[: len(spoilt) // 2], tmp_path)


def test_a_page_whose_letters_are_not_drawn_is_found_blank(tmp_path: Path) -> None:
    """The outlines of an Urdu letter are taken away: its characters can still be read, and nothing is to be seen."""
    whole, file = made("letter", "ur", Paper.LETTER), tmp_path / "blank.pdf"
    with pikepdf.open(io.BytesIO(whole)) as pdf:
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") == "/Form":
                thing.write(b"")
        pdf.save(file)

    assert validators.has_ink_at_every_word(whole, 1)
    assert not validators.has_ink_at_every_word(file.read_bytes(), 1)
    assert any(each.startswith(validators.BLANK) for each in validators.outloud_errors(file.read_bytes(), tmp_path))


@pytest.mark.skipif(not shutil.which("verapdf"), reason="veraPDF is not here: `make verapdf` where it is")
@EACH
@pytest.mark.parametrize("flavour", ["3a", "ua1"])
def test_verapdf_finds_no_error(kind: str, locale: str, paper: Paper, flavour: str, tmp_path: Path) -> None:
    file = tmp_path / "print.pdf"
    file.write_bytes(made(kind, locale, paper))
    done = subprocess.run(["verapdf", "--flavour", flavour, str(file)], capture_output=True, text=True, check=False)

    assert 'isCompliant="true"' in done.stdout, done.stdout


def elements(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Dictionary]:
    """Everything in the structure tree."""
    waiting = [*pdf.Root.StructTreeRoot.K]
    while waiting:
        element = waiting.pop()
        if isinstance(element, pikepdf.Dictionary) and "/S" in element:
            yield element
            kids = element.get("/K", [])
            waiting += list(kids) if isinstance(kids, pikepdf.Array) else [kids]


def test_names_are_items_of_lists_each_in_its_own_language() -> None:
    with pikepdf.open(io.BytesIO(made("dossier", "fr", Paper.A4))) as pdf:
        found = list(elements(pdf))
        bodies = [
            it for it in found if it.S == "/LBody" and "/A" in it.P.P and it.P.P.A.get("/ListNumbering") == "/Decimal"
        ]
        tongues = {str(it.Lang) for it in bodies if "/Lang" in it}

        assert len(bodies) >= 3 * len(every.MANY_NAMES)
        assert {"ur", "zh", "uk", "hi", "ta", "ko", "th"} <= tongues


def test_header_cells_say_which_way_they_point_and_can_be_found_by_name() -> None:
    with pikepdf.open(io.BytesIO(made("dossier", "fr", Paper.A4))) as pdf:
        cells = [it for it in elements(pdf) if it.S == "/TH"]
        known = {str(name) for leaf in pdf.Root.StructTreeRoot.IDTree.Kids for name in list(leaf.Names)[::2]}
        asked = {str(name) for it in elements(pdf) if it.S == "/TD" for name in it.A.get("/Headers", [])}

        assert {str(it.A.Scope) for it in cells} == {"/Row", "/Column"}
        assert asked
        assert asked <= known
