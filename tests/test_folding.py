"""Text as people search for it. Every pair was written down by hand."""

from __future__ import annotations

import pytest

from campaign.folding import LONGEST, folded

SAME = {
    "capitals": ("ISLAMABAD", "islamabad"),
    "accents": ("Égypte São Łódź Ørsted", "egypte sao lodz orsted"),
    "accents taken apart": ("E\u0301gypte", "egypte"),
    "letters that are two": ("Straße Æthel œuvre Þór", "strasse aethel oeuvre thor"),
    "Turkish i": ("İstanbul Iğdır ısı", "istanbul igdir isi"),
    "transliteration": ("Muḥammad ʿAlī Qur\u02beān", "muhammad ali quran"),
    "final sigma": ("Σωκράτης", "σωκρατησ"),
    "Cyrillic": ("Ёлка", "елка"),
    "full width": ("ＵＡ５６", "ua56"),
    "punctuation": ("UA 56/25: “stop!”", "ua 56 25 stop"),
    "apostrophes": ("O’Brien d'Arc", "o brien d arc"),
    "address": ("minister@interior.gov.pk", "minister interior gov pk"),
    "harakat": ("مُحَمَّد", "محمد"),
    "harakat of Urdu": ("بَچّے", "بچے"),
    "tatweel": ("الـسلام", "السلام"),
    "yeh": ("علي", "علی"),
    "alef maksura": ("مصطفى", "مصطفی"),
    "kaf": ("كتاب", "کتاب"),
    "he of Urdu": ("ہم", "هم"),
    "he with two eyes": ("بھائی", "بهایی"),
    "teh marbuta": ("مدرسة", "مدرسه"),
    "alef with hamza": ("أحمد إبراهيم", "احمد ابراهیم"),
    "alef with madda": ("آزادی", "ازادی"),
    "waw and yeh with hamza": ("مؤمن رئیس", "مومن رییس"),
    "he with hamza": ("خانۂ", "خانه"),
    "a joiner of Persian": ("می\u200cخواهم", "میخواهم"),
    "marks of direction": ("\u2068Ada\u2069", "ada"),
    "a ligature": ("ﷲ", "الله"),
    "digits of Arabic": ("٠١٢٣٤٥٦٧٨٩", "0123456789"),
    "digits of Urdu": ("۱٬۳۰۰", "1 300"),
    "digits of Hindi": ("५६", "56"),
    "vowel signs that are letters": ("हिन्दी", "हिनदी"),
    "Chinese": ("人権", "人 権"),
    "nothing": (" …—\u200b ", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_what_is_written_in_several_ways_is_searched_for_in_one(name: str) -> None:
    written, one = SAME[name]
    assert folded(written) == one


@pytest.mark.parametrize("apart", [("لڑکی", "لڑکے"), ("بات", "باپ"), ("cote", "code"), ("12", "21")])
def test_letters_that_make_another_word_stay_apart(apart: tuple[str, str]) -> None:
    assert folded(apart[0]) != folded(apart[1])


def test_folding_twice_is_folding_once() -> None:
    for written, _ in SAME.values():
        assert folded(folded(written)) == folded(written)


def test_a_run_of_letters_without_end_is_cut() -> None:
    assert folded("x" * 10_000) == "x" * LONGEST
