"""Pictures that people hand in, drawn anew from their pixels: what a file says besides them is kept nowhere."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from campaign.errors import Refused

MOST_PIXELS = 40_000_000
# How the files begin that are taken, and what each is.
BEGINNINGS = ((b"\xff\xd8\xff", "JPEG"), (b"\x89PNG\r\n\x1a\n", "PNG"))


def kind_of(given: bytes) -> str | None:
    """ "JPEG" or "PNG" by how the bytes begin; None for anything else."""
    return next((kind for beginning, kind in BEGINNINGS if given.startswith(beginning)), None)


def bare(given: bytes, kind: str, mode: str = "RGB") -> Image.Image:
    """The pixels of a picture, upright, in `mode` ("RGB", or "RGBA" with what is clear in it), and nothing else.

    Raises `Refused` for what is no readable picture of this kind, or has more than 40 million points.
    """
    if not _whole(given, kind):
        raise Refused("This picture is incomplete. Save it again and retry.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(given), formats=[kind])
            if picture.width * picture.height > MOST_PIXELS:
                raise Refused("This picture has more than 40 million pixels. Save it smaller.")
            # Turned as its owner saw it, since what says so is not kept.
            upright = ImageOps.exif_transpose(picture).convert(mode)
            # New from its pixels: no profile, comment, thumbnail or place comes along.
            return Image.frombytes(mode, upright.size, upright.tobytes())
    except (UnidentifiedImageError, Image.DecompressionBombWarning, OSError, ValueError, SyntaxError) as error:
        raise Refused("This picture cannot be read. Save it again and retry.") from error


def _whole(given: bytes, kind: str) -> bool:
    # WeasyPrint has Pillow take what breaks off, for the whole process: half a receipt would be kept as one.
    if kind == "PNG":
        return b"IEND\xaeB`\x82" in given
    return b"\xff\xd9" in given[len(given) // 2 :]
