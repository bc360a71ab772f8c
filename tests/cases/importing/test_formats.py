# ruff: noqa: E501 - a document of another format is told as it is written
"""Files that real programs made: every word that a reader sees is read, and none that was deleted or repeated.

LibreOffice writes the Word documents and PDFs, Chromium other PDFs and a web page, Python's `email` the mails.
"""

from __future__ import annotations

import html
import shutil
import subprocess
from collections import Counter
from email.message import EmailMessage
from pathlib import Path

import pytest

from campaign.cases.importing import Bulletin, parse, read_bulletin
from campaign.cases.importing.lines import words
from campaign.cases.importing.readers import read_text
from campaign.errors import Unreadable
from tests.cases.importing.disturbing import text_of
from tests.cases.importing.shelf import fields

OFFICE, BROWSER = shutil.which("soffice"), shutil.which("chromium")

NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    ' xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:xlink="http://www.w3.org/1999/xlink"'
    ' xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
)
WHO = "<office:change-info><dc:creator>A</dc:creator><dc:date>2014-01-01T00:00:00</dc:date></office:change-info>"
ODT = f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document {NAMES} office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text">
<office:automatic-styles><style:page-layout style:name="pm1"><style:page-layout-properties fo:page-width="21cm"
 fo:page-height="29.7cm" fo:margin="2cm"/><style:header-style/><style:footer-style/></style:page-layout></office:automatic-styles>
<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="pm1">
<style:header><text:p>UA: 90/13 Index: ASA 33/001/2013 Pakistan Date: 2 December 2013</text:p></style:header>
<style:footer><text:p>Page <text:page-number>1</text:page-number></text:p></style:footer>
</style:master-page></office:master-styles>
<office:body><office:text>
<text:tracked-changes>
<text:changed-region text:id="c1" xml:id="c1"><text:insertion>{WHO}</text:insertion></text:changed-region>
<text:changed-region text:id="c2" xml:id="c2"><text:deletion>{WHO}<text:p>fourteen </text:p></text:deletion></text:changed-region>
</text:tracked-changes>
<text:p>URGENT ACTION</text:p>
<text:p>BAKERS HELD OVER BREAD</text:p>
<text:p/>
<text:p>The <text:change text:change-id="c2"/><text:change-start text:change-id="c1"/>two <text:change-end text:change-id="c1"/>bakers
of the old town have been held since Sunday because they gave bread away to whoever asked.<text:note text:id="n1"
 text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body><text:p>The bakery had been open for a
hundred years.</text:p></text:note-body></text:note></text:p>
<text:p>PLEASE SEND APPEALS BEFORE 3 May 2014 TO:</text:p>
<table:table><table:table-column/><table:table-row><table:table-cell><text:p>Minister of Bread</text:p>
<text:p>Ada Lum</text:p><text:p>Mill Road 4</text:p><text:p>Lahore, Pakistan</text:p><text:p>Fax: +92 42 555 0101</text:p>
</table:table-cell></table:table-row></table:table>
<text:p><draw:frame draw:name="box" text:anchor-type="paragraph" svg:width="8cm" svg:height="2cm"><draw:text-box>
<text:p>Salutation: Dear Minister</text:p></draw:text-box></draw:frame></text:p>
<text:p/>
<text:p>ADDITIONAL INFORMATION</text:p>
<text:p>Bread is dear this winter. See <text:a xlink:href="https://alerts.example/bread" xlink:type="simple">the report</text:a>
on what it costs.</text:p>
</office:text></office:body></office:document>
"""

PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Bakers held | Lantern Network</title>
<style>nav{display:block}</style><script>var bread = "not read";</script></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/donate">Donate</a></li></ul></nav>
<main><article>
<h1>Urgent Action: Bakers Held Over Bread (Pakistan: UA 90.13)</h1>
<p>December 2, 2013</p>
<p>Two bakers of the old town have been held since Sunday because they gave bread away to whoever asked for some.</p>
<h2>CONTACT INFORMATION</h2>
<p>Minister of Bread Ada Lum<br>Mill Road 4<br>Lahore, Pakistan<br>Fax: +92 42 555 0101<br>
Email: <a href="mailto:ada@bread.example">ada@bread.example</a><br>Salutation: Dear Minister</p>
<p>Dear Minister,</p>
<p>Two bakers are in prison for giving bread away. I urge you to let them go home to their families at once.</p>
<p>Yours sincerely,</p>
<h2>ADDITIONAL INFORMATION</h2>
<p>Bread is dear this winter. See <a href="https://alerts.example/bread">the report</a> on what it costs.</p>
</article></main>
<footer><p>Lantern Network, all rights reserved. Sign up for our newsletter.</p></footer></body></html>
"""


