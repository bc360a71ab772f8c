"""Text out of a saved mail: its body, and after it what is attached."""

from __future__ import annotations

from email import policy
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser

from campaign.cases.importing.web_page import text_of_page

_MOST_PARTS = 60
_READ = (".docx", ".pdf", ".txt", ".md", ".html", ".htm")


def parts_of_mail(data: bytes) -> tuple[str, list[tuple[bytes, str]]]:
    """The body's text, and the attachments that can be read, as (bytes, file name)."""
    message = BytesParser(EmailMessage, policy=policy.default).parsebytes(data)
    body = message.get_body(preferencelist=("plain", "html"))
    text = _text(body) if body is not None else ""
    attached: list[tuple[bytes, str]] = []
    for part in list(message.iter_attachments())[:_MOST_PARTS] if message.is_multipart() else []:
        name = part.get_filename() or ""
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes) and name.lower().endswith(_READ):
            attached.append((payload, name))
    return text, attached


def _text(part: MIMEPart) -> str:
    content = part.get_content()
    shown = content if isinstance(content, str) else bytes(content).decode("utf-8", "replace")
    return text_of_page(shown) if part.get_content_subtype() == "html" else shown


def is_mail(data: bytes) -> bool:
    """Whether bytes begin as a mail does: with header lines, among them where it comes from."""
    head = data[:4_000].replace(b"\r\n", b"\n").partition(b"\n\n")[0].lower()
    names = {
        line.partition(b":")[0] for line in head.split(b"\n") if b":" in line and not line.startswith((b" ", b"\t"))
    }
    return len(names & {b"from", b"date", b"subject", b"message-id", b"mime-version", b"received", b"to"}) > 3
