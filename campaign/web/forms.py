"""Forms: what a field may hold, said in the reader's language. No session: public forms carry a signed token."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError

from campaign import language
from campaign.appeals import addresses
from campaign.appeals.signing import Wish
from campaign.errors import Refused
from campaign.vocabulary import Disclosure
from campaign.web.locales import _

LONGEST_NAME, LONGEST_EMAIL, LONGEST_MESSAGE, LONGEST_LETTER, LONGEST_SENDER = 200, 254, 1_000, 6_000, 400
# What a form says in place of an official's number: a letter to each.
EVERYONE = "all"

# Control characters have no business in a name; joiners (U+200C, U+200D) spell names in Persian and Hindi.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


def one_line(text: str | None) -> str:
    """Text as one line in normal form: what someone types into a name field."""
    return " ".join(_CONTROL.sub(" ", unicodedata.normalize("NFC", text or "")).split())


def many_lines(text: str | None) -> str:
    """Text with its lines, without other control characters."""
    unified = unicodedata.normalize("NFC", text or "").replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(_CONTROL.sub(" ", line).rstrip() for line in unified.split("\n")).strip()


class PublicForm(FlaskForm):  # type: ignore[misc]
    """A form on a cacheable page: the token in it stands in for a session, which public pages do not have."""

    class Meta:
        csrf = False


class NameForm(PublicForm):
    """A name, as it stands under an appeal."""

    name = StringField(filters=[one_line])

    def validate_name(self, field: Field) -> None:
        """There is a name, and it fits. Spaces of no width and marks of direction alone name nobody."""
        if not any(sign.isalpha() for sign in field.data):
            raise ValidationError(_("Write your name, as you would under a letter."))
        if len(field.data) > LONGEST_NAME:
            raise ValidationError(_("This name is longer than 200 characters. Shorten it."))


class SigningForm(NameForm):
    """The signing form; its field names are a contract."""

    email = StringField(filters=[one_line])
    country = SelectField(choices=[], validate_choice=False)
    disclosure = RadioField(choices=[it.value for it in Disclosure], validate_choice=False)
    message = TextAreaField(filters=[many_lines])
    updates = BooleanField(false_values=(False, "false", "0", "no", ""))
    token = HiddenField()
    sure = HiddenField()  # the page has asked whether they mean to be named where that is dangerous
    website = StringField()  # the honeypot: no person sees it

    def validate_email(self, field: Field) -> None:
        """It can be written to."""
        if not field.data:
            raise ValidationError(_("Write your e-mail address: we mail you the link that confirms."))
        try:
            field.data = addresses.checked(field.data)
        except Refused as refused:
            raise ValidationError(_(refused.sentence)) from refused

    def validate_country(self, field: Field) -> None:
        """It is a country."""
        field.data = (field.data or "").strip().upper()
        if field.data not in dict(language.countries(language.ORIGINAL)):
            raise ValidationError(_("Choose the country you live in."))

    def validate_disclosure(self, field: Field) -> None:
        """Who may see the name was chosen: nothing is chosen for anyone."""
        if field.data not in set(Disclosure):
            raise ValidationError(_("Choose who may see your name."))

    def validate_message(self, field: Field) -> None:
        """It fits beside the name."""
        if len(field.data) > LONGEST_MESSAGE:
            raise ValidationError(_("These words are longer than 1,000 characters. Shorten them."))

    @property
    def is_sure(self) -> bool:
        """Whether the question about being named needs no asking: it was asked, or nobody is there to ask.

        The page's own form always has the field, empty at first. A program that sends the contract's fields and no
        more has no page to show a question on, and chose its disclosure knowingly.
        """
        return bool(self.sure.data != "")

    def wish(self, locale: str) -> Wish:
        """What was asked for, after `validate()`."""
        return Wish(
            name=self.name.data,
            email=self.email.data,
            country=self.country.data,
            disclosure=Disclosure(self.disclosure.data),
            message=self.message.data or None,
            updates=bool(self.updates.data),
            locale=locale,
            sure=self.is_sure,
        )

    def values(self) -> Mapping[str, object]:
        """What the page shows again after a refusal: nothing that was typed is lost."""
        return {
            "name": self.name.data,
            "email": self.email.data,
            "country": self.country.data,
            "disclosure": self.disclosure.data,
            "message": self.message.data,
            "updates": self.updates.data,
            "sure": self.sure.data,
        }


class LetterForm(PublicForm):
    """A letter to write: the supporter's name and place, their own words if they have any, and on what to print it."""

    name = StringField(filters=[one_line])
    place = StringField(filters=[one_line])
    text = TextAreaField(filters=[many_lines])
    lang = StringField(filters=[one_line])
    official = StringField(filters=[one_line])
    paper = StringField(filters=[one_line])
    envelope = StringField(filters=[one_line])
    sender = TextAreaField(filters=[many_lines])

    def validate_name(self, field: Field) -> None:
        """It fits on a line or two."""
        if len(field.data) > LONGEST_NAME:
            raise ValidationError(_("This name is longer than 200 characters. Shorten it."))

    def validate_place(self, field: Field) -> None:
        """It fits on a line or two."""
        if len(field.data) > LONGEST_NAME:
            raise ValidationError(_("This place is longer than 200 characters. Shorten it."))

    def validate_text(self, field: Field) -> None:
        """It is a letter, not a book."""
        if len(field.data) > LONGEST_LETTER:
            raise ValidationError(_("This letter is longer than 6,000 characters. Shorten it."))

    def validate_sender(self, field: Field) -> None:
        """It fits into the corner of an envelope."""
        if len(field.data) > LONGEST_SENDER:
            raise ValidationError(_("This address is longer than 400 characters. Shorten it."))

    def values(self) -> Mapping[str, str]:
        """What the page shows again: nothing that was typed is lost."""
        return {it.name: it.data or "" for it in self}
