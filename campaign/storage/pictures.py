"""Pictures that people hand in, drawn anew from their pixels: what a file says besides them is kept nowhere."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from campaign.errors import Refused

MOST_PIXELS = 30_000_000
# A photograph of more is read at a half, a quarter or an eighth of its size, which its format lets us do for nothing.
WIDEST_PHOTOGRAPH = 5_000
MOST_PHOTOGRAPHED = 250_000_000
TOO_LARGE = "The picture has more than 30 million points. Save it smaller."
# How the files begin that are taken, and what each is.
BEGINNINGS = ((b"\xff\xd8\xff", "JPEG"), (b"\x89PNG\r\n\x1a\n", "PNG"))


def kind_of(given: bytes) -> str | None:
    """ "JPEG" or "PNG" by how the bytes begin; None for anything else."""
    return next((kind for beginning, kind in BEGINNINGS if given.startswith(beginning)), None)


def bare(given: bytes, kind: str, mode: str = "RGB") -> Image.Image:
    """The pixels of a picture, upright, in `mode` ("RGB", or "RGBA" with what is clear in it), and nothing else.

    Raises `Refused` for what is no readable picture of this kind, or has more than 30 million points; a larger
    photograph (JPEG) is made smaller.
    """
    if not _whole(given, kind):
        raise Refused("This picture is incomplete. Save it again and retry.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # we count ourselves, below
            picture = Image.open(io.BytesIO(given), formats=[kind])
            if kind == "JPEG" and picture.width * picture.height <= MOST_PHOTOGRAPHED:
                picture.draft("RGB", (min(picture.width, WIDEST_PHOTOGRAPH), min(picture.height, WIDEST_PHOTOGRAPH)))
            if picture.width * picture.height > MOST_PIXELS:
                raise Refused(TOO_LARGE)
            # Turned as its owner saw it, since what says so is not kept.
            ImageOps.exif_transpose(picture, in_place=True)
            upright = picture if picture.mode == mode else picture.convert(mode)
            del picture
            # New from its pixels: no profile, comment, thumbnail or place comes along.
            size, pixels = upright.size, upright.tobytes()
            del upright
            return Image.frombytes(mode, size, pixels)
    except Image.DecompressionBombError as error:
        raise Refused(TOO_LARGE) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise Refused("This picture cannot be read. Save it again and retry.") from error


def _whole(given: bytes, kind: str) -> bool:
    # WeasyPrint has Pillow take what breaks off, for the whole process: half a receipt would be kept as one.
    if kind == "WEBP":
        return int.from_bytes(given[4:8], "little") + 8 <= len(given)
    if kind == "PNG":
        return b"IEND\xaeB`\x82" in given
    return b"\xff\xd9" in given[len(given) // 2 :]
