"""What every page of the offices has: who is signed in, the navigation, instants and problems as words.

Decides how an error of the service becomes a page. What stands on a page is decided by its handler.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import structlog
from litestar import Request
from litestar.enums import RequestEncodingType
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.response import Template

from bluezone.database.errors import DatabaseError
from bluezone.outreach.errors import OutreachError, Refusal
from bluezone.outreach.numerals import count_text, date_text, percent_text
from bluezone.outreach.office.access import PROVINCE, is_office
from bluezone.outreach.problem import Problem
from bluezone.outreach.service import Outreach
from bluezone.outreach.spreadsheet.archive import TOO_LARGE
from bluezone.outreach.wording import sentence
from bluezone.web.language import Words, words_of
from bluezone.web.page import language_of, page
from bluezone.web.signin.browser import Door
from bluezone.web.signin.rules import Identity

WebRequest = Request[Any, Any, Any]
log = structlog.get_logger("bluezone.outreach")
_STATUS = {
    "unit-unknown": 404,
    "instruction-unknown": 404,
    "period-unknown": 404,
    "instruction-closed": 409,
    "units-outdated": 409,
    "upload-missing": 410,
}


@dataclass(frozen=True, slots=True)
class Front:
    """One visitor's way into the service.

    Attributes:
        service: of the offices.
        door: cookies and links.
        identity: who is signed in.
    """

    service: Outreach
    door: Door
    identity: Identity

    def page(
        self, request: WebRequest, template: str, *, here: str = "", status: int = 200, **context: Any
    ) -> Template:
        """One of the offices' pages."""
        shown = self.wording(request)
        return page(
            request,
            f"office/{template}.html",
            status=status,
            base=self.service.base,
            here=here,
            identity=self.identity,
            is_office=is_office(self.identity),
            keeps_units=self.identity.role == PROVINCE,
            now=self.service.ground.now(),
            **shown.names(),
            **context,
        )

    def wording(self, request: WebRequest) -> Wording:
        """How values are written for this visitor."""
        return Wording(words_of(language_of(request)), self.service.ground.utc_offset_minutes)


@dataclass(frozen=True, slots=True)
class Wording:
    """Values as words of a language.

    Attributes:
        words: the catalogues.
        utc_offset_minutes: of civil dates.
    """

    words: Words
    utc_offset_minutes: int

    def names(self) -> dict[str, Any]:
        """What templates may call."""
        return {
            "when": self.when,
            "date": self.date,
            "count": self.count,
            "rate": self.rate,
            "says": self.says,
        }

    def when(self, at: int | None) -> str:
        """An instant (seconds UTC) with its day; empty for none."""
        if at is None:
            return ""
        local = datetime.fromtimestamp(at, UTC) + timedelta(minutes=self.utc_offset_minutes)
        return f"{local:%H:%M}, {date_text(local.date(), self.words.language)}"

    def date(self, day: date | None) -> str:
        """A civil date; empty for none."""
        return "" if day is None else date_text(day, self.words.language)

    def count(self, number: int | None) -> str:
        """A count; a dash for none."""
        return "–" if number is None else count_text(number, self.words.language)

    def rate(self, share: Any) -> str:
        """A rate as a percentage; a dash for none."""
        return "–" if share is None else percent_text(share, self.words.language)

    def says(self, problem: Problem) -> str:
        """A problem as a sentence."""
        return sentence(problem, self.words)


def whole_number(value: object) -> int:
    """A number from a form or an address; 0 for anything else."""
    text = str(value or "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def by_field(problems: tuple[Problem, ...]) -> Mapping[str, list[Problem]]:
    """Problems by the field that they stand beside; those of the whole under the empty name."""
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        found.setdefault(problem.field, []).append(problem)
    return found


def on_outreach_error(request: WebRequest, error: OutreachError) -> Template:
    """What could not be done, as a page with a sentence for every problem."""
    words = words_of(language_of(request))
    problems = error.problems if isinstance(error, Refusal) else ()
    return page(
        request,
        "office/problem.html",
        status=_STATUS.get(error.code, 422),
        base="/office",
        sentence=words.text(f"office.error.{error.code}"),
        details=[sentence(one, words) for one in problems[:100]],
    )


def on_too_large(request: WebRequest, _error: RequestEntityTooLarge) -> Template:
    """More bytes than a page takes; of a file, the sentence says how large it may be."""
    words = words_of(language_of(request))
    is_file = request.content_type[0] == RequestEncodingType.MULTI_PART
    return page(
        request,
        "office/problem.html",
        status=413,
        base="/office",
        sentence=sentence(TOO_LARGE, words) if is_file else words.text("failure.413"),
        details=[],
    )


def on_database_error(request: WebRequest, error: DatabaseError) -> Template:
    """The database did not carry it out: nothing was changed, and trying again is safe."""
    log.error("database-failed", code=error.code, reason=str(error))
    words = words_of(language_of(request))
    return page(
        request,
        "office/problem.html",
        status=503,
        base="/office",
        sentence=words.text("office.error.database-unavailable"),
        details=[],
    )
