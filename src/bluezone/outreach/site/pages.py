"""What the public site needs to know, and the pages that need nothing else: home, install, figures and so on.

Decides what each page is given. Every page says the same to everybody: nothing here knows who asks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from babel import Locale
from babel.dates import format_date
from litestar import Response
from litestar.di import NamedDependency

from bluezone.outreach.activity import Activity, ActivitySource, ActivityUnavailable
from bluezone.outreach.kit.wording import Question, frequent_questions
from bluezone.outreach.site.install_file import System
from bluezone.outreach.site.page import WebRequest, render
from bluezone.outreach.site.preview import Previews
from bluezone.outreach.site.release import Release, ReleaseShelf
from bluezone.outreach.site.share_picture import HEIGHT, WIDTH, SharePicture, draw_share_picture
from bluezone.outreach.site.shelf import KitShelf
from bluezone.outreach.site.totals import TotalsSource
from bluezone.outreach.site.typeface import font_addresses, sheet_address

_EPOCH = date(1970, 1, 1)
_LOCALES = {"vi": Locale("vi"), "en": Locale("en", "GB")}


@dataclass(frozen=True, slots=True)
class SharedPicture:
    """The picture of a page for other sites: its whole address and its size in pixels."""

    address: str
    width: int = WIDTH
    height: int = HEIGHT


@dataclass(slots=True)
class SitePages:
    """What the public site shows.

    Attributes:
        address: of this site without closing stroke, such as https://bluezone.example.
        publisher: who publishes it, as the public knows the office.
        region_name: for people.
        hotline: that every page shows.
        province_hotline: the region's own; the same as `hotline` where there is none.
        utc_offset_minutes: of the region's clock.
        kits: all kits.
        releases: the downloads of the program.
        systems: on which it runs.
        previews: of the kits' files.
        activity: who counts; None where nobody does.
        totals: of the offices' reports; None where no office publishes them.
    """

    address: str
    publisher: str
    region_name: str
    hotline: str
    province_hotline: str
    utc_offset_minutes: int
    kits: KitShelf
    releases: ReleaseShelf
    systems: tuple[System, ...]
    previews: Previews
    activity: ActivitySource | None = None
    totals: TotalsSource | None = None
    font_addresses: dict[str, str] = field(default_factory=font_addresses)
    letters_sheet: str = field(default_factory=sheet_address)
    _pictures: dict[str, SharePicture] = field(default_factory=dict)

    @property
    def shown_address(self) -> str:
        """The address as people read it."""
        return self.address.removeprefix("https://").removeprefix("http://")

    def drawn_picture(self, language: str) -> SharePicture:
        """The picture of a language; drawn when it is first asked for."""
        if language not in self._pictures:
            self._pictures[language] = draw_share_picture(language, self.shown_address)
        return self._pictures[language]

    def share_picture(self, language: str) -> SharedPicture:
        """Where that picture is."""
        return SharedPicture(self.address + self.drawn_picture(language).path)

    def questions(self, language: str) -> tuple[Question, ...]:
        """The frequent questions, from the same source as the kit's."""
        facts = {
            "name": self.region_name,
            "parent": self.publisher,
            "address": self.shown_address,
            "hotline": self.hotline.replace(" ", "\u00a0"),
            "province_hotline": self.province_hotline.replace(" ", "\u00a0"),
        }
        return frequent_questions(language, facts)


Language = NamedDependency[str]


async def home(request: WebRequest, language: Language) -> Response[bytes]:
    """What it is, in plain words."""
    return render(request, language, "home", "/")


async def install(request: WebRequest, language: Language) -> Response[bytes]:
    """Where it runs, how it is checked, how it is installed."""
    site: SitePages = request.app.state.site
    release = site.releases.release
    return render(
        request,
        language,
        "install",
        "/install",
        systems=_filled(site.systems, release, site.address) if release else site.systems,
        check_lines=CHECK_LINES,
    )


async def genuine(request: WebRequest, language: Language) -> Response[bytes]:
    """How the genuine one is told from look-alikes."""
    return render(request, language, "genuine", "/genuine")


async def faq(request: WebRequest, language: Language) -> Response[bytes]:
    """Questions and honest answers."""
    site: SitePages = request.app.state.site
    return render(request, language, "faq", "/faq", questions=site.questions(language))


async def figures(request: WebRequest, language: Language) -> Response[bytes]:
    """What is counted, and what the figures do not say."""
    site: SitePages = request.app.state.site
    activity = await _activity(site.activity)
    totals = await site.totals.latest() if site.totals else None
    most = max((one.count for one in activity.days), default=0) if activity else 0
    return render(
        request,
        language,
        "figures",
        "/figures",
        activity=activity,
        totals=totals,
        bar=lambda count: round(100 * count / most, 1) if most else 0,
        short_day=lambda day: format_date(_EPOCH + timedelta(days=day), "dd/MM", locale=_LOCALES[language]),
    )


async def privacy(request: WebRequest, language: Language) -> Response[bytes]:
    """What this site and the program keep of people."""
    return render(request, language, "privacy", "/privacy")


async def accessibility(request: WebRequest, language: Language) -> Response[bytes]:
    """For whom the pages were made, and what is missing."""
    return render(request, language, "accessibility", "/accessibility")


PAGES: dict[str, Any] = {
    "/": home,
    "/install": install,
    "/genuine": genuine,
    "/faq": faq,
    "/figures": figures,
    "/privacy": privacy,
    "/accessibility": accessibility,
}
CHECK_LINES = (
    "openssl pkeyutl -verify -pubin -inkey bluezone.pem -rawin -in SHA256SUMS -sigfile SHA256SUMS.sig",
    "sha256sum --check SHA256SUMS",
)


async def _activity(source: ActivitySource | None) -> Activity | None:
    try:
        return await source.latest() if source else None
    except ActivityUnavailable:
        return None


def _filled(systems: tuple[System, ...], release: Release, address: str) -> list[System]:
    values = {
        "wheel": release.name_ending(".whl"),
        "region": release.name_ending("region.toml") or "region.toml",
        "address": address,
    }
    return [
        System(one.id, one.name, one.state, one.says, tuple(step.filled(values) for step in one.steps))
        for one in systems
    ]
