"""Lines of text: every script can be read back, looks as it should, and breaks nothing around it."""

from __future__ import annotations

import io

import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageFilter
from weasyprint import HTML
from weasyprint import VERSION as WEASYPRINT_VERSION

from campaign.printing.engine.drawing import TextLayer
from campaign.printing.engine.pdf import lay_out, pull
from tests.printing.reading import by_pdfium, by_poppler, plain

PAGE = (
    '<html lang="{lang}" dir="{dir}"><title>x</title><style>@page {{ size: A5 }} html {{ font: 14pt/28pt {faces} }}'
    "</style><body><p>{text}</p></body></html>"
)
SERIF, NASTALIQ = '"Noto Serif"', '"Noto Serif", "Noto Nastaliq Urdu"'

LEFT_TO_RIGHT = [
    "The office of an affluent official: difficult, fjord, “quoted”.",
    "decomposed: q\u0303 W\u0323\u0302 x\u0301\u0301",
    "नमस्ते क्षत्रिय श्रीमती विद्यार्थी",
    "தமிழ் கொடுங்கள் ஸ்ரீ ராமசாமி",
    "দীপিকা রায় শ্রীকৃষ্ণ",
    "習近平 山田太郎 김철수",
    "ነጋሽ አበበ",
    "Ольга Ивановна, Εφηβία Παπαδοπούλου, Nguyễn Thị",
    "emoji 😀 and 👨‍👩‍👧 🇵🇰 end",
    "signed by محمد here",
    "mother אמא, father אבא (both).",
]
RIGHT_TO_LEFT = [
    "جناب وزیر، میں درخواست کرتا ہوں کہ کارڈ (30 جون 2025) کی تجدید ہو۔",
    "پاکستان میں کم از کم ۱۴ لاکھ افغان",
    "اِسلام آباد، UNHCR کے مطابق 1,088,133 افراد",
    "لاہور لالہ الله محمدؐ گئے ہوئے مثلاً",
    "یہ «اقتباس» ہے؟ 50% نہیں [یا] {ہاں}",
    "می‌خواهم 15/9/2025، اور پھر",
    "פגישה ב־15.9, (בשעה 10:30)",
]


def printed(text: str, direction: str, faces: str) -> bytes:
    lang = "ur" if direction == "rtl" else "en"
    return pull(lay_out(PAGE.format(lang=lang, dir=direction, faces=faces, text=text), lang))


@pytest.mark.parametrize("text", LEFT_TO_RIGHT)
def test_a_line_from_the_left_reads_as_it_was_written(text: str) -> None:
    pdf = printed(text, "ltr", SERIF)

    assert by_poppler(pdf) == plain(text)
    assert by_pdfium(pdf) == plain(text)


@pytest.mark.parametrize("faces", [NASTALIQ, '"Noto Naskh Arabic"'], ids=["nastaliq", "naskh"])
@pytest.mark.parametrize("text", RIGHT_TO_LEFT)
def test_a_line_from_the_right_reads_as_it_was_written(text: str, faces: str) -> None:
    pdf = printed(text, "rtl", faces)

    assert by_poppler(pdf) == plain(text)
    assert by_pdfium(pdf) == plain(text)


def test_figures_of_an_urdu_page_stay_in_place_though_most_of_it_is_latin() -> None:
    text = "۱۴ لاکھ افراد کے کارڈ 30 جون کو ختم ہوئے۔"
    pdf = printed(f'{text}</p><p dir="ltr">{"An address of many letters, G-5/1, " * 8}', "rtl", NASTALIQ)

    assert text in by_poppler(pdf)


@pytest.mark.parametrize("text", [LEFT_TO_RIGHT[0], *LEFT_TO_RIGHT[2:6], LEFT_TO_RIGHT[8], *RIGHT_TO_LEFT])
def test_a_line_looks_as_weasyprint_alone_would_draw_it(text: str) -> None:
    direction = "rtl" if text in RIGHT_TO_LEFT else "ltr"
    html = PAGE.format(lang="en", dir=direction, faces=NASTALIQ, text=text)
    document, layer = HTML(string=html).render(), TextLayer(direction)

    theirs = pixels(document.copy().write_pdf())
    with layer.drawing():
        ours = pixels(document.copy().write_pdf(finisher=layer.finish))

    assert difference(ours, theirs) < 0.02


def test_a_pile_of_marks_does_not_cover_the_lines_around() -> None:
    above, tower = "A line above", "o" + "\u0301" * 60

    pdf = printed(f"<br><br><br><br>{tower}", "ltr", SERIF)
    ink = pixels(pdf).crop((0, 0, 600, 250)).getbbox()

    assert ink is None
    assert plain(tower) in by_pdfium(printed(f"{above}<br>{tower}", "ltr", SERIF))


def test_every_line_is_as_high_as_any_other_whatever_its_script() -> None:
    def height(text: str) -> float:
        body = lay_out(PAGE.format(lang="en", dir="ltr", faces=SERIF, text=text), "en").document.pages[0]._page_box
        return float(next(box for box in body.descendants() if box.element_tag == "p").height)

    latin = height("Maria")

    assert [height(text) for text in ("محمد", "王小明", "ராம்", "😀", "क्ष")] == [latin] * 5


def test_outside_of_our_press_weasyprint_draws_by_itself() -> None:
    pdf = HTML(string="<title>x</title><p>नमस्ते").write_pdf()

    assert b"Glyphless" not in pdf


def test_weasyprint_is_the_version_whose_inside_we_replace() -> None:
    assert WEASYPRINT_VERSION == "70.0"


def pixels(pdf: bytes) -> Image.Image:
    page = pypdfium2.PdfDocument(io.BytesIO(pdf))[0]
    grey = page.render(scale=2).to_pil().convert("L")
    return ImageChops.invert(grey)


def difference(one: Image.Image, other: Image.Image) -> float:
    """Ink of either picture that is nowhere near any ink of the other, as a share of all ink.

    Near is a point and a half: WeasyPrint rounds every glyph's step, and a long line ends that far away.
    """
    lonely = sum(
        ink(ImageChops.subtract(a, b.filter(ImageFilter.MaxFilter(7)))) for a, b in ((one, other), (other, one))
    )
    return lonely / ink(one)


def ink(picture: Image.Image) -> int:
    return sum(value * count for value, count in enumerate(picture.histogram()))
