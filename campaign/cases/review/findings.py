"""What checks say of fields and figures, each as a whole sentence, and how several things stand in one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from campaign.cases.writing.part_names import CALLED
from campaign.cases.writing.placeholders import PLACEHOLDERS
from campaign.language import direction, language_name
from campaign.sentences import Sentence, in_language


def named(tag: str) -> Callable[[str], str]:
    """A language as a value of a sentence."""
    return partial(language_name, tag)


def apart(parts: Iterable[object]) -> Callable[[str], str]:
    """Several things as a value of a sentence, of which each may hold a comma."""
    known = list(parts)

    def said(locale: str) -> str:
        between = "؛ " if direction(locale) == "rtl" else "; "
        return between.join(in_language(it, locale) for it in known)

    return said


def not_filled(name: str, locale: str, key: str) -> Sentence:
    """A field where none is filled."""
    if (what := PLACEHOLDERS.get(key)) is not None:
        return Sentence(
            "%(part)s (%(language)s) still has the placeholder [%(what)s]. Write your own words in place of %(field)s.",
            part=CALLED[name],
            language=named(locale),
            what=what,
            field=f"(({key}))",
        )
    return Sentence(
        "%(part)s (%(language)s): %(field)s is not filled there. Write out the value.",
        part=CALLED[name],
        language=named(locale),
        field=f"(({key}))",
    )


def not_chosen(locale: str, key: str, *, in_letter: bool) -> Sentence:
    """A field of which the case has figures, and quotes none."""
    values = {"language": named(locale), "field": f"(({key}))"}
    if in_letter:
        return Sentence("The %(language)s letter uses %(field)s, but no figure is chosen for it.", **values)
    return Sentence("The %(language)s text uses %(field)s, but no figure is chosen for it.", **values)


def no_value(locale: str, key: str, *, in_letter: bool) -> Sentence:
    """A field that nothing fills."""
    values = {"language": named(locale), "field": f"(({key}))"}
    if in_letter:
        return Sentence(
            "The %(language)s letter uses %(field)s, which has no value. Replace it with your own words, or add a "
            "figure.",
            **values,
        )
    return Sentence(
        "The %(language)s text uses %(field)s, which has no value. Replace it with your own words, or add a figure.",
        **values,
    )


def placeholder(locale: str, key: str, what: Sentence, *, in_letter: bool) -> Sentence:
    """A placeholder of a template in whose place nobody has written yet."""
    values = {"language": named(locale), "field": f"(({key}))", "what": what}
    if in_letter:
        return Sentence(
            "The %(language)s letter still has the placeholder [%(what)s]. Write your own words in place of %(field)s.",
            **values,
        )
    return Sentence(
        "The %(language)s text still has the placeholder [%(what)s]. Write your own words in place of %(field)s.",
        **values,
    )


def typed_by_hand(locale: str, numbers: Iterable[str], *, in_letter: bool) -> Sentence:
    """Numbers that no correction reaches."""
    values = {"language": named(locale), "numbers": ", ".join(numbers)}
    if in_letter:
        return Sentence(
            "The %(language)s letter has numbers typed by hand, without a source: %(numbers)s. Corrections will not "
            "change them.",
            **values,
        )
    return Sentence(
        "The %(language)s text has numbers typed by hand, without a source: %(numbers)s. Corrections will not change "
        "them.",
        **values,
    )


def untold(what: str, name: str, locale: str) -> Sentence:
    """Words beside a number or a date that are not there in a language."""
    values = {"name": name, "language": named(locale)}
    match what:
        case "qualifier":
            return Sentence(
                "The qualifier of “%(name)s” is missing in %(language)s. Another language would be printed instead.",
                **values,
            )
        case "label":
            return Sentence(
                "The label of “%(name)s” is missing in %(language)s. Another language would be printed instead.",
                **values,
            )
        case _:
            return Sentence(
                "The caption of “%(name)s” is missing in %(language)s. Another language would be printed instead.",
                **values,
            )


def empty(locale: str, *, title: bool, summary: bool) -> Sentence | None:
    """A text without title or summary; `title`, `summary`: what there is. None if both are there."""
    language = named(locale)
    match title, summary:
        case False, False:
            return Sentence("The %(language)s text has no title and no summary.", language=language)
        case False, True:
            return Sentence("The %(language)s text has no title.", language=language)
        case True, False:
            return Sentence("The %(language)s text has no summary.", language=language)
    return None


def long_title(count: int, limit: int) -> Sentence:
    """A title with so many characters."""
    return Sentence("the title has %(count)s characters; the limit is %(limit)s", count=count, limit=limit)


def long_summary(count: int, limit: int) -> Sentence:
    """A summary with so many characters."""
    return Sentence("the summary has %(count)s characters; the limit is %(limit)s", count=count, limit=limit)
