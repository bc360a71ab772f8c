"""Odd cases, one at a time: each as small as it can be."""

from __future__ import annotations

from datetime import date

import pytest

from campaign.cases.importing import Bulletin, Official, parse
from campaign.errors import Unreadable
from campaign.vocabulary import ActionKind, RecipientRole

ACTION = """URGENT ACTION
BAKERS HELD OVER BREAD

Two bakers of the old town have been held since Sunday because they gave bread away.

PLEASE SEND APPEALS BEFORE 3 May 2014 TO:
{officials}
"""


def officials(block: str) -> tuple[Official, ...]:
    return parse(ACTION.format(officials=block)).officials


def deadline(line: str, head: str = "") -> date | None:
    return parse(f"{head}\nURGENT ACTION\nBAKERS HELD\n\n{line}\n").deadline


def headed(line: str) -> Bulletin:
    return parse(f"{line}\n\nURGENT ACTION\nBAKERS HELD\n\nPLEASE TAKE ACTION AS SOON AS POSSIBLE UNTIL: 3 May 2024")


@pytest.mark.parametrize(
    ("printed", "day"),
    [
        ("15 September 2025", date(2025, 9, 15)),
        ("15 Septmber 2019", date(2019, 9, 15)),
        ("25 DE ABRIL DE 2016", date(2016, 4, 25)),
        ("1ST MARCH 2016", date(2016, 3, 1)),
        ("11 december 2018", date(2018, 12, 11)),
        ("11 DECEMBER 2018", date(2018, 12, 11)),
        ("3rd of Febuary 2018", date(2018, 2, 3)),
        ("14 December 18", date(2018, 12, 14)),
        ("7 July 99", date(1999, 7, 7)),
        ("September 15, 2025", date(2025, 9, 15)),
        ("June 1 2023", date(2023, 6, 1)),
        ("5 July, 2017", date(2017, 7, 5)),
        ("17/06/2025", date(2025, 6, 17)),
        ("6/20/2022", date(2022, 6, 20)),
        ("2025-09-15", date(2025, 9, 15)),
        ("15 Sept. 2025", date(2025, 9, 15)),
    ],
)
def test_a_deadline_is_read_however_it_is_printed(printed: str, day: date) -> None:
    assert deadline(f"PLEASE TAKE ACTION AS SOON AS POSSIBLE UNTIL: {printed}") == day
    assert deadline(f"Please send appeals before {printed}.") == day


def test_a_number_behind_the_words_urgent_action_is_the_number_and_no_title() -> None:
    read = parse(ACTION.format(officials="Minister of Bread").replace("URGENT ACTION", "URGENT ACTION 14/26"))
    assert (read.number, read.title) == ("UA 14/26", "BAKERS HELD OVER BREAD")


def test_a_date_behind_the_words_urgent_action_is_no_number() -> None:
    read = parse(ACTION.format(officials="Minister of Bread").replace("URGENT ACTION", "URGENT ACTION 12/03/2014"))
    assert (read.number, read.title) == (None, "BAKERS HELD OVER BREAD")


def test_the_heading_above_the_officials_is_nobodys_name() -> None:
    heading = ACTION.partition("PLEASE SEND APPEALS")[0]
    text = f"{heading}PLEASE TAKE ACTION UNTIL: 3 May 2014\n\nWRITE TO\n\nMinister of Bread\n1 Oven Street\n"
    (official,) = parse(text).officials
    assert (official.name, official.office) == (None, "Minister of Bread")


def test_a_deadline_without_a_year_is_the_first_after_the_issue() -> None:
    head = "UA: 90/13 Index: ASA 11/001/2013 Afghanistan Date: 2 December 2013"
    assert deadline("APPEAL DEADLINE: 10 January", head) == date(2014, 1, 10)
    assert deadline("APPEAL DEADLINE: 20 December", head) == date(2013, 12, 20)


def test_day_and_month_stand_as_the_rest_of_the_document_has_them() -> None:
    line = "This Urgent Action expires on 02/11/2021."
    assert deadline(line) == date(2021, 11, 2)
    assert deadline(line, "January 28, 2021") == date(2021, 2, 11)


