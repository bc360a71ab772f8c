"""Text out of a scan, by Tesseract if that is installed: this product reads it, and does not bring it."""

from __future__ import annotations

import io
import shutil
import subprocess

import pypdfium2

_PAGES = 8  # of a scan that are recognised; a bulletin has two
_SECONDS = 40  # for one page
_SCALE = 300 / 72  # dots per inch that recognition is made for


def available() -> bool:
    """Whether scans can be read here."""
    return shutil.which("tesseract") is not None


def recognised(data: bytes) -> str | None:
    """The text on the pages of a scanned PDF; None if Tesseract is missing or finds nothing."""
    program = shutil.which("tesseract")
    if program is None:
        return None
    document = pypdfium2.PdfDocument(data)
    told: list[str] = []
    try:
        for page in list(document)[:_PAGES]:
            picture = io.BytesIO()
            page.render(scale=_SCALE, grayscale=True).to_pil().save(picture, "PNG")
            run = subprocess.run(  # noqa: S603 - the program's own path, and no word of the file in its arguments
                [program, "stdin", "stdout"],
                input=picture.getvalue(),
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
            told.append(run.stdout.decode("utf-8", "replace"))
    except (OSError, subprocess.SubprocessError, pypdfium2.PdfiumError):
        return None
    finally:
        document.close()
    text = "\f".join(told)
    return text if sum(map(str.isalnum, text)) > 20 else None
