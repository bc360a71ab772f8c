"""An office's own layout: labels learnt from what was moved, and what a bulletin that is read with them says."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from campaign.cases.importing import parse
from campaign.cases.importing.assemble import texts_of
from campaign.cases.importing.layouts import Layout, fitting, learnt
from campaign.cases.importing.lines import words
from campaign.cases.importing.placing import Correction, Placed, placed

# A section's bulletin in words that no table knows.
TEXT = """URGENT ACTION
BEEKEEPER HELD FOR A SONG

Kas notika:
The beekeeper Ada Lum was arrested on 3 May 2031 in Osh after she sang at a wedding. She has not seen a lawyer since.

Kam rakstīt
Prosecutor of Osh
Ivo Example
Mill Road 4
Osh, Kyrgyzstan
Email: ivo@osh.example

Pēdējā diena: 30 June 2031

Lietas gaita:
Songs have been banned at weddings since 2029. Four singers are in prison.
"""
LABELS = {
    "Kas notika:": "summary",
    "Kam rakstīt": "officials",
    "Pēdējā diena:": "deadline",
    "Lietas gaita:": "background",
}


def moved(text: str, **to: str) -> list[Correction]:
    """What an organiser moved: the line that begins with each text, to a field."""
    lines = placed(TEXT, parse(TEXT))
    found = [(next(it for it in lines if it.text.startswith(start)), field) for start, field in to.items()]
    return [Correction(it.number, it.text, it.field, field) for it, field in found]


def test_without_the_layout_what_its_labels_lead_to_is_not_known() -> None:
    bulletin = parse(TEXT)
    assert (bulletin.summary, bulletin.deadline) == (None, None)


def test_with_the_layout_each_label_leads_to_its_field() -> None:
    bulletin = parse(TEXT, LABELS)
    assert bulletin.summary is not None
    assert bulletin.summary.startswith("The beekeeper Ada Lum was arrested")
    assert bulletin.background == ("Songs have been banned at weddings since 2029. Four singers are in prison.",)
    assert bulletin.deadline == date(2031, 6, 30)
    (official,) = bulletin.officials
    assert (official.office, official.name, official.email) == (
        "Prosecutor of Osh",
        "Ivo Example",
        ("ivo@osh.example",),
    )
    assert bulletin.unplaced == ()


def test_only_the_labels_are_dropped_and_no_other_word() -> None:
    bulletin = parse(TEXT, LABELS)
    told = Counter(word for text in (*texts_of(bulletin), *bulletin.unplaced) for word in words(text))
    labels = Counter(word for label in LABELS for word in words(label))
    missing = Counter(words(TEXT)) - told - labels
    assert set(missing) <= {"urgent", "action", "email", "30", "june", "2031"}  # a label, and a day that was read


def test_a_layout_is_forgotten_after_the_reading() -> None:
    before = parse(TEXT)
    parse(TEXT, LABELS)
    assert parse(TEXT) == before


@pytest.mark.parametrize("written", ["KAS NOTIKA:", "Kas  notika :", "• Kas notika:"])
def test_a_label_is_known_however_it_is_written(written: str) -> None:
    assert parse(TEXT.replace("Kas notika:", written), LABELS).summary is not None


def test_the_layout_that_fits_is_the_one_whose_labels_stand_in_the_text() -> None:
    own, other = Layout("Section Latvia", LABELS), Layout("Desk", {"Who decides:": "officials", "What for:": "demands"})
    half = Layout("Half", {"Kas notika:": "summary", "Kurp:": "officials"})
    assert fitting(TEXT, [other, half, own]) == own
    assert fitting(TEXT, [other, half]) == half
    assert fitting("Dear friends, hello.", [own, other, half]) is None


def test_a_moved_line_teaches_the_label_it_begins_with_or_the_heading_above_it() -> None:
    lines = placed(TEXT, parse(TEXT))
    corrections = moved(TEXT, **{"The beekeeper": "summary", "Pēdējā": "deadline", "Songs have": "background"})
    assert learnt(lines, corrections) == {
        "Kas notika:": "summary",
        "Pēdējā diena:": "deadline",
        "Lietas gaita:": "background",
    }


def test_several_lines_under_one_heading_teach_it_once() -> None:
    texts = ["Kam rakstīt", "Prosecutor of Osh", "Ivo Example", "Mill Road"]
    lines = [Placed(at, text, "left_out") for at, text in enumerate(texts, 1)]
    to = ["officials.1.office", "officials.1.name", "officials.1.address"]
    corrections = [Correction(at, texts[at - 1], "left_out", field) for at, field in enumerate(to, 2)]
    assert learnt(lines, corrections) == {"Kam rakstīt": "officials"}


@pytest.mark.parametrize(
    "above", ["Case 12/2031", "ada@lum.example", "She was held for three days, and nobody was told where she was.", ""]
)
def test_what_is_no_label_is_not_learnt(above: str) -> None:
    lines = [Placed(1, above, "left_out"), Placed(2, "A song is no crime.", "left_out")]
    assert learnt(lines, [Correction(2, "A song is no crime.", "left_out", "summary")]) == {}


def test_a_line_of_a_field_is_no_heading() -> None:
    lines = [Placed(1, "Ada Lum", "subjects"), Placed(2, "A song is no crime.", "left_out")]
    assert learnt(lines, [Correction(2, "A song is no crime.", "left_out", "summary")]) == {}


def test_a_field_that_a_label_cannot_lead_to_teaches_nothing() -> None:
    lines = [Placed(1, "Gruß: Dear Minister", "left_out")]
    assert learnt(lines, [Correction(1, "Gruß: Dear Minister", "left_out", "letter.salutation")]) == {}
