"""A plot as a picture: its words are set as they are written, its shapes stand where they were drawn."""

from __future__ import annotations

import io

from PIL import Image

from campaign.printing.sheets.plot import PlotText, plot_png

SHAPES = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100" viewBox="0 0 200 100">'
    '<rect x="20" y="70" width="50" height="20" fill="#a3200d"/></svg>'
)


def drawn(locale: str, *texts: PlotText) -> Image.Image:
    return Image.open(io.BytesIO(plot_png(SHAPES, texts, locale, (200, 100)))).convert("L")


def strokes(picture: Image.Image, top: int, bottom: int) -> int:
    """How many pieces of ink stand beside each other in a band, with white between them."""
    band = picture.crop((0, top, picture.width, bottom)).point(lambda grey: 255 if grey < 160 else 0)
    inked = [band.crop((x, 0, x + 1, band.height)).getbbox() is not None for x in range(band.width)]
    return sum(here and not before for before, here in zip([False, *inked], inked, strict=False))


def test_letters_that_join_are_joined() -> None:
    # Four letters, each of which joins the next: "مسئلہ" would be five pieces if the press set them one by one.
    joined = drawn("ur", PlotText(180, 40, "end", "heading", "بسمل"))
    apart = drawn("ur", PlotText(180, 40, "end", "heading", "ا ا ا ا"))
    assert strokes(joined, 0, 120) == 1
    assert strokes(apart, 0, 120) == 4


def test_shapes_stand_where_they_were_drawn_and_words_on_their_line() -> None:
    picture = drawn("en", PlotText(20, 40, "start", "heading", "HHH"))
    assert picture.size == (400, 200)
    assert picture.getpixel((60, 160)) < 100 < picture.getpixel((300, 160))  # type: ignore[operator]
    ink = picture.crop((0, 0, 400, 130)).point(lambda grey: 255 if grey < 120 else 0).getbbox()
    assert ink is not None
    left, top, _right, base = ink
    assert abs(left - 2 * 20) < 8 and abs(base - 2 * 40) <= 6 and 24 <= base - top <= 34
