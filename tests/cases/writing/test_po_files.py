"""PO files: GNU gettext reads what we write, and we read what its tools make of it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from campaign.cases.writing import po_files
from campaign.cases.writing.passages import Passage
from campaign.errors import Refused

BACKGROUND = 'The first ((dead)) died.\n\nThe second said: "No".\n\nC:\\new\tstands here.'
PASSAGES = (
    Passage("title", "Renew the cards"),
    Passage("demands", "Renew them\nSay when", "تجدید کریں\nکب"),
    Passage("background", BACKGROUND),
    Passage("letter.3.body", "One.\n\nTwo.", "ایک ہی", was="One.\n\nTwo, three."),
)


def written(found: tuple[Passage, ...] = PASSAGES) -> bytes:
    return po_files.write("renew-the-cards", "ur", found, lambda passage: f"Part: {passage.part}")


def read(data: bytes, found: tuple[Passage, ...] = PASSAGES) -> po_files.Taken:
    return po_files.read(data, "renew-the-cards", "ur", found)


@pytest.fixture(scope="module")
def gettext() -> str:
    program = shutil.which("msgfmt")
    if program is None:
        pytest.skip("GNU gettext is not installed")
    return program


def test_each_paragraph_and_each_demand_is_a_message_with_its_place_and_name() -> None:
    text = written().decode()
    assert text.count("msgctxt") == 1 + 2 + 3 + 1
    assert '#. Part: background\nmsgctxt "background/2"\nmsgid "The second said: \\"No\\"."\nmsgstr ""' in text
    assert 'msgctxt "demands/2"\nmsgid "Say when"\nmsgstr "کب"' in text
    assert '#, fuzzy\nmsgctxt "letter.3.body/1"\nmsgid ""\n"One.\\n"' in text  # the original changed: to be looked at


def test_gnu_gettext_finds_no_fault_in_it_and_gives_back_every_character(gettext: str, tmp_path: Path) -> None:
    (tmp_path / "ur.po").write_bytes(written())
    subprocess.run([gettext, "--check", "-o", str(tmp_path / "ur.mo"), str(tmp_path / "ur.po")], check=True)
    plain = subprocess.run(
        ["msgattrib", "--no-wrap", "--no-obsolete", str(tmp_path / "ur.po")], check=True, capture_output=True
    ).stdout
    taken = read(plain)
    assert taken.values == {"demands": "تجدید کریں\nکب"}


def test_what_a_translator_filled_in_comes_back_whole() -> None:
    filled = written().decode()
    for original, translation in {
        "Renew the cards": "کارڈ",
        "The first ((dead)) died.": "پہلے ((dead))",
        'The second said: \\"No\\".': "دوسرا",
        "C:\\\\new\\tstands here.": "تیسرا",
    }.items():
        assert f'msgid "{original}"\nmsgstr ""' in filled
        filled = filled.replace(f'msgid "{original}"\nmsgstr ""', f'msgid "{original}"\nmsgstr "{translation}"')
    taken = read(filled.encode())
    assert taken.values["title"] == "کارڈ"
    assert taken.values["background"] == "پہلے ((dead))\n\nدوسرا\n\nتیسرا"
    assert taken.stale == taken.unfinished == ()


def test_a_passage_that_is_done_in_part_or_marked_as_unsure_is_named_and_not_taken() -> None:
    part = written().decode().replace('msgid "The second said: \\"No\\"."\nmsgstr ""', 'msgid "x"\nmsgstr "دوسرا"')
    taken = read(part.encode())
    assert "background" not in taken.values and taken.unfinished == ("background",)
    assert "letter.3.body" not in taken.values


def test_a_passage_whose_original_has_changed_since_is_taken_and_named() -> None:
    filled = written().decode().replace('msgid "Renew the cards"\nmsgstr ""', 'msgid "Renew the cards"\nmsgstr "کارڈ"')
    taken = read(filled.encode(), (Passage("title", "Renew all cards"),))
    assert (taken.values, taken.stale) == ({"title": "کارڈ"}, ("title",))


def test_a_translation_that_was_saved_meanwhile_with_other_paragraphs_makes_no_original_look_changed() -> None:
    filled = written().decode().replace('msgid "Renew the cards"\nmsgstr ""', 'msgid "Renew the cards"\nmsgstr "کارڈ"')
    body = Passage("demands", "Renew them\nSay when", "ایک ہی")
    assert read(filled.encode(), (body,)).stale == ()


def of(project: str, tag: str, encoding: str = "utf-8") -> bytes:
    head = f"Project-Id-Version: {project}\\nLanguage: {tag}\\nContent-Type: text/plain; charset={encoding}\\n"
    return f'msgid ""\nmsgstr "{head}"\nmsgid "a"\nmsgstr "b"\n'.encode()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        pytest.param(b"", "This is no PO file.", id="nothing"),
        pytest.param(b"%PDF-1.7 \x00\xff", "This is no PO file.", id="a PDF"),
        pytest.param(b'msgid "a"\nmsgstr "b', "belongs to another action or language", id="without a head, cut off"),
        pytest.param(of("another", "ur"), "belongs to another action or language", id="of another action"),
        pytest.param(of("renew-the-cards", "fa"), "belongs to another action or language", id="in another language"),
        pytest.param(of("renew-the-cards", "ur", "no-such"), "This is no PO file.", id="an unknown encoding"),
        pytest.param(b"#" * (po_files.LARGEST + 1), "larger than 1 MB", id="too large"),
    ],
)
def test_what_is_no_such_file_is_refused_in_one_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        read(data)
    assert sentence in str(refused.value)
