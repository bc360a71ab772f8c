"""What Flask-Security says to organisers, in our words and in the reader's language; it would say it in its own."""

from __future__ import annotations

from typing import Any

from campaign.sentences import Sentence, in_language
from campaign.web.locales import current

_FAILED = Sentence("Try again from the beginning.")
_CODE = Sentence("This code is wrong, or was used already. Enter the code that the app shows now.")
_EXPIRED = Sentence("This took too long. Start again.")

# By the library's names; those that it can say with our settings.
SENTENCES: dict[str, tuple[Sentence, str]] = {
    "API_ERROR": (_FAILED, "error"),
    "ANONYMOUS_USER_REQUIRED": (Sentence("You are signed in already."), "error"),
    "DISABLED_ACCOUNT": (Sentence("This account has no access any more. Ask an admin."), "error"),
    "EMAIL_NOT_PROVIDED": (Sentence("Enter your e-mail address."), "error"),
    "GENERIC_AUTHN_FAILED": (Sentence("The e-mail address or the password is wrong. Try again."), "error"),
    "INVALID_CODE": (_CODE, "error"),
    "INVALID_EMAIL_ADDRESS": (Sentence("Enter a full e-mail address, like name@example.org."), "error"),
    "INVALID_INPUT": (_FAILED, "error"),
    "INVALID_PASSWORD": (Sentence("This is not your password. Try again."), "error"),
    "INVALID_RECOVERY_CODE": (Sentence("This recovery code is wrong, or was used already."), "error"),
    "INVALID_REDIRECT": (_FAILED, "error"),
    "LOGIN": (Sentence("Sign in first."), "info"),
    "NO_RECOVERY_CODES_SETUP": (Sentence("You have no recovery codes yet."), "info"),
    "PASSWORD_CHANGE": (Sentence("Your password is changed."), "success"),
    "PASSWORD_IS_THE_SAME": (Sentence("Choose a password that you do not use here already."), "error"),
    "PASSWORD_NOT_PROVIDED": (Sentence("Enter a password."), "error"),
    "REAUTHENTICATION_REQUIRED": (Sentence("Enter your password again first."), "error"),
    "REAUTHENTICATION_SUCCESSFUL": (Sentence("Your password is correct. Go on."), "info"),
    "REFRESH": (Sentence("Enter your password again first."), "info"),
    "RETYPE_PASSWORD_MISMATCH": (Sentence("The two passwords are different. Enter the same one twice."), "error"),
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": (Sentence("Your second factor is saved."), "success"),
    "TWO_FACTOR_DISABLED": (Sentence("Your authenticator app is removed."), "success"),
    "TWO_FACTOR_INVALID_TOKEN": (_CODE, "error"),
    "TWO_FACTOR_LOGIN_SUCCESSFUL": (Sentence("You are signed in."), "success"),
    "TWO_FACTOR_METHOD_NOT_AVAILABLE": (_FAILED, "error"),
    "TWO_FACTOR_PERMISSION_DENIED": (Sentence("Sign in with your password first."), "error"),
    "TWO_FACTOR_SETUP_EXPIRED": (_EXPIRED, "error"),
    "UNAUTHENTICATED": (Sentence("Sign in first."), "error"),
    "UNAUTHORIZED": (Sentence("Your role does not allow this. Ask an admin if you need it."), "error"),
    "USER_DOES_NOT_EXIST": (Sentence("The e-mail address or the password is wrong. Try again."), "error"),
    "WEBAUTHN_CREDENTIAL_DELETED": (Sentence("The passkey “%(name)s” is removed."), "info"),
    "WEBAUTHN_CREDENTIAL_ID_INUSE": (Sentence("This passkey is registered already."), "error"),
    "WEBAUTHN_CREDENTIAL_WRONG_USAGE": (Sentence("This passkey cannot be used here."), "error"),
    "WEBAUTHN_EXPIRED": (_EXPIRED, "error"),
    "WEBAUTHN_MISMATCH_USER_HANDLE": (Sentence("This passkey does not belong to this account."), "error"),
    "WEBAUTHN_NAME_INUSE": (
        Sentence("You already have a passkey with the name “%(name)s”. Choose another name."), "error",
    ),
    "WEBAUTHN_NAME_NOT_FOUND": (Sentence("You have no passkey with the name “%(name)s”."), "error"),
    "WEBAUTHN_NAME_REQUIRED": (Sentence("Enter a name for the passkey."), "error"),
    "WEBAUTHN_NO_VERIFY": (Sentence("The passkey could not be verified. Try again."), "error"),
    "WEBAUTHN_ORPHAN_CREDENTIAL_ID": (Sentence("This passkey does not belong to this account."), "error"),
    "WEBAUTHN_REGISTER_SUCCESSFUL": (Sentence("The passkey “%(name)s” is added."), "info"),
    "WEBAUTHN_UNKNOWN_CREDENTIAL_ID": (Sentence("This passkey is not known here."), "error"),
}  # fmt: skip


class Sentences:
    """What the library asks for its sentences."""

    @staticmethod
    def gettext(sentence: str, **values: Any) -> str:
        """One of ours in the reader's language; any other as the library has it."""
        if isinstance(sentence, Sentence):
            said: str = in_language(sentence.filled(**values), current())
            return said
        return sentence % values if values else sentence

    @staticmethod
    def ngettext(one: str, many: str, num: int, **values: Any) -> str:
        """Of ours, none depends on how many."""
        return (one if num == 1 else many) % {"num": num, **values}

    @staticmethod
    def format_list(parts: list[str], **_more: Any) -> str:
        """Nothing that it lists is shown."""
        return ", ".join(parts)
