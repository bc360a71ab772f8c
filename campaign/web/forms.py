"""Forms: what a field may hold, said in the reader's language. No session: public forms carry a signed token."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError

from campaign import fence, language
from campaign.appeals.signing import addresses, names
from campaign.appeals.signing.wishes import Wish
from campaign.appeals.supporter.confirming import Chosen
from campaign.errors import Refused
from campaign.vocabulary import Disclosure
from campaign.web.app_state import door
from campaign.web.locales import _

LONGEST_NAME, LONGEST_EMAIL, LONGEST_MESSAGE, LONGEST_LETTER, LONGEST_SENDER = 200, 254, 1_000, 6_000, 400
# What a form says in place of an official's number: a letter to each.
EVERYONE = "all"
# What a box that is not ticked may have sent.
_UNTICKED = (False, "false", "0", "no", "")

# Control characters have no business in what is typed.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


def one_line(text: str | None) -> str:
    """Text as one line in normal form: what someone types into a name field."""
    return fence.one_line(text)


def many_lines(text: str | None) -> str:
    """Text with its lines, without other control characters."""
    unified = fence.few_marks(fence.visible(text or "")).replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(_CONTROL.sub(" ", line).rstrip() for line in unified.split("\n")).strip()


def wish_in(sent: Mapping[str, str], locale: str) -> Wish | None:
    """What a signing form asks for, if there is nothing to say of it; None if `SigningForm` has something to say.

    It reads a form as `SigningForm` does and by the same rules, and makes no fields, which take longer than all else
    that is done with a good form. Most are good.
    """
    try:
        return Wish(
            name=_a_name(one_line(sent.get("name"))),
            email=_an_address(fence.address(sent.get("email"))),
            country=_a_country(sent.get("country")),
            disclosure=_a_disclosure(sent.get("disclosure")),
            message=_a_message(many_lines(sent.get("message"))) or None,
            updates=sent.get("updates", "") not in _UNTICKED,
            locale=locale,
            sure=_is_sure(sent.get("sure")),
        )
    except ValidationError:
        return None


# The rules of signing: each takes what was typed, cleaned, and returns what is kept, or raises with what to say.


def _a_name(typed: str) -> str:
    """There is a name, it fits, and leads nowhere. Spaces of no width and marks of direction alone name nobody."""
    if not any(sign.isalpha() for sign in typed):
        raise ValidationError(_("Enter your name as you would under a letter."))
    if len(typed) > LONGEST_NAME:
        raise ValidationError(_("This name is longer than 200 characters. Shorten it."))
    try:
        return names.checked(typed)
    except Refused as refused:
        raise ValidationError(_(refused.sentence)) from refused


def _an_address(typed: str) -> str:
    """It can be written to."""
    if not typed:
        raise ValidationError(_("Enter your e-mail address. We send you a link to confirm."))
    try:
        address = addresses.checked(typed)
    except Refused as refused:
        raise ValidationError(_(refused.sentence)) from refused
    # Better said now than by a mail that never comes.
    if not address.rpartition("@")[0].isascii() and not door().settings.mail_utf8:
        raise ValidationError(
            _("Our mail server takes only Latin letters before the @ of an address. Use another address.")
        )
    return address


def checked_address(typed: str) -> str:
    """An address that can be written to, as it is kept. Raises `ValidationError` with what to say."""
    return _an_address(typed)


def _a_country(chosen: str | None) -> str:
    """It is a country."""
    code = (chosen or "").strip().upper()
    if code not in _countries():
        raise ValidationError(_("Choose the country you live in."))
    return code


def _a_disclosure(chosen: str | None) -> Disclosure:
    """Who may see the name was chosen: nothing is chosen for anyone."""
    if chosen not in set(Disclosure):
        raise ValidationError(_("Choose who can see your name."))
    return Disclosure(chosen)


def _a_message(typed: str) -> str:
    """It fits beside the name."""
    if len(typed) > LONGEST_MESSAGE:
        raise ValidationError(_("This message is longer than 1,000 characters. Shorten it."))
    return typed


def _is_sure(sent: str | None) -> bool:
    """Whether the question about being named needs no asking: it was asked, or nobody is there to ask.

    The page's own form always has the field, empty at first. A program that sends the contract's fields and no more
    has no page to show a question on, and chose its disclosure knowingly.
    """
    return sent != ""


@cache
def _countries() -> frozenset[str]:
    return frozenset(code for code, _name in language.countries(language.ORIGINAL))


class PublicForm(FlaskForm):  # type: ignore[misc]
    """A form on a cacheable page: the token in it stands in for a session, which public pages do not have."""

    class Meta:
        csrf = False


class NameForm(PublicForm):
    """A name, as it stands under an appeal."""

    name = StringField(filters=[one_line])

    def validate_name(self, field: Field) -> None:
        """A name that can be taken."""
        field.data = _a_name(field.data)


class SigningForm(NameForm):
    """The signing form, to say what is wrong with it and to show it again; its field names are a contract."""

    email = StringField(filters=[fence.address])
    country = SelectField(choices=[], validate_choice=False)
    disclosure = RadioField(choices=[it.value for it in Disclosure], validate_choice=False)
    message = TextAreaField(filters=[many_lines])
    updates = BooleanField(false_values=_UNTICKED)
    token = HiddenField()
    sure = HiddenField()  # the page has asked whether they mean to be named where that is dangerous
    website = StringField()  # the honeypot: no person sees it

    def validate_email(self, field: Field) -> None:
        """An address that can be taken."""
        field.data = _an_address(field.data)

    def validate_country(self, field: Field) -> None:
        """A country, in capitals."""
        field.data = (field.data or "").strip().upper()
        field.data = _a_country(field.data)

    def validate_disclosure(self, field: Field) -> None:
        """A choice."""
        _a_disclosure(field.data)

    def validate_message(self, field: Field) -> None:
        """Words that can be taken."""
        _a_message(field.data)

    @property
    def is_sure(self) -> bool:
        """Whether the question about being named needs no asking."""
        return _is_sure(self.sure.data)

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
        return {**self.values_of_wish(), "email": self.email.data}

    def values_of_wish(self) -> Mapping[str, object]:
        """The same, without the address."""
        return {
            "name": self.name.data,
            "country": self.country.data,
            "disclosure": self.disclosure.data,
            "message": self.message.data,
            "updates": self.updates.data,
            "sure": self.sure.data,
        }


class MineForm(NameForm):
    """What "My signature" may change; one at a time, so that only the fault of that one counts."""

    email = StringField(filters=[fence.address])
    country = SelectField(choices=[], validate_choice=False)
    message = TextAreaField(filters=[many_lines])
    sure = HiddenField()

    validate_email = SigningForm.validate_email
    validate_country = SigningForm.validate_country
    validate_message = SigningForm.validate_message


class ConfirmingForm(NameForm):
    """What is confirmed, as its owner leaves or changes it.

    `shown` is the disclosure that the page had chosen: one that comes back as it was shown was chosen by nobody.
    """

    country = SelectField(choices=[], validate_choice=False)
    disclosure = RadioField(choices=[it.value for it in Disclosure], validate_choice=False)
    message = TextAreaField(filters=[many_lines])
    updates = BooleanField(false_values=_UNTICKED)
    reason = BooleanField(false_values=_UNTICKED)
    sure = HiddenField()
    shown = HiddenField()

    validate_country = SigningForm.validate_country
    validate_disclosure = SigningForm.validate_disclosure
    validate_message = SigningForm.validate_message

    def values(self) -> Mapping[str, object]:
        """What the page shows again."""
        return {**SigningForm.values_of_wish(self), "reason": self.reason.data}

    def chosen(self, locale: str) -> Chosen:
        """What to confirm, after `validate()`, on a page in this language."""
        return Chosen(
            name=self.name.data,
            country=self.country.data,
            message=self.message.data or None,
            updates=bool(self.updates.data),
            disclosure=None if self.disclosure.data == self.shown.data else Disclosure(self.disclosure.data),
            reason=bool(self.reason.data),
            locale=locale,
        )


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
    day = HiddenField(filters=[one_line])  # today where the writer is, if a script could tell
    mine = HiddenField()  # the token of "My signature", where its owner writes: then we may offer to send the letter

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
