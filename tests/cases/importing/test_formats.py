# ruff: noqa: E501 - a document of another format is told as it is written
"""Files that real programs made: every word that a reader sees is read, and none that was deleted or repeated.

LibreOffice writes the Word documents and one PDF, Chromium another PDF and a web page, Python's `email` the mails.
"""

from __future__ import annotations

import html
import shutil
import subprocess
from email.message import EmailMessage
from pathlib import Path

import pytest

from campaign.cases.importing import Bulletin, read_bulletin
from campaign.cases.importing.readers import read_text
from campaign.errors import Unreadable

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