@pytest.mark.parametrize(
    ("line", "number", "kind"),
    [
        ("First UA: 56/25 Index: ASA 33/9511/2025 Pakistan Date: 17 June 2025", "UA 56/25", ActionKind.FIRST),
        ("Third UA: 56/25 Index: ASA 33/9600/2025 Pakistan Date: 1 July 2025", "UA 56/25", "further_information"),
        (
            "Further information on UA: 71/08 Index: MDE 13/072/2010 Iran Date: 05 July 2010",
            "UA 71/08",
            "further_information",
        ),
        (
            "Further information on IJA: 71/08 Index: MDE 13/072/2010 Iran Date: 05 July 2010",
            "UA 71/08",
            "further_information",
        ),
        ("FU 12/14 Index: AFR 44/001/2014 Nigeria Date: 3 March 2014", "UA 12/14", "further_information"),
        ("URGENT ACTION OUTCOME UA 12/14 Index: AFR 44/001/2014 Nigeria Date: 3 March 2014", "UA 12/14", "outcome"),
        ("STOP ACTION UA 12/14 Index: AFR 44/001/2014 Nigeria Date: 3 March 2014", "UA 12/14", "stop"),
        ("EXTRA 19/92 Index: AMR 51/24/92 USA Date: 20 February 1992", "EXTRA 19/92", ActionKind.FIRST),
    ],
)
def test_number_and_kind_come_from_the_head(line: str, number: str, kind: str) -> None:
    bulletin = headed(line)
    assert (bulletin.number, bulletin.kind) == (number, kind)
    assert bulletin.title == "BAKERS HELD"
    assert bulletin.country is not None
    assert bulletin.issue_date is not None


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("Iran", "Iran"),
        ("Islamic Republic of Iran", "Iran"),
        ("USA", "United States"),
        ("Viet Nam", "Vietnam"),
        ("Russian Federation", "Russia"),
        ("Côte d'Ivoire", "Côte d’Ivoire"),
        ("Democratic Republic of Congo", "Democratic Republic of the Congo"),
        ("Myanmar (Burma)", "Myanmar"),
        ("Israel/OPT", "Israel and the Occupied Palestinian Territories"),
    ],
)
def test_a_country_has_its_english_name(printed: str, name: str) -> None:
    assert headed(f"UA: 90/13 Index: ACT 11/001/2013 {printed} Date: 2 December 2013").country == name


def test_without_a_printed_country_the_index_tells_it() -> None:
    assert headed("UA: 90/13 Index: ASA 33/001/2013 Date: 2 December 2013").country == "Pakistan"


def test_several_mails_and_salutations_belong_to_one_official() -> None:
    (one,) = officials(
        "Minister of Bread\nAda Lum\nMill Road 4\nZagreb, Croatia\nEmail: a@bread.example, b@bread.example\n"
        "c@bread.example\nSalutation: Dear Minister\nSalutation: Your Excellency"
    )
    assert one.email == ("a@bread.example", "b@bread.example", "c@bread.example")
    assert one.salutation == "Dear Minister / Your Excellency"


def test_officials_are_parted_without_a_gap_between_them() -> None:
    first, second = officials(
        "Minister of Bread\nAda Lum\nMill Road 4\nZagreb, Croatia\nFax: +385 1 555 01\n"
        "Mayor of Split\nIvo Lum\nQuay 9\nSplit, Croatia\nFax: +385 21 555 02"
    )
    assert (first.name, first.fax) == ("Ada Lum", "+385 1 555 01")
    assert (second.name, second.office, second.address) == ("Ivo Lum", "Mayor of Split", ("Quay 9", "Split, Croatia"))


def test_a_page_may_end_within_an_address() -> None:
    (one,) = officials(
        "Minister of Bread\nAda Lum\nMill Road 4\n\nPage 2 of UA 71/14\n\nZagreb, Croatia\nFax: +385 1 555 01"
    )
    assert one.address == ("Mill Road 4", "Zagreb, Croatia")


def test_an_embassy_on_one_line_is_copied() -> None:
    _, embassy = officials(
        "Minister of Bread\nAda Lum\nMill Road 4\nZagreb, Croatia\n\nAnd copies to:\n"
        "Embassy of Croatia, 2343 Elm Avenue NW, Washington DC 20008, Fax: +1 202 555 0136, Email: usa@mfa.example"
    )
    assert embassy.role is RecipientRole.COPY
    assert (embassy.office, embassy.fax, embassy.email) == (
        "Embassy of Croatia",
        "+1 202 555 0136",
        ("usa@mfa.example",),
    )


def test_numbered_officials_have_faxes_and_telegrams() -> None:
    first, second = officials(
        "1) Mrs Ada Lum   Dear Mrs Lum\nMinister of Bread\nZagreb, Croatia\nTelegrams: Minister Lum, Zagreb\n"
        "Faxes: + 385 1 555 01\n"
        "2) Bakers' Board   Dear Board Members\nSplit, Croatia\nFaxes: + 385 21 555 02 or 555 03 44"
    )
    assert (first.name, first.office, first.salutation) == ("Mrs Ada Lum", "Minister of Bread", "Dear Mrs Lum")
    assert (first.fax, second.fax) == ("+385 1 555 01", "+385 21 555 02 / 555 03 44")
    assert (second.office, second.salutation) == ("Bakers' Board", "Dear Board Members")


