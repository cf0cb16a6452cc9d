"""One page: a template with its language, and an error as a page of its own.

Decides what every template may use: `_` and `ngettext`, `day`, `clock`, `asset`, the addresses of the
same page in the other languages. What stands on a page is decided by its handler.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import structlog
from litestar import Request
from litestar.datastructures import Cookie
from litestar.exceptions import HTTPException
from litestar.response import Redirect, Template

from bluezone.web.language import LANGUAGES, choose_language, clock_text, words_of

LANGUAGE_COOKIE = "lang"
_A_YEAR_S = 365 * 86400
_KNOWN_FAILURES = (403, 404, 405, 413, 503)
log = structlog.get_logger(__name__)


def language_of(request: Request[Any, Any, Any]) -> str:
    """The language in which this visitor reads."""
    return choose_language(request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE))


def page(request: Request[Any, Any, Any], template: str, *, status: int = 200, **context: Any) -> Template:
    """Answers with a page.

    Args:
        request: that is answered.
        template: its name.
        status: of the answer.
        context: what this template shows.
    """
    language = language_of(request)
    others = [(other, _address_in(request, other)) for other in LANGUAGES if other != language]
    context |= spoken(request, language) | {"other_languages": others}
    cookies = []
    if request.query_params.get(LANGUAGE_COOKIE) in LANGUAGES:
        cookies = [Cookie(LANGUAGE_COOKIE, value=language, max_age=_A_YEAR_S, samesite="lax")]
    return Template(template, context=context, status_code=status, cookies=cookies)


def spoken(request: Request[Any, Any, Any], language: str) -> dict[str, Any]:
    """What every template may use in a language."""
    words = words_of(language)
    return {
        "language": language,
        "_": words.text,
        "ngettext": words.counted,
        "day": words.day,
        "clock": clock_text,
        "asset": request.app.state.assets.address,
    }


def see_other(address: str) -> Redirect:
    """After a form: the browser goes on with a page, so that reloading it sends nothing twice."""
    return Redirect(address, status_code=303)


def failure_page(request: Request[Any, Any, Any], error: Exception) -> Template:
    """Any failure, as a page with a sentence; nothing of the inside of the program is shown."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    if not isinstance(error, HTTPException):
        log.error("page-failed", error=type(error).__name__, page=_named(request))
    shown = status if status in _KNOWN_FAILURES else 500 if status >= 500 else 400
    return page(request, "failure.html", status=status, failure_key=f"failure.{shown}")


def _named(request: Request[Any, Any, Any]) -> str:
    """The form of an address, such as `/office/link/{token:str}`: what stands in it may be a secret."""
    return str(request.scope.get("path_template", ""))


def _address_in(request: Request[Any, Any, Any], language: str) -> str:
    query = {name: value for name, value in request.query_params.items() if name != LANGUAGE_COOKIE}
    return "?" + urlencode({**query, LANGUAGE_COOKIE: language})
