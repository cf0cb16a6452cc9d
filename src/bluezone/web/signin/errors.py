"""Errors of signing in: one family, each with a stable code that also names its sentence on a page.

SignInError
├── SignInRefused          name and password do not go together, or there is no such account
├── TooManyTries           too many wrong passwords from here; later again, or by a link
├── LinkError              a one-time link
│   ├── LinkUnknown        there is no such link
│   ├── LinkExpired        it is too old
│   └── LinkUsed           it was used, or taken back
├── SessionMissing         nobody is signed in, or the session has ended
├── NotAllowed             whoever is signed in may not do this
├── AccountError           making or changing an account
│   ├── AccountExists      the name is taken
│   ├── AccountUnknown     there is no such account
│   ├── AccountNameInvalid the name cannot be used
│   └── PasswordWeak       the password is easy to guess
└── MessageNotSent         a mail or text message did not leave this machine
"""

from __future__ import annotations


class SignInError(Exception):
    """Signing in, or something that needs it, did not succeed."""

    code: str = "sign-in"


class SignInRefused(SignInError):
    """Name and password do not go together."""

    code = "sign-in-refused"


class TooManyTries(SignInError):
    """There were too many wrong passwords from here; wait some minutes, or ask for a sign-in link."""

    code = "too-many-tries"


class LinkError(SignInError):
    """A one-time link cannot be used."""

    code = "link"


class LinkUnknown(LinkError):
    """There is no such link; perhaps a part of it was lost on the way."""

    code = "link-unknown"


class LinkExpired(LinkError):
    """The link is too old; the office can send a new one."""

    code = "link-expired"


class LinkUsed(LinkError):
    """The link was used before, or a newer one took its place."""

    code = "link-used"


class SessionMissing(SignInError):
    """Nobody is signed in here, or the session has ended."""

    code = "session-missing"


class NotAllowed(SignInError):
    """This account may not see or do that; nothing was changed."""

    code = "not-allowed"


class AccountError(SignInError):
    """An account cannot be made or changed as asked."""

    code = "account"


class AccountExists(AccountError):
    """There is an account of this name already."""

    code = "account-exists"


class AccountUnknown(AccountError):
    """There is no account of this name."""

    code = "account-unknown"


class AccountNameInvalid(AccountError):
    """An account's name has 2 to 64 small letters, digits, dots, hyphens or underscores."""

    code = "account-name-invalid"


class PasswordWeak(AccountError):
    """The password is too short or too easy to guess: 10 characters or more, and not the account's name."""

    code = "password-weak"


class MessageNotSent(SignInError):
    """A message could not be handed over; it can be sent again."""

    code = "message-not-sent"
