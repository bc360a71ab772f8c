"""Prose: a little Markdown, parsed before its fields are filled."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from campaign.errors import Refused
from campaign.prose import field_keys, paragraphs_html, to_html, to_text


def test_paragraphs_lists_emphasis_and_headings_become_html() -> None:
    source = "# Why\n\nOne *word* and **two**.\n\n- first\n- second\n\n3. third"

    assert to_html(source, {}) == Markup(
        "<h3>Why</h3>\n<p>One <em>word</em> and <strong>two</strong>.</p>\n"
        '<ul><li>first</li><li>second</li></ul>\n<ol start="3"><li>third</li></ol>'
    )


def test_a_field_is_filled_as_text_and_never_parsed() -> None:
    value = "**bold** [a](http://evil.invalid) <b>b</b> ((other)) http://evil.invalid"

    html = to_html("Dear ((name)),", {"name": value, "other": "never"})

    assert html == Markup(
        "<p>Dear **bold** [a](http://evil.invalid) &lt;b&gt;b&lt;/b&gt; ((other)) http://evil.invalid,</p>"
    )


def test_markup_given_as_a_value_is_text_too() -> None:
    assert to_html("((name))", {"name": Markup("<b>x</b>")}) == Markup("<p>&lt;b&gt;x&lt;/b&gt;</p>")


def test_html_and_pictures_in_the_source_are_shown_as_typed() -> None:
    html = to_html("<script>x</script> ![a](file:///etc/passwd) &amp;", {})

    assert html == Markup("<p>&lt;script&gt;x&lt;/script&gt; ![a](file:///etc/passwd) &amp;amp;</p>")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "/here", "//x"])
def test_a_link_leads_to_the_web_or_a_mailbox_only(address: str) -> None:
    assert "<a" not in to_html(f"[here]({address})", {})


def test_links_are_kept_on_pages_and_are_their_text_on_paper() -> None:
    source = "Read [the report](https://reports.example/1?a=1&b=2)."

    assert 'href="https://reports.example/1?a=1&amp;b=2"' in to_html(source, {})
    assert to_html(source, {}, links=False) == Markup("<p>Read the report.</p>")


def test_plain_text_keeps_lists_and_the_addresses_of_links() -> None:
    source = (
        "One\n*two*.\n\n- a\n- b\n\n[report](https://reports.example) [us@office.example](mailto:us@office.example)"
    )

    assert to_text(source, {}) == "One two.\n\n- a\n- b\n\nreport (https://reports.example) us@office.example"


def test_a_field_without_a_value_is_refused_by_name() -> None:
    with pytest.raises(Refused, match=r"\(\(cards\)\)"):
        to_text("At least ((cards)) people", {})


def test_a_field_without_a_value_can_be_shown_instead() -> None:
    assert to_html("((cards)) people", {}, missing="show") == Markup("<p><mark>((cards))</mark> people</p>")
    assert to_text("((cards)) people", {}, missing="show") == "((cards)) people"


def test_the_fields_of_a_text_are_known_before_it_is_filled() -> None:
    assert field_keys("((por_cards)) and **((returned_2025))** but (not) ((this one))") == {
        "por_cards",
        "returned_2025",
    }


def test_each_block_can_be_had_by_itself() -> None:
    assert paragraphs_html("One\n\nTwo", {}) == (Markup("<p>One</p>"), Markup("<p>Two</p>"))


@given(st.text())
def test_whatever_is_typed_only_listed_tags_come_out(source: str) -> None:
    tags = set(re.findall(r"</?([a-z0-9]+)", to_html(source, {}, missing="show")))

    assert tags <= {"p", "em", "strong", "ul", "ol", "li", "a", "br", "h3", "h4", "h5", "h6", "mark"}


@given(st.text())
def test_whatever_a_value_holds_it_comes_out_as_it_is(value: str) -> None:
    assert to_text("((name))", {"name": value}) == value.strip("\n")
    assert Markup(to_html("*((name))*", {"name": value})).striptags() == Markup.escape(value).striptags()


def test_the_first_links_of_many_threads_at_once_are_all_read() -> None:
    """In a process of its own: what the first link fills is filled once."""
    program = """
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from campaign.prose import to_html
from mdurl._encode import encode_cache
print("filled" if encode_cache else "filled by whoever comes first")
sys.setswitchinterval(1e-7)
together = Barrier(24)
def read(_):
    together.wait()
    return str(to_html("[a](https://example.org/\\u00e9)", {}))
with ThreadPoolExecutor(24) as pool:
    print(set(pool.map(read, range(24))))
"""
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.startswith("filled\n")
    assert told.stdout.count("https://example.org/%C3%A9") == 1
