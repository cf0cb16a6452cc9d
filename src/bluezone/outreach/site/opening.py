"""The public site of an office's folder: `site.toml` says who publishes it and where kits and downloads lie.

Decides what may stand in that file, and what holds without it: no kits and no downloads. Paths are relative
to the folder.
"""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import msgspec
import structlog

from bluezone.clock import Clock
from bluezone.outreach.activity import ActivitySource
from bluezone.outreach.kit.errors import KitKeyInvalid
from bluezone.outreach.kit.signing import load_public_key
from bluezone.outreach.notation import NATIONAL_HOTLINE, is_telephone
from bluezone.outreach.site.errors import SiteSettingsInvalid
from bluezone.outreach.site.install_file import MAX_FILE_LENGTH, parse_systems
from bluezone.outreach.site.pages import SitePages
from bluezone.outreach.site.preview import Previews
from bluezone.outreach.site.release import ReleaseShelf
from bluezone.outreach.site.shelf import KitShelf
from bluezone.outreach.site.totals import TotalsSource
from bluezone.web.bounded_file import FileUnusable, read_at_most

SETTINGS_FILE = "site.toml"
_MAX_SETTINGS = 16_384
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
log = structlog.get_logger(__name__)
_Path = Annotated[str, msgspec.Meta(max_length=300)]


class SiteSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands in `site.toml`.

    Attributes:
        publisher: the office that publishes the site, as the public knows it.
        region: for whom, such as the name of the province.
        hotline, province_hotline: telephone numbers as they are written; the second may be empty.
        kits: folder with a folder for each unit's kit.
        downloads: folder of the program's files, with checksums and their signature; empty for none.
        kit_key: public key with which kits must be signed; empty: signatures are not asked for.
        systems: an own list of systems; empty for the one that comes with the program.
    """

    publisher: _Name = "Bluezone"
    region: _Name = "Bluezone"
    hotline: str = NATIONAL_HOTLINE
    province_hotline: str = ""
    kits: _Path = "kits"
    downloads: _Path = "downloads"
    kit_key: _Path = ""
    systems: _Path = ""

    def __post_init__(self) -> None:
        """Refuses what is no telephone number."""
        for entry, number in {"hotline": self.hotline, "province_hotline": self.province_hotline}.items():
            if not is_telephone(number) and (number or entry == "hotline"):
                raise ValueError(f"{entry} is no telephone number, such as {NATIONAL_HOTLINE}")


def read_settings(home: Path) -> SiteSettings:
    """The settings of a folder; the defaults when there is no file.

    Raises:
        SiteSettingsInvalid: an entry is unknown or malformed, or the file cannot be read.
    """
    path = home / SETTINGS_FILE
    if not path.exists():
        return SiteSettings()
    try:
        content = _read(path, _MAX_SETTINGS)
        return msgspec.convert(tomllib.loads(content.decode("utf-8-sig")), SiteSettings)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError, RecursionError) as error:
        raise SiteSettingsInvalid(f"{path}: {error}") from None


def open_site(
    home: Path,
    *,
    address: str,
    utc_offset_minutes: int,
    clock: Clock,
    activity: ActivitySource | None = None,
    totals: TotalsSource | None = None,
) -> SitePages:
    """The site of a folder, ready to be put into an app as `state["site"]`; takes about two seconds.

    Args:
        home: the folder.
        address: of the site without closing stroke.
        utc_offset_minutes: of the region's clock.
        clock: for looking again at folders.
        activity: who counts.
        totals: of the offices' reports.

    Raises:
        SiteSettingsInvalid, InstallFileInvalid: with a sentence for the operator.
    """
    settings = read_settings(home)
    kits = _kits(home, settings, address, clock)
    if settings.systems:
        systems = _read(home / settings.systems, MAX_FILE_LENGTH)
    else:
        systems = files("bluezone.outreach.site").joinpath("systems.toml").read_bytes()
    releases = ReleaseShelf(
        home / settings.downloads if settings.downloads else None, monotonic=clock.monotonic
    )
    # Now, so that the first visitor does not wait for it.
    kits.look()
    releases.look()
    return SitePages(
        address=address,
        publisher=settings.publisher,
        region_name=settings.region,
        hotline=settings.hotline,
        province_hotline=settings.province_hotline or settings.hotline,
        utc_offset_minutes=utc_offset_minutes,
        kits=kits,
        releases=releases,
        systems=parse_systems(systems),
        previews=Previews(home / "previews"),
        activity=activity,
        totals=totals,
    )


def _kits(home: Path, settings: SiteSettings, address: str, clock: Clock) -> KitShelf:
    folder = home / settings.kits
    try:
        key = load_public_key(home / settings.kit_key) if settings.kit_key else None
    except KitKeyInvalid as error:
        raise SiteSettingsInvalid(f"kit_key: {error}") from None
    if key is None and folder.exists():
        reason = f"{SETTINGS_FILE} names no kit_key: kits are shown whoever made them"
        log.warning("kits-unsigned", folder=settings.kits, reason=reason)
    # While the site is tried on this machine, no code can lead to it.
    leads_to = address if address.startswith("https://") else None
    return KitShelf(folder, key=key, address=leads_to, monotonic=clock.monotonic)


def _read(path: Path, longest: int) -> bytes:
    try:
        return read_at_most(path, longest)
    except FileUnusable as error:
        raise SiteSettingsInvalid(str(error)) from None
