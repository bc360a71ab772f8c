"""A script without a font is an error that names it, before a page is made."""

from __future__ import annotations

from dataclasses import replace

import pytest

from campaign.errors import Unprintable
from campaign.printing.engine.fonts import installed, printable, refuse_unprintable
from campaign.printing.sheets.letter import letter_pdf
from campaign.vocabulary import Paper
from tests.printing.reading import ENGLISH_LETTER

LATIN = frozenset(range(0x20, 0x250))


@pytest.mark.parametrize(
    ("text", "script"),
    [("Maria 王小明", "Han"), ("محمد", "Arabic"), ("ராம்", "Tamil"), ("अनु", "Devanagari"), ("김", "Hangul")],
)
def test_a_script_without_a_font_is_named(text: str, script: str) -> None:
    with pytest.raises(Unprintable, match=script):
        refuse_unprintable(text, LATIN)


def test_all_missing_scripts_are_named_at_once() -> None:
    with pytest.raises(Unprintable, match="Arabic, Han"):
        refuse_unprintable("王 محمد", LATIN)


def test_a_lone_sign_that_scripts_share_is_named_by_itself() -> None:
    with pytest.raises(Unprintable, match=r"U\+1F600 \(Emoticons\)"):
        refuse_unprintable("😀", LATIN)


def test_characters_without_a_shape_need_no_font() -> None:
    refuse_unprintable("a\u200d\u200c\ufe0f\u2069\n\t\U000e0067", LATIN)


def test_a_print_with_a_script_no_font_has_is_refused_by_name() -> None:
    # Assigned but in no font yet: letters of a script that is encoded anew each year are the safest example.
    unknown = next((char for char in ("\U00016d40", "\U00010d40", "\U00011bc0") if not printable(char)), None)
    if unknown is None:
        pytest.fail("This machine has a font for every script the test knows: choose a rarer one here.")

    with pytest.raises(Unprintable):
        letter_pdf(replace(ENGLISH_LETTER, sender_name=unknown), Paper.A4)


def test_the_fonts_of_the_installation_print_the_scripts_we_promise() -> None:
    samples = "Maria Ольга Εφη محمد ٹڈڑ 王小明 やま 김 ராம் अनु দীপি ગુજ ਪੰਜ నమ ನಮ മല සිං ไทย ខ្មែរ မြန် ქარ Հայ አበበ אבג 😀"

    assert [char for char in samples if not printable(char)] == [], "Install fonts-noto-core, -cjk and -color-emoji."


def test_what_is_installed_is_asked_once() -> None:
    assert installed() is installed()