def converted(folder: Path, source: Path, ending: str) -> bytes:
    """What LibreOffice makes of a file."""
    command = [str(OFFICE), f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", ending]
    subprocess.run([*command, "--outdir", str(folder), str(source)], check=True, capture_output=True, timeout=180)
    return (folder / f"{source.stem}.{ending}").read_bytes()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("formats")
    (made / "bakers.fodt").write_text(ODT, "utf-8")
    (made / "bakers.html").write_text(PAGE, "utf-8")
    return made


def is_read(bulletin: Bulletin) -> None:
    """What each of the files says, whatever program wrote it."""
    assert (bulletin.number, bulletin.country) == ("UA 90/13", "Pakistan")
    assert bulletin.title is not None
    assert bulletin.title.casefold() == "bakers held over bread"
    assert bulletin.summary is not None
    assert bulletin.summary.casefold().startswith(("the two bakers of the old town", "two bakers of the old town"))
    (official,) = bulletin.officials
    assert (official.name, official.office) == ("Ada Lum", "Minister of Bread")
    assert (official.address, official.fax) == (("Mill Road 4", "Lahore, Pakistan"), "+92 42 555 0101")
    assert official.salutation == "Dear Minister"
    assert any(paragraph.startswith("Bread is dear this winter.") for paragraph in bulletin.background)


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
def test_a_word_document_with_tracked_changes_a_text_box_a_note_and_margins(folder: Path) -> None:
    data = converted(folder, folder / "bakers.fodt", "docx")
    text = read_text(data, "bakers.docx")
    assert "fourteen" not in text
    assert text.count("Salutation: Dear Minister") == 1
    assert "The bakery had been open for a" in text
    bulletin = read_bulletin(data, "bakers.docx")
    is_read(bulletin)
    assert bulletin.links == ("https://alerts.example/bread",)


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
def test_a_pdf_of_libreoffice(folder: Path) -> None:
    accepted = ODT.replace('<text:change text:change-id="c2"/>', "").replace("<text:p>fourteen </text:p>", "<text:p/>")
    start, end = accepted.index("<text:p><draw:frame"), accepted.index("</draw:frame></text:p>")
    accepted = (
        accepted[:start]
        + "<text:p>Salutation: Dear Minister</text:p>"
        + accepted[end + len("</draw:frame></text:p>") :]
    )
    (folder / "accepted.fodt").write_text(accepted, "utf-8")
    is_read(read_bulletin(converted(folder, folder / "accepted.fodt", "pdf"), "bakers.pdf"))


def browsed(folder: Path, *what: str) -> subprocess.CompletedProcess[bytes]:
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    profile = f"--user-data-dir={folder}/chromium"
    return subprocess.run([str(BROWSER), *flags, profile, *what], check=True, capture_output=True, timeout=120)


@pytest.mark.skipif(BROWSER is None, reason="Chromium is not installed")
def test_a_pdf_that_chromium_prints(folder: Path) -> None:
    printed = folder / "printed.pdf"
    page = PAGE[: PAGE.index("<nav>")] + PAGE[PAGE.index("<main>") : PAGE.index("<footer>")] + "</body></html>"
    (folder / "print.html").write_text(page, "utf-8")
    browsed(folder, "--no-pdf-header-footer", f"--print-to-pdf={printed}", f"file://{folder}/print.html")
    is_read(read_bulletin(printed.read_bytes(), "bakers.pdf"))


def printed(folder: Path, name: str, page: str) -> bytes:
    """What Chromium prints of a page."""
    source, target = folder / f"{name}.html", folder / f"{name}.pdf"
    source.write_text(page, "utf-8")
    browsed(folder, "--no-pdf-header-footer", f"--print-to-pdf={target}", f"file://{source}")
    return target.read_bytes()


def laid_out(text: str, css: str, direction: str = "ltr", lang: str = "en") -> str:
    """A text as a page: a paragraph where it has one, its lines as lines."""
    blocks = "".join(f"<p>{'<br>'.join(html.escape(text).splitlines())}</p>" for text in text.split("\n\n"))
    style = f"<style>@page{{margin:2cm}}body{{font:10.5pt serif;{css}}}</style>"
    head = f'<head><meta charset="utf-8"><title>x</title>{style}</head>'
    return f'<!DOCTYPE html><html lang="{lang}" dir="{direction}">{head}<body>{blocks}</body></html>'


def words_of(text: str) -> Counter[str]:
    return Counter(words(text))


@pytest.mark.skipif(BROWSER is None, reason="Chromium is not installed")
def test_links_of_a_pdf_keep_their_targets(folder: Path) -> None:
    page = PAGE[: PAGE.index("<nav>")] + PAGE[PAGE.index("<main>") : PAGE.index("<footer>")] + "</body></html>"
    bulletin = read_bulletin(printed(folder, "links", page), "bakers.pdf")
    is_read(bulletin)
    assert bulletin.links == ("https://alerts.example/bread",)
    assert bulletin.officials[0].email == ("ada@bread.example",)


@pytest.mark.skipif(BROWSER is None, reason="Chromium is not installed")
@pytest.mark.parametrize("css", ["column-count:2", "column-count:2;text-align:justify;hyphens:auto", "hyphens:auto"])
@pytest.mark.parametrize("name", ["now-3-printers.txt", "labelled-2-nurse.txt", "sheet-2-monk.txt"])
def test_a_pdf_in_two_columns_says_what_its_text_says(folder: Path, name: str, css: str) -> None:
    told = read_bulletin(printed(folder, "columns", laid_out(text_of(name), css)), "columns.pdf").as_json()
    assert dict(fields(told)) == dict(fields(parse(text_of(name)).as_json()))


@pytest.mark.skipif(BROWSER is None, reason="Chromium is not installed")
def test_an_arabic_pdf_is_read_in_the_order_it_is_read_in(folder: Path) -> None:
    text = text_of("tahrik-2020.txt")
    data = printed(folder, "arabic", laid_out(text, "", "rtl", "ar"))
    assert words_of(read_text(data, "arabic.pdf")) == words_of(text)
    assert dict(fields(read_bulletin(data, "arabic.pdf").as_json())) == dict(fields(parse(text).as_json()))


@pytest.mark.skipif(BROWSER is None, reason="Chromium is not installed")
@pytest.mark.parametrize("css", ["", "column-count:2"])
def test_an_urdu_pdf_keeps_its_words_numbers_and_latin_addresses(folder: Path, css: str) -> None:
    read = read_text(printed(folder, "urdu", laid_out(URDU, css, "rtl", "ur")), "urdu.pdf")
    assert words_of(read) == words_of(URDU)
    assert "Fax: +92 21 555 0101" in read
    assert "wazir@ports.example" in read
    assert "3 مارچ 2031 کو" in read
    assert "ان کے پاس روزی کا کوئی اور ذریعہ نہیں ہے۔ ایک ماہی گیر" in read  # over the end of a line


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("ending", ["pdf", "docx"])
def test_an_urdu_document_of_libreoffice(folder: Path, ending: str) -> None:
    (folder / "urdu.fodt").write_text(RTL, "utf-8")
    read = read_text(converted(folder, folder / "urdu.fodt", ending), f"urdu.{ending}")
    assert words_of(read) == words_of(URDU)
    assert "Fax: +92 21 555 0101" in read
    assert "3 مارچ 2031 کو" in read


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
def test_a_pdf_of_libreoffice_in_two_columns_with_a_head_and_a_foot(folder: Path) -> None:
    (folder / "columns.fodt").write_text(COLUMNS, "utf-8")
    bulletin = read_bulletin(converted(folder, folder / "columns.fodt", "pdf"), "columns.pdf")
    whole = parse(text_of("now-3-printers.txt"))
    assert bulletin.summary == whole.summary
    assert bulletin.background == whole.background
    assert bulletin.letter == whole.letter
    assert [(it.name, it.office, it.address, it.email) for it in bulletin.officials] == [
        (it.name, it.office, it.address, it.email) for it in whole.officials
    ]
    assert not any("Lantern Desk" in paragraph for paragraph in (*bulletin.background, *bulletin.letter.paragraphs))


@pytest.mark.skipif(BROWSER is None, reason="Chromium is not installed")
def test_a_web_page_that_chromium_saves(folder: Path) -> None:
    saved = browsed(folder, "--dump-dom", f"file://{folder}/bakers.html").stdout
    text = read_text(saved, "bakers.html")
    assert "not read" not in text
    assert "newsletter" not in text
    bulletin = read_bulletin(saved, "bakers.html")
    is_read(bulletin)
    assert bulletin.links == ("https://alerts.example/bread",)
    assert bulletin.officials[0].email == ("ada@bread.example",)


URDU = """فوری کارروائی

ماہی گیروں کے جال واپس کیے جائیں

3 مارچ 2031 کو بندرگاہ کی پولیس نے چالیس خاندانوں کے جال چھین لیے۔ ان کے پاس روزی کا کوئی اور ذریعہ نہیں ہے۔ ایک ماہی \
گیر عائشہ نمونہ کو تین دن تک بغیر الزام کے رکھا گیا۔ ان کے گھر والوں کو ملنے کی اجازت نہیں دی گئی۔

وزیر ماہی گیری
احمد نمونہ
سڑک 4، کراچی
پاکستان
Fax: +92 21 555 0101
Email: wazir@ports.example
"""


def written(text: str, styles: str, before: str = "", after: str = "") -> str:
    """A text as a flat document of LibreOffice, each line a paragraph; the second style is for one under a gap."""
    body = ""
    for block in text.strip().split("\n\n"):
        for at, line in enumerate(block.splitlines()):
            body += f'<text:p text:style-name="{"N" if at else "G"}">{html.escape(line)}</text:p>'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {NAMES} office:version="1.3"'
        f' office:mimetype="application/vnd.oasis.opendocument.text"><office:automatic-styles>{styles}'
        '<style:page-layout style:name="pm1"><style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm"'
        ' fo:margin="2cm"/><style:header-style/><style:footer-style/></style:page-layout></office:automatic-styles>'
        '<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="pm1">'
        "<style:header><text:p>Lantern Desk</text:p></style:header>"
        "<style:footer><text:p>Page <text:page-number>1</text:page-number></text:p></style:footer>"
        f"</style:master-page></office:master-styles><office:body><office:text>{before}{body}{after}</office:text>"
        "</office:body></office:document>"
    )


