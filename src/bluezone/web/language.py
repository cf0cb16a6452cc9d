"""Which language a page speaks, and its words: Vietnamese unless somebody asks for English.

Decides how a message is looked up and how a date is written. What the messages are is in the catalogues
under `translations/`; message ids are stable dotted keys, so that no language is the original.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from io import BytesIO

from babel import Locale
from babel.dates import format_date
from babel.messages.pofile import read_po

LANGUAGES = ("vi", "en")
DEFAULT_LANGUAGE = "vi"
# Of its own, so that "15 October" is not written the American way round.
_LOCALES = {"vi": Locale("vi"), "en": Locale("en", "GB")}
_EPOCH = date(1970, 1, 1)


class Words:
    """The messages of one language.

    Args:
        language: one of `LANGUAGES`.
        messages: key to its forms; the first is for one, the last for many.
    """

    def __init__(self, language: str, messages: dict[str, tuple[str, ...]]) -> None:
        self.language = language
        self.messages = messages

    def text(self, key: str, **values: object) -> str:
        """The message of a key with its values filled in; the key itself where it is missing."""
        return self._fill(self.messages.get(key, (key,))[0], values)

    def counted(self, key: str, _many: str, count: int, **values: object) -> str:
        """The form of a message that fits a count, which is filled in as `n`."""
        forms = self.messages.get(key, (key,))
        return self._fill(forms[0] if count == 1 else forms[-1], {"n": count, **values})

    def day(self, day: int) -> str:
        """A civil date (days since 1970-01-01) in full, with its weekday."""
        return format_date(_EPOCH + timedelta(days=day), "full", locale=_LOCALES[self.language])

    @staticmethod
    def _fill(message: str, values: dict[str, object]) -> str:
        return message.format(**values) if values else message


def clock_text(unix_s: float, utc_offset_minutes: int) -> str:
    """An instant (seconds UTC) as hours and minutes of a region's clock."""
    return datetime.fromtimestamp(unix_s + utc_offset_minutes * 60, UTC).strftime("%H:%M")


@cache
def words_of(language: str) -> Words:
    """All catalogues of a language, read once."""
    messages: dict[str, tuple[str, ...]] = {}
    folder = files("bluezone.web").joinpath("translations", language, "LC_MESSAGES")
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        if not entry.name.endswith(".po"):
            continue
        for message in read_po(BytesIO(entry.read_bytes()), locale=language):
            if message.id:
                key = message.id if isinstance(message.id, str) else message.id[0]
                forms = message.string if isinstance(message.string, list | tuple) else [message.string]
                messages[key] = tuple(str(form) for form in forms)
    return Words(language, messages)


def choose_language(asked: str | None, remembered: str | None) -> str:
    """The language of a page.

    Args:
        asked: the query's `lang`.
        remembered: the cookie's.
    """
    for wish in (asked, remembered):
        if wish in LANGUAGES:
            return wish
    return DEFAULT_LANGUAGE
