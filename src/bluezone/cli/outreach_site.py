"""The public site beside the offices' pages, for `bluezone outreach serve`; decides nothing itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bluezone.clock import SystemClock
from bluezone.outreach.pages.app import Mounted
from bluezone.outreach.site.opening import open_site
from bluezone.outreach.site.routes import PACKAGE, site_handlers

if TYPE_CHECKING:
    from bluezone.outreach.activity import ActivitySource
    from bluezone.outreach.settings import OutreachSettings
    from bluezone.outreach.site.totals import TotalsSource


def mounted_site(
    settings: OutreachSettings, activity: ActivitySource | None, totals: TotalsSource | None = None
) -> Mounted:
    """The site of an office's folder, ready to be mounted.

    Args:
        settings: of the office's service.
        activity: who counts fetches.
        totals: of the offices' reports, where they are published.

    Raises:
        SiteError: `site.toml`, or a file that it names, cannot be used.
    """
    pages = open_site(
        settings.home,
        address=settings.address,
        utc_offset_minutes=settings.utc_offset_minutes,
        clock=SystemClock(),
        activity=activity,
        totals=totals,
    )
    return Mounted(site_handlers(), {"site": PACKAGE}, {"site": pages})
