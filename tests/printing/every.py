"""Every kind of print, in a language and on a paper, with values that are as long as they may come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

from campaign import language
from campaign.printing.addressee import Addressee
from campaign.printing.book.dossier import DossierSheet, Entry, PaperSheet, Words
from campaign.printing.sheets.bulletin import BulletinSheet, Contact, ModelLetter, PrintedFigure, bulletin_pdf
from campaign.printing.sheets.check_page import CheckSheet, Stamp, check_pdf
from campaign.printing.sheets.envelope import Envelope, EnvelopeSheet, envelopes_pdf
from campaign.printing.sheets.labels import labels_pdf
from campaign.printing.sheets.letter import LetterSheet, letter_pdf
from campaign.printing.sheets.poster import PosterSheet, poster_pdf
from campaign.printing.sheets.report import PrintedTable, ReportSheet, report_pdf
from campaign.printing.sheets.signature_sheet import SignatureSheet, signature_sheet_pdf
from campaign.strip import Strip
from campaign.vocabulary import Paper
from tests.printing.books import printed

LONG = Addressee(
    "Her Excellency Doctor Maria-Magdalena Example-Longname of Exampletown",
    "Minister of the Interior, of Local Government, of Refugees and of the Example Regions",
    "Ministry of the Interior, Local Government and Donaudampfschifffahrtsgesellschaftsangelegenheiten",
    (
        "Third Wing, Second Floor, Room 214, behind the Old Secretariat and the Hall of Records",
        "Block C",
        "12 Very Long Example Avenue",
        "Sector 4",
        "Exampletown 12345-6789",
    ),
    "Bosnia and Herzegovina",
)
TEXTS = {
    "ur": ("چودہ لاکھ افراد کے کارڈوں کی فوری تجدید کی جائے اور جبری واپسی روکی جائے", "عائشہ بیگم"),
    "ar": ("جددوا بطاقات المليون وأربعمئة ألف شخص على الفور وأوقفوا كل ترحيل قسري", "محمد عبد الله"),
    "fa": ("کارت‌های یک میلیون و چهارصد هزار نفر را فوراً تمدید کنید و بازگرداندن اجباری را متوقف کنید", "زهرا محمدی"),
    "ps": ("د څوارلس لکو کسانو کارتونه سمدستي تجدید کړئ او جبري ستنول ودروئ", "ګلالۍ"),
    "fr": ("Renouvelez les cartes d’un million quatre cent mille personnes et arrêtez tout retour forcé", "Éléonore"),
    "es": ("Renueven las tarjetas de un millón cuatrocientas mil personas y detengan los retornos forzados", "Íñigo"),
    "en": ("Renew the cards of one million four hundred thousand people and stop every forced return", "Maria Example"),
}
MANY_NAMES = (
    "Maria Example",
    "عائشہ بیگم",
    "王小明",
    "Ольга Петрова",
    "अनुष्का शर्मा",
    "கவிதா",
    "김서연",
    "กมล ใจดี",
    "Nguyễn Thị Ngọc Ánh",
    "Wolfeschlegelsteinhausenbergerdorffvoralternwarengewissenhaftschaferswessenschafewarenwohlgepflege Hubert",
    "",
    "Ada \U0010fffd",  # no font has it
)
STRIP = Strip.of(date(2025, 6, 17), date(2025, 9, 15), date(2025, 8, 1), [(date(2025, 6, 30), "cards expire")])


def letter(locale: str, paper: Paper, paragraphs: int = 11) -> bytes:
    """A letter of three pages, with all that can stand on one."""
    said, name = TEXTS[locale]
    return letter_pdf(
        LetterSheet(
            locale=locale,
            day=date(2025, 8, 5),
            addressee=LONG,
            salutation="Dear Minister,",
            paragraphs=(f"{said}. " * 9,) * paragraphs,
            close="Yours sincerely,",
            sender_name=f"{name} " * 4,
            sender_place="Lyon, France",
            subject=said,
            reference="UA 56/25",
            return_address=("Maria Example", "Appartement 12, Bâtiment C, 123 boulevard du Très-Long-Exemple", "Lyon"),
        ),
        paper,
    )


def dossier_sheet(locale: str, paper: Paper, on_paper: bool = True) -> DossierSheet:
    """A dossier of more than a million, counted on paper too."""
    said, name = TEXTS[locale]
    sheets = tuple(PaperSheet(f"7Q4-2M9{n}", "France", 400_000 + n, (name, "Jo Example")) for n in range(3))
    countries = ["Pakistan", "France", "Bosnia and Herzegovina", "South Georgia & South Sandwich Islands"]
    return DossierSheet(
        locale=locale,
        organisation="Example Rights Office for Refugees and Displaced Persons",
        code="7Q4K-2M9X",
        verification_url="https://act.a-rather-long-name.example/verify/7Q4K-2M9X",
        action_number="UA 56/25",
        title=said,
        summary=f"{said}. " * 3,
        demands=(said,) * 6,
        addressee=LONG,
        frozen_at=datetime(2025, 8, 18, 12, 0, tzinfo=UTC),
        salutation="Dear Minister,",
        cover=(f"{said}. " * 3,) * 4,
        close="Yours sincerely,",
        totals=tuple((country, 308_641 + n, n) for n, country in enumerate(countries)),
        named=len(MANY_NAMES) * 3,
        withheld=1_234_567 - len(MANY_NAMES) * 3,
        how_verified=(f"{said}. ",) * 3,
        by_day=tuple((date(2025, 6, day), 1_234_567 // day) for day in range(1, 29)),
        paper=sheets if on_paper else (),
        paper_size=paper,
        tree=(1_234_570, "0123456789abcdef" * 4),
        organisation_address=("12 Sample Street", "Exampletown EX1 2MP"),
    )


def dossier(locale: str, paper: Paper, on_paper: bool = True, words: bool = True) -> bytes:
    """Its only volume, with names in many scripts, some with no end, and words."""
    entries = [
        Entry(n, name, country, code)
        for n, (name, (country, code)) in enumerate(
            (
                (name, place)
                for place in (("France", "FR"), ("Pakistan", "PK"), ("Ukraine", "UA"))
                for name in MANY_NAMES
            ),
            1,
        )
    ]
    said = [Words(f"1 · {TEXTS[locale][1]}", f"{TEXTS[locale][0]}.\nمحمد (1).")] if words else []
    return printed(dossier_sheet(locale, paper, on_paper), entries, said).pdf


def bulletin(locale: str, paper: Paper) -> bytes:
    """A bulletin with everything on it."""
    said, name = TEXTS[locale]
    return bulletin_pdf(
        BulletinSheet(
            locale=locale,
            organisation="Example Rights Office",
            title=said,
            country="South Georgia & South Sandwich Islands",
            summary=f"{said}. " * 3,
            contacts=(
                Contact(
                    LONG,
                    emails=("secretary@office.example",),
                    numbers=(("Fax", "+92 51 000 0000"),),
                    ways=(("X", "@example"),),
                ),
            ),
            number="UA 56/25",
            kind="further information",
            index_reference="ASA 33/9511/2025",
            issued_on=date(2025, 6, 17),
            strip=STRIP,
            place="Islamabad",
            demands=(said,) * 4,
            letter=ModelLetter("en", "Dear Minister,", (f"{said}. ",) * 3, "Yours sincerely,"),
            figures=(
                PrintedFigure("at least 1,234,567", said, "https://documents.example/" + "a" * 90, date(2025, 6, 1)),
            ),
            languages=("English", "Urdu"),
            deadline=date(2025, 9, 15),
            subjects=((name, "all"),),
            previous_url="https://documents.example/" + "asa33-7416-2023/" * 6,
            url="https://act.example/en/actions/renew-the-cards",
        ),
        paper,
    )


def sheet(locale: str, paper: Paper) -> bytes:
    """A signature sheet with a back."""
    said, _ = TEXTS[locale]
    return signature_sheet_pdf(
        SignatureSheet(
            locale=locale,
            organisation="Example Rights Office",
            address=("12 Sample Street", "Exampletown EX1 2MP"),
            contact="office@example.org",
            title=said,
            country="Pakistan",
            action_number="UA 56/25",
            asked=(("Sample Minister", "Minister of Interior"),),
            demands=(said, said),
            strip=Strip.of(
                date(2025, 6, 17), date(2025, 9, 15), date(2025, 6, 16), [(date(2025, 6, 30), "cards expire")]
            ),
            return_by=date(2025, 8, 31),
            kept_days=90,
            number="7Q4-2M9K",
            url="https://act.example.org/sheets/renew-the-cards/7Q4-2M9K",
        ),
        paper,
        back=True,
    )


def envelope(locale: str, paper: Paper) -> bytes:
    """Envelopes of the sizes that go with a paper."""
    sizes = (Envelope.DL, Envelope.C5) if paper is Paper.A4 else (Envelope.NO_10,)
    sender = ("Maria Example", "12 Rue Sample", "69001 Lyon, France")
    return envelopes_pdf([EnvelopeSheet(locale, LONG, sender)], sizes[-1])


def labels(_locale: str, paper: Paper) -> bytes:
    """A sheet of labels and one more."""
    short = replace(
        LONG, title=None, office=None, address=("Embassy of Exampleland", "10117 Berlin"), country="Germany"
    )
    return labels_pdf([LONG, short] * 13, paper)


def poster(locale: str, paper: Paper) -> bytes:
    """A poster with a long title."""
    said, _ = TEXTS[locale]
    return poster_pdf(
        PosterSheet(
            locale=locale,
            organisation="Example Rights Office",
            title=said,
            country="Pakistan",
            number="UA 56/25",
            deadline=date(2025, 9, 15),
            place="Islamabad",
            asked="Sample Minister, Minister of Interior",
            demand=said,
            url="https://act.example.org/actions/renew-the-cards",
        ),
        paper,
    )


def check(locale: str, paper: Paper) -> bytes:
    """How to check a book without us, with all that can stand there."""
    said, _ = TEXTS[locale]
    return check_pdf(
        CheckSheet(
            locale=locale,
            organisation="Example Rights Office for Refugees and Displaced Persons",
            code="7Q4K-2M9X",
            title=said,
            frozen_at=datetime(2025, 8, 18, 12, 0, tzinfo=UTC),
            tree=(1_234_570, "0123456789abcdef" * 4),
            volumes=tuple((f"dossier-7Q4K-2M9X-volume-{n}-of-4.pdf", "fedcba9876543210" * 4) for n in range(1, 5)),
            sums="SHA256SUMS",
            sealed_by="Example Rights Office for Refugees and Displaced Persons",
            fingerprint="00112233445566778899aabbccddeeff" * 2,
            stamps=(
                Stamp(
                    "time.a-rather-long-name.example",
                    datetime(2025, 8, 18, 12, 5, tzinfo=UTC),
                    "time-stamp-1.tsr",
                    "time-stamp-roots.pem",
                ),
            ),
            owed=("clock.example",),
            audit_head="89abcdef01234567" * 4,
        ),
        paper,
    )


def report(locale: str, paper: Paper) -> bytes:
    """A report with a table of every width, one of them over several pages."""
    said, name = TEXTS[locale]
    rows = tuple((f"{name} {n}", "South Georgia & South Sandwich Islands", str(1_234_567 + n)) for n in range(70))
    return report_pdf(
        ReportSheet(
            locale=locale,
            organisation="Example Rights Office for Refugees and Displaced Persons",
            title=said,
            days=f"{said}. " * 2,
            made_on=date(2025, 8, 18),
            tables=(
                PrintedTable(said, f"{said}. " * 2, (said, name), ((said, "1,234,567"), (name, "–")), (False, True)),
                PrintedTable(name, said, (name, name, name), rows, (False, False, True)),
                PrintedTable(
                    name, said, (said, *(name,) * 3), ((said, "12", "0", "1,234,567"),), (False, *(True,) * 3)
                ),
            ),
        ),
        paper,
    )


PRINTS: dict[str, Callable[[str, Paper], bytes]] = {
    "letter": letter,
    "bulletin": bulletin,
    "dossier": dossier,
    "dossier, plain": lambda locale, paper: dossier(locale, paper, on_paper=False, words=False),
    "sheet": sheet,
    "envelope": envelope,
    "labels": labels,
    "poster": poster,
    "check": check,
    "report": report,
}
LOCALES = tuple(language.LANGUAGES)
