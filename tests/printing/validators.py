"""Outside judges of a file: what each one says of it. Each speaks for itself; none of them is ours."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import outloud
import pdfua
import pikepdf
import pypdfium2
import pytest
from pdfua import Severity
from pikepdf import Pdf

JARS = Path("/usr/share/java")
PREFLIGHT = (
    "preflight",
    "pdfbox2",
    "fontbox2",
    "xmpbox",
    "commons-io",
    "commons-logging",
    "jaxb-api",
    "javax.activation",
)
# PDFBox's preflight knows the first part of PDF/A alone. What that forbids, or asks for, and the third part does not:
ONLY_IN_THE_FIRST_PART = re.compile(
    r"7\.11\.2 : Error on MetaData, part must be 1"
    r"|3\.1\.11 : Invalid Font definition, \S+ The CIDSet entry is missing for the Composite Subset"
    r"|2\.2\.\d.*(?:SMask|Transparency|transparency|Group)"
    r"|.*[Tt]ransparency.*"
    r"|1\.2\.9 .*EmbeddedFile.*|1\.4\.7 .*EmbeddedFile.*|.*EmbeddedFile.*"
)
# `outloud` takes a page of invisible text for a scan, and says it is blank where it has no picture. Text that is drawn
# as outlines under its characters is what it does not know: whether it is there is looked at.
BLANK = "TXT-010"


def outloud_errors(pdf: bytes, folder: Path) -> list[str]:
    """What `outloud` (PDF/UA-1, and what no validator asks) finds to be an error; blank pages only if they are."""
    file = folder / "print.pdf"
    file.write_bytes(pdf)
    result = outloud.check(str(file))
    assert result.error is None
    return [
        f"{found.rule}: {found.message}"
        for found in result.findings
        if str(found.severity) == "error" and not (found.rule == BLANK and has_ink_at_every_word(pdf, found.page))
    ]


def has_ink_at_every_word(pdf: bytes, number: int) -> bool:
    """Whether PDFium draws something dark wherever it reads a word on a page, counted from 1."""
    page = pypdfium2.PdfDocument(pdf)[number - 1]
    scale, margin = 3, 3  # dots to a point, and points
    picture, height, text = page.render(scale=scale, grayscale=True).to_pil(), page.get_height(), page.get_textpage()
    darkest = []
    for index in range(text.count_rects()):
        left, bottom, right, top = text.get_rect(index)
        # A piece with one letter may hold no more than its neighbour's edge.
        if sum(map(str.isalnum, text.get_text_bounded(left, bottom, right, top))) > 1:
            edges = (left, height - top - margin, right, height - bottom + margin)
            darkest.append(picture.crop(tuple(round(scale * edge) for edge in edges)).getextrema()[0])
    return bool(darkest) and max(darkest) < 200


def pdfua_errors(pdf: bytes, folder: Path) -> list[str]:
    """What `pdfua` (the part of PDF/UA-1 that a machine can check) finds, warnings too."""
    file = folder / "print.pdf"
    file.write_bytes(pdf)
    report = pdfua.validate(file)
    return [f"{found.rule_id}: {found.message}" for found in report.findings if found.severity is not Severity.INFO]


def qpdf_errors(pdf: bytes, folder: Path) -> list[str]:
    """What `qpdf --check` says, but for that all is well."""
    if not shutil.which("qpdf"):
        pytest.fail("These tests need qpdf: install it.")
    file = folder / "print.pdf"
    file.write_bytes(pdf)
    done = subprocess.run(["qpdf", "--check", str(file)], capture_output=True, text=True, check=False)
    return [] if done.returncode == 0 else [done.stdout + done.stderr]


def preflight_errors(pdfs: Iterable[bytes], folder: Path) -> list[str]:
    """What PDFBox's preflight says of files as PDF/A, but for what the first part alone asks."""
    missing = [name for name in PREFLIGHT if not (JARS / f"{name}.jar").exists()]
    if missing or not shutil.which("java"):
        pytest.fail("These tests need Java, libpdfbox2-java, libjaxb-api-java and libactivation-java: install them.")
    found = []
    for number, pdf in enumerate(pdfs):
        file = folder / f"print-{number}.pdf"
        with Pdf.open(io.BytesIO(pdf)) as opened:
            # The first part knows no streams of objects, nor of references: the same file without.
            opened.save(file, object_stream_mode=pikepdf.ObjectStreamMode.disable, force_version="1.4")
        jars = ":".join(str(JARS / f"{name}.jar") for name in PREFLIGHT)
        command = ["java", "-Xmx300m", "-cp", jars, "org.apache.pdfbox.preflight.Validator_A1b", str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        lines = [line for line in done.stdout.splitlines() if re.match(r"\d+(\.\d+)* : ", line)]
        assert lines or "valid PDF/A" in done.stdout, done.stdout + done.stderr
        found += [line for line in lines if not ONLY_IN_THE_FIRST_PART.match(line)]
    return sorted(set(found))