def paragraphs(more: str) -> str:
    """Two styles of paragraphs: one that goes on, one under a gap."""
    return "".join(
        f'<style:style style:name="{name}" style:family="paragraph"><style:paragraph-properties'
        f' fo:margin-top="{gap}" {more}/><style:text-properties fo:font-size="10pt" style:font-size-complex="10pt"/>'
        "</style:style>"
        for name, gap in (("N", "0cm"), ("G", "0.4cm"))
    )


RTL = written(URDU, paragraphs('style:writing-mode="rl-tb" fo:text-align="start"')).replace("Lantern Desk", "")
RTL = RTL.replace("Page <text:page-number>1</text:page-number>", "")
COLUMNS = written(
    text_of("now-3-printers.txt"),
    paragraphs("")
    + '<style:style style:name="S" style:family="section"><style:section-properties><style:columns fo:column-count="2"'
    ' fo:column-gap="1cm"/></style:section-properties></style:style>',
    '<text:section text:style-name="S" text:name="two">',
    "</text:section>",
)

TEXT = "\n".join(
    line.strip()
    for line in html.unescape(
        PAGE[PAGE.index("<h1>") : PAGE.index("</article>")]
        .replace("<br>", "\n")
        .replace("<p>", "\n")
        .replace("</p>", "\n")
        .replace('<a href="https://alerts.example/bread">the report</a>', "the report")
        .replace('<a href="mailto:ada@bread.example">ada@bread.example</a>', "ada@bread.example")
    )
    .replace("<h1>", "")
    .replace("</h1>", "\n")
    .replace("<h2>", "\n")
    .replace("</h2>", "\n")
    .split("\n")
)