def test_an_office_a_fax_and_a_salutation_may_share_a_line() -> None:
    first, second = officials(
        "Minister of Bread, Ada Lum, Fax: +385 1 555 01, Salutation: Dear Minister\n"
        "Mayor of Split, Ivo Lum, Fax: +385 21 555 02, Salutation: Dear Mayor"
    )
    assert (first.office, first.name, first.salutation) == ("Minister of Bread", "Ada Lum", "Dear Minister")
    assert (second.office, second.name, second.fax) == ("Mayor of Split", "Ivo Lum", "+385 21 555 02")


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("Tel/Fax: +385 1 555 01", "phone", "+385 1 555 01"),
        ("Tel/Fax: +385 1 555 01", "fax", "+385 1 555 01"),
        ("Fax +385 1 555 01", "fax", "+385 1 555 01"),
        ("Facsimile: 00385 1 555 01 (please keep trying)", "fax", "00385 1 555 01"),
        ("X/Twitter: @BreadMinister", "x", "@BreadMinister"),
        ("Twitter: https://twitter.com/BreadMinister", "x", "@BreadMinister"),
        ("Email: https://bread.example/contact", "web_form", "https://bread.example/contact"),
        ("Web form: https://bread.example/contact", "web_form", "https://bread.example/contact"),
        ("Salutation: Your Excellency / Vaša Ekselencijo", "salutation", "Your Excellency / Vaša Ekselencijo"),
    ],
)
def test_a_contact_is_known_by_its_label(line: str, field: str, value: str) -> None:
    (one,) = officials(f"Minister of Bread\nAda Lum\nMill Road 4\nZagreb, Croatia\n{line}")
    assert getattr(one, field) == value


def test_the_letter_is_what_stands_between_greeting_and_close() -> None:
    bulletin = parse(
        "URGENT ACTION\n\nTAKE ACTION: WRITE AN APPEAL IN YOUR OWN WORDS OR USE THIS MODEL LETTER\n\nAda Lum\n"
        "Minister of Bread\nMill Road 4\nZagreb, Croatia\n\nDear Minister,\n\n"
        "Two bakers are in prison for giving bread away to people who had none.\n\n"
        "I **urge** you to release them. I further call on you, Mr. Lum would agree, to eat.\n\n"
        "Yours sincerely,\n\nADDITIONAL INFORMATION\n\nBread is dear."
    )
    assert (bulletin.letter.salutation, bulletin.letter.close) == ("Dear Minister,", "Yours sincerely,")
    assert len(bulletin.letter.paragraphs) == 2
    assert bulletin.demands == (
        "I urge you to release them.",
        "I further call on you, Mr. Lum would agree, to eat.",
    )
    assert bulletin.background == ("Bread is dear.",)


def test_links_are_the_targets_not_the_placeholders() -> None:
    bulletin = parse(
        ACTION.format(officials="") + "\nADDITIONAL INFORMATION\n\nSee [one](#) and [two](https://two.example/a)."
    )
    assert bulletin.links == ("https://two.example/a",)
    assert bulletin.background == ("See one and two.",)


def test_a_word_parted_at_the_end_of_a_line_is_whole_again() -> None:
    text = (
        "URGENT ACTION\nBAKERS HELD\n\nThe bakers of the old town have been held for giving away what they had ba-\n"
        "ked, and a well-known lawyer of the old town who came to see them on the Sunday is a well-\n"
        "known lawyer no more.\n\nPLEASE TAKE ACTION AS SOON AS POSSIBLE UNTIL: 3 May 2024\n"
    )
    assert parse(text).summary == (
        "The bakers of the old town have been held for giving away what they had baked, and a well-known lawyer of the"
        " old town who came to see them on the Sunday is a well-known lawyer no more."
    )


@pytest.mark.parametrize("bullet", ["- ", "• ", "– ", "▪ ", "n ", "\uf0b7 ", "1. ", "(ii) ", ""])
def test_demands_are_gerunds_with_or_without_bullets(bullet: str) -> None:
    bulletin = parse(
        "URGENT ACTION\nBAKERS HELD\n\nPlease write immediately in Croatian or your own language:\n"
        f"{bullet}Urging that the bakers be released;\n{bullet}Asking for their oven back; and\n"
        f"{bullet}Calling for bread.\n\n"
        "PLEASE SEND APPEALS BEFORE 3 May 2014 TO:\nMayor of Split\nIvo Lum\nSplit, Croatia\nFax: +385 21 555 02\n"
    )
    assert bulletin.demands == (
        "Urging that the bakers be released",
        "Asking for their oven back",
        "Calling for bread",
    )
    assert bulletin.languages == ("Croatian",)


def test_decomposed_letters_and_odd_spaces_are_mended() -> None:
    (one,) = officials(
        "Minister\u00a0of Bread\nRene\u0301 Lum\u00ad\u200b\nMill\u2009Road 4\nZagreb, Croatia\nFax\uff1a +385 1 555 01"
    )
    assert (one.name, one.office, one.fax) == ("René Lum", "Minister of Bread", "+385 1 555 01")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Bread is dear this winter, and nobody in the old town can say why it should be so.",
        "Minister opens bakery\n\nThe Minister of Bread opened a bakery on 3 May 2014. He ate a roll.",
        "URGENT ACTION",
    ],
)
def test_a_text_without_official_letter_or_deadline_is_no_bulletin(text: str) -> None:
    with pytest.raises(Unreadable, match="does not seem to be a bulletin"):
        parse(text)
