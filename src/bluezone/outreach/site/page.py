"""One public page: a template in the language of its address, the same for everybody.

Decides what every template may use besides the words: links within the language, sizes, numbers, the
addresses for search engines. Vietnamese pages stand at `/...`, English ones at `/en/...`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from babel import Locale
from babel.numbers import format_decimal, format_percent
from litestar import Request
from litestar.response import Response

from bluezone.web.cacheable import KEEP_SHORTLY, cacheable, compressed
from bluezone.web.language import DEFAULT_LANGUAGE, LANGUAGES
from bluezone.web.page import spoken

if TYPE_CHECKING:
    from bluezone.outreach.site.pages import SitePages

WebRequest = Request[Any, Any, Any]
HTML = "text/html; charset=utf-8"
_LOCALES = {"vi": Locale("vi"), "en": Locale("en", "GB")}
_NO_BREAK = "\u00a0"


def render(
    request: WebRequest,
    language: str,
    template: str,
    path: str,
    *,
    query: str = "",
    status: int = 200,
    **context: Any,
) -> Response[bytes]:
    """A page as an answer that everybody may keep.

    Args:
        request: that is answered.
        language: of its address.
        template: its name below `site/`, without ending.
        path: of the page in Vietnamese; the other languages have it below `/en` and so on.
        query: that the page keeps in other languages, with its question mark.
        status: of the answer; search engines are only told of a 200.
        context: what this template shows.
    """
    site: SitePages = request.app.state.site
    context |= spoken(request, language) | _tools(language)
    context |= {
        "site": site,
        "here": path,
        "release": site.releases.release,
        "letters": site.font_addresses,
        "letters_sheet": site.letters_sheet,
        "link": lambda to: in_language(language, to),
        "other_languages": [(one, in_language(one, path) + query) for one in LANGUAGES if one != language],
        "canonical": site.address + in_language(language, path) if status == 200 else "",
        "alternates": [(one, site.address + in_language(one, path)) for one in LANGUAGES],
        "picture": site.share_picture(language),
    }
    text = request.app.template_engine.get_template(f"site/{template}.html").render(**context)  # type: ignore[union-attr]
    content = text.encode()
    keep = KEEP_SHORTLY if status == 200 else "no-cache"
    return cacheable(request, content, HTML, keep, smaller=compressed(content, HTML), status=status)


def in_language(language: str, path: str) -> str:
    """The address of a page in a language."""
    if language == DEFAULT_LANGUAGE:
        return path
    return f"/{language}" if path == "/" else f"/{language}{path}"


def size_text(size: int, language: str) -> str:
    """A length in bytes as people read it: 412 kB, 3,1 MB."""
    value, unit = (size / 1e6, "MB") if size >= 1e6 else (max(size / 1e3, 1), "kB")
    pattern = "#,##0.0" if unit == "MB" and value < 100 else "#,##0"
    return format_decimal(value, pattern, locale=_LOCALES[language]) + _NO_BREAK + unit


def _tools(language: str) -> dict[str, Any]:
    locale = _LOCALES[language]
    return {
        "size": lambda size: size_text(size, language),
        "number": lambda count: format_decimal(count, locale=locale),
        "percent": lambda part, whole: format_percent(part / whole, "0.0%", locale=locale),
        "dial": lambda number: "".join(sign for sign in number if sign in "+0123456789"),
        "unbroken": lambda text: text.replace(" ", _NO_BREAK),
    }
