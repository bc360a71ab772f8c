"""What no title, name, office, address or paragraph looks like is left out of its field, whatever gave it."""

from __future__ import annotations

import pytest

from campaign.cases.importing import guards

SENTENCE = "Two bakers of the old town have been held since Sunday because they gave bread away."


@pytest.mark.parametrize(
    "text",
    [
        "15 May",
        "Ill-health / Prisoner of conscience 30 October",
        "Director of Prisons",
        "PRÄSIDENT",
        "وزير العدل",
        "Ambassador Rosa Quispe Mamani",
        "Marina SULCA (f), aged 31, teacher",
        "10 Made-up Avenue",
        "Your Excellency",
        "From Lantern Network",
        "The Lantern Team",
        "ISSUES: Torture; impunity",
        "and eight other men",
        "Viet",
        ") AMR",
        "Salutation: Dear Ambassador",
        "HELD FOR BREAD PUBLICATION DATE: 14 March 2017",
        "Call for Action",
    ],
)
def test_no_title(text: str) -> None:
    assert guards.why_no_title(text)


@pytest.mark.parametrize(
    "text",
    [
        "Death Penalty",
        "une juge menacée",
        "TWO PRINTERS RISK PRISON FOR A CALENDAR",
        'Fear of "disappearance" / Torture',
        "Professor Jennet Orazova detained",
        "محامية معتقلة بمعزل عن العالم الخارجي",
        "BEEKEEPERS' LEADER MISSING SINCE MARKET DAY",
    ],
)
def test_a_title(text: str) -> None:
    assert guards.why_no_title(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Peruvian",
        "Dr Siddig",
        "Hon. Chief Minister",
        "Yours sincerely",
        "Made-up Road",
        "القاهرة، مصر",
        "(GENERAL)",
        "ACTIVIST HELD IN PSYCHIATRIC WARD",
    ],
)
def test_no_name(text: str) -> None:
    assert guards.why_no_name(text)


@pytest.mark.parametrize(
    "text",
    ["Mr Hamid Osman Elkheir", "His Majesty King Hamad bin Isa", "U Thondara", "HARI PRASAD GURUNG", "Ivo Lum, Jr"],
)
def test_a_name(text: str) -> None:
    assert guards.why_no_name(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Embassy in",
        "Minister of Justice Dr",
        "NIGERIA: Chief Bamidele ADEKOYA and eight other men",
        "Union of Myanmar",
        "COLOMBIA Jairo Montes (m), community leader",
        "Minister of Security, Charymyrat Amanov",
        "Minister of Justice Dr Siddig Balla Ministry of Justice",
    ],
)
def test_no_office(text: str) -> None:
    assert guards.why_no_office(text)


@pytest.mark.parametrize(
    "text",
    [
        "Julián Sulca Poma (m), student",
        "Name of victim: Mr. Bilal Qureshi",
        "Yours sincerely",
        "RAN 05/14",
        "to read this month's newsletter.",
        "Geneva - Paris, April 12, 2010",
        "+856 21 555 0113",
    ],
)
def test_no_line_of_an_address(text: str) -> None:
    assert guards.why_no_place(text)


@pytest.mark.parametrize(
    "text",
    [
        "Yonas Tesfaye (m)",
        "Distr: UA/SC",
        "Write as soon as you can. Try to write close to the day a case is issued.",
        "COPIES TO: diplomatic representatives of Myanmar accredited to your country.",
        "2. Guarantee his integrity.",
        "Veuillez également adresser des copies aux représentants diplomatiques du Zimbabwe dans votre pays.",
        "Fax: +993 12 555 0107 and to: sid@scholars.example",
        "Veuillez agréer, Monsieur, mes salutations respectueuses.",
        f"BAKERS HELD OVER BREAD {SENTENCE}",
        f"Urgent Action: Let the bakers go {SENTENCE}",
        "Guatemala",
        "6 August 2019",
    ],
)
def test_no_paragraph_of_a_story(text: str) -> None:
    assert guards.why_no_paragraph(text)


def test_a_sentence_is_a_paragraph_of_a_story() -> None:
    assert guards.why_no_paragraph(SENTENCE) is None


def test_without_a_close_only_what_speaks_as_a_letter_does_is_part_of_one() -> None:
    assert guards.why_no_part_of_a_letter(SENTENCE, closed=False)
    assert guards.why_no_part_of_a_letter(SENTENCE, closed=True) is None
    assert guards.why_no_part_of_a_letter("I ask you to let them go home.", closed=False) is None
    assert guards.why_no_part_of_a_letter("Je vous demande de les libérer.", closed=False) is None


@pytest.mark.parametrize(
    "text", ["Paris, 12 April 2010", "Bahrain: Arrest of a defender", "Your Excellency", "From Lantern Network"]
)
def test_no_demand(text: str) -> None:
    assert guards.why_no_demand(text, beside_asking=False)


@pytest.mark.parametrize(
    "text", ["URGENT APPEAL", "Let the choir sing", "Ada Lum", "Presidential Palace", "Threats / Break-in"]
)
def test_nobody_at_risk(text: str) -> None:
    assert guards.why_no_subject(text, frozenset({"Ada Lum"}))


@pytest.mark.parametrize(
    "text", ["Layla al-Sayegh", "eight other men", "Families of the Cooperativa Agua Clara", "U Thondara"]
)
def test_somebody_at_risk(text: str) -> None:
    assert guards.why_no_subject(text, frozenset({"Ada Lum"})) is None


def test_whom_the_bulletin_itself_calls_so_is_at_risk() -> None:
    text = "At least 1.4 million Afghan refugees"
    assert guards.why_no_subject(text, frozenset(), labelled=True) is None
    assert guards.why_no_subject("Ada Lum", frozenset({"Ada Lum"}), labelled=True)