def mail(**told: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "desk@lantern.example", "office@lantern.example"
    message["Subject"], message["Date"] = "Bakers", "Mon, 02 Dec 2013 10:00:00 +0000"
    message.set_content(told.get("plain", "See below."), cte="quoted-printable")
    if "html" in told:
        message.add_alternative(told["html"], subtype="html")
    return message


def test_a_mail_with_the_bulletin_in_it() -> None:
    is_read(read_bulletin(mail(plain=TEXT).as_bytes(), "bakers.eml"))


def test_a_mail_that_is_a_web_page() -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@b.example", "c@d.example", "Bakers"
    message.set_content(PAGE, subtype="html")
    is_read(read_bulletin(message.as_bytes(), "bakers.eml"))


def test_a_mail_with_the_bulletin_attached() -> None:
    message = mail(plain="Dear friends,\n\nHere is the new bulletin.\n\nIn solidarity,\nThe Desk")
    message.add_attachment(TEXT.encode(), maintype="text", subtype="plain", filename="bakers.txt")
    is_read(read_bulletin(message.as_bytes(), "bakers.eml"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_plain_text_of_any_encoding_and_line_ends(encoding: str, ends: str) -> None:
    is_read(read_bulletin(TEXT.replace("\n", ends).encode(encoding), "bakers.txt"))


def test_an_arabic_text_of_an_old_windows() -> None:
    path = Path(__file__).parent / "peers" / "tahrik-2020.txt"
    text = path.read_text("utf-8")
    assert read_text(text.encode("cp1256"), "old.txt") == text


def test_a_mail_without_a_text_is_refused_in_one_sentence() -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"], message["Date"] = "a@b.example", "c@d.example", "x", "today"
    with pytest.raises(Unreadable, match="no text"):
        read_bulletin(message.as_bytes(), "empty.eml")
