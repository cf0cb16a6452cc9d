"""What every command of `bluezone authority` needs: its folder, the opened authority, a day."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import click

from bluezone.authority.service import Authority
from bluezone.authority.settings import default_home, load_settings

T = TypeVar("T")

home_option = click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    default=default_home,
    show_default="$BLUEZONE_AUTHORITY_HOME or authority-home",
    help="Folder of the authority.",
)
onset_option = click.option(
    "--onset",
    type=click.DateTime(["%Y-%m-%d"]),
    help="First day of illness, YYYY-MM-DD; today when not given.",
)


def with_authority(home: Path, work: Callable[[Authority], Coroutine[Any, Any, T]]) -> T:
    """Does something with the authority of a folder, beside its running service."""
    from bluezone.authority.home import open_authority

    async def run() -> T:
        service = open_authority(load_settings(home))
        try:
            await service.start(repair=False)
            return await work(service)
        finally:
            await service.close()

    return asyncio.run(run())


def onset_day(onset: datetime.datetime | None, utc_offset_minutes: int) -> int:
    """The day in days from 1970-01-01; the region's today when none is given."""
    today = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=utc_offset_minutes)
    return ((onset or today).date() - datetime.date(1970, 1, 1)).days
