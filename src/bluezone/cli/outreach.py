"""`bluezone outreach`: make, run and use the service of an office. Everything it decides is elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bluezone.cli.outreach_demo import demo
from bluezone.cli.terminal import configure_logs, friendly, log_level, table
from bluezone.outreach.settings import DEFAULT_PORT, OutreachSettings, default_home, load_settings

if TYPE_CHECKING:
    from bluezone.outreach.activity import ActivitySource
    from bluezone.outreach.office.unit_book import UnitChanges
    from bluezone.outreach.service import Outreach
    from bluezone.outreach.units import Unit
    from bluezone.web.signin.rules import Identity

T = TypeVar("T")
_LINK_LIFE_S = 3 * 86_400
_ROLES = ("office", "province", "unit")

home_option = click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    default=default_home,
    show_default="$BLUEZONE_OUTREACH_HOME or outreach-home",
    help="Folder of the office's service.",
)


@click.group()
def outreach() -> None:
    """Local government: instruct, collect reports, sum up, write the letter."""


outreach.add_command(demo)


@outreach.command()
@home_option
@click.option(
    "--units",
    "units_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="XLSX or CSV with the units; the example of Gia Nghĩa (2020) when none is given.",
)
@click.option("--province", help="Take the official list of one province (its code or name) instead.")
@click.option("--port", type=click.IntRange(1, 65535), default=DEFAULT_PORT, show_default=True)
@click.option("--address", help="Base URL under which people reach the service (https, except on loopback).")
@friendly
def init(home: Path, units_file: Path | None, province: str | None, port: int, address: str | None) -> None:
    """Make a new service: settings, database, list of units."""
    from bluezone.outreach.home import create_home
    from bluezone.outreach.units import UnitTree

    units = _units(units_file, province)
    settings = asyncio.run(create_home(home, units, port=port, address=address or f"http://127.0.0.1:{port}"))
    first, office = _tops(UnitTree(units))
    click.echo(
        f"""Made the service of {office.name} in {home}: {len(units)} units.

Next:
  1. Let offices in, each with a password:
       bluezone outreach account add --home {home} --name office --role office --unit {office.unit_id}
       bluezone outreach account add --home {home} --name province --role province --unit {first.unit_id}
     or once, by a link:
       bluezone outreach link --home {home} --role office --unit {office.unit_id}
  2. Run the service:
       bluezone outreach serve --home {home}
  3. Open {settings.address}/office/ , write an instruction, send it. Messages to units are written to
     {settings.messages} until [mail] in outreach.toml names a server."""
    )


@outreach.command()
@home_option
@click.option("--host", help="Address to listen on instead of the one in outreach.toml.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port instead of the one in outreach.toml.")
@log_level
@friendly
def serve(home: Path, host: str | None, port: int | None, log_level: str) -> None:
    """Run the service until it is interrupted; it sends reminders by itself."""
    from bluezone.cli.outreach_site import mounted_site
    from bluezone.outreach.home import open_outreach, read_secret
    from bluezone.outreach.pages.app import create_outreach_app
    from bluezone.web.serving import LocalServer, address_of, bind

    configure_logs(log_level)
    settings = load_settings(home)
    with_service(settings, _nothing)  # what is wrong with the database is a sentence here, not a traceback
    activity = _activity(settings)
    service = open_outreach(settings, activity=activity)
    app = create_outreach_app(
        service,
        read_secret(settings),
        names=[settings.name],
        is_secure=settings.is_secure,
        beside=mounted_site(settings, activity, service.published_totals(settings.published_office)),
    )
    listener = bind(host or settings.host, settings.port if port is None else port)
    own = address_of(listener)
    click.echo(f"Public site: {own}  Offices: {own}office/  (stop with Ctrl-C; links say {settings.address})")
    LocalServer(app).run(sockets=[listener])


@outreach.command()
@home_option
@friendly
def upgrade(home: Path) -> None:
    """Bring the database to the tables of this version."""
    from bluezone.outreach.home import upgrade as run_upgrade

    asyncio.run(run_upgrade(load_settings(home)))
    click.echo("The database has the tables of this version.")


@outreach.command(name="units")
@home_option
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@friendly
def replace_units(home: Path, file: Path) -> None:
    """Put the list of units of an XLSX or CSV FILE in force; who is not in it is gone from today."""
    from bluezone.outreach.spreadsheet.unit_list import read_units

    listed = read_units(file.read_bytes())

    async def work(service: Outreach) -> UnitChanges:
        from bluezone.outreach.office.access import OPERATOR

        return await service.units.replace(listed, by=OPERATOR, first=await service.units.is_empty())

    changes = with_service(load_settings(home), work)
    counts = (len(changes.added), len(changes.changed), len(changes.removed))
    click.echo("{} units more, {} changed, {} gone.".format(*counts))


@outreach.command()
@home_option
@click.option("--account", "name", help="Name of the account that the link signs in.")
@click.option("--unit", "unit_id", help="Id of the unit that the link is for, where there is no account.")
@click.option("--role", type=click.Choice(_ROLES), default="office", show_default=True, help="With --unit.")
@friendly
def link(home: Path, name: str | None, unit_id: str | None, role: str) -> None:
    """Print a one-time sign-in link; it is kept nowhere. Disabling the account ends what the link began."""
    if (name is None) == (unit_id is None):
        raise click.UsageError("Say either --account or --unit.")
    settings = load_settings(home)

    async def work(service: Outreach) -> str:
        from bluezone.outreach.office.access import SYSTEM

        if unit_id is None:
            identity = await _identity_of_account(service, str(name))
        else:
            identity = await _identity(service, role, unit_id, "")
        sign_in = service.ground.sign_in
        token = await sign_in.make_link(identity, f"{service.base}/", _LINK_LIFE_S, by=SYSTEM)
        return f"{service.ground.address}{service.base}/link/{token}"

    click.echo(with_service(settings, work))


@outreach.command()
@home_option
@click.option("--unit", "unit_id", required=True, help="Id of the unit.")
@friendly
def shut_out(home: Path, unit_id: str) -> None:
    """Take back every link of a unit and end its sessions, such as after a lost telephone."""

    async def work(service: Outreach) -> int:
        from bluezone.outreach.office.access import SYSTEM

        await _identity(service, "unit", unit_id, "")
        return await service.units.shut_out(unit_id, by=SYSTEM)

    ended = with_service(load_settings(home), work)
    click.echo(f"Links that were not used yet lead nowhere now; {ended} sessions ended.")


@outreach.group()
def account() -> None:
    """Accounts of offices."""


@account.command(name="add")
@home_option
@click.option("--name", required=True, help="What is typed to sign in.")
@click.option("--role", type=click.Choice(("office", "province")), default="office", show_default=True)
@click.option("--unit", "unit_id", required=True, help="Id of the office's unit.")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for.")
@friendly
def add_account(home: Path, name: str, role: str, unit_id: str, password: str) -> None:
    """Make an account with a password."""

    async def work(service: Outreach) -> None:
        from bluezone.outreach.office.access import SYSTEM

        identity = await _identity(service, role, unit_id, name)
        await service.ground.sign_in.make_account(identity, password, by=SYSTEM)

    with_service(load_settings(home), work)
    click.echo(f"Made the account {name}.")


@account.command(name="password")
@home_option
@click.option("--name", required=True)
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True)
@friendly
def set_password(home: Path, name: str, password: str) -> None:
    """Give an account a new password; its sessions end."""

    async def work(service: Outreach) -> None:
        from bluezone.outreach.office.access import SYSTEM

        await service.ground.sign_in.set_password(name, password, by=SYSTEM)

    with_service(load_settings(home), work)
    click.echo(f"Set the password of {name}.")


@account.command()
@home_option
@click.option("--name", required=True)
@friendly
def disable(home: Path, name: str) -> None:
    """Keep an account out, at once."""

    async def work(service: Outreach) -> None:
        from bluezone.outreach.office.access import SYSTEM

        await service.ground.sign_in.disable(name, by=SYSTEM)

    with_service(load_settings(home), work)
    click.echo(f"{name} cannot sign in any more.")


@account.command(name="list")
@home_option
@friendly
def list_accounts(home: Path) -> None:
    """List every account."""

    async def work(service: Outreach) -> list[tuple[str, str, str, str]]:
        return [
            (a.identity.actor, a.identity.role, a.identity.subject, "disabled" if a.is_disabled else "")
            for a in await service.ground.sign_in.accounts()
        ]

    rows = with_service(load_settings(home), work)
    click.echo(table(("name", "role", "unit", ""), rows))


def with_service(settings: OutreachSettings, work: Callable[[Outreach], Coroutine[Any, Any, T]]) -> T:
    """Does something with the service of a folder, beside the one that runs."""
    from bluezone.outreach.home import open_outreach

    async def run() -> T:
        service = open_outreach(settings)
        try:
            await service.start()
            return await work(service)
        finally:
            await service.close()

    return asyncio.run(run())


def _activity(settings: OutreachSettings) -> ActivitySource | None:
    """The authority's public figure, where an authority is named."""
    if not settings.authority:
        return None
    import httpx

    from bluezone.clock import SystemClock
    from bluezone.outreach.activity import AuthorityActivity

    return AuthorityActivity(settings.authority, SystemClock(), httpx.AsyncClient())


async def _nothing(_service: Outreach) -> None:
    return None


async def _identity(service: Outreach, role: str, unit_id: str, name: str) -> Identity:
    from bluezone.outreach.office.access import unit_identity
    from bluezone.web.signin.rules import Identity

    unit = (await service.units.tree()).get(unit_id)
    if role == "unit":
        return unit_identity(unit.unit_id, unit.name)
    return Identity(name or f"{role}:{unit_id}", role, unit_id, unit.office or unit.name)


async def _identity_of_account(service: Outreach, name: str) -> Identity:
    from bluezone.web.signin.errors import AccountUnknown

    for one in await service.ground.sign_in.accounts():
        if one.identity.actor == name and not one.is_disabled:
            return one.identity
    raise AccountUnknown("There is no account of this name that may sign in.")


def _units(file: Path | None, province: str | None) -> list[Unit]:
    from bluezone.outreach.spreadsheet.unit_list import read_units
    from bluezone.outreach.unit_sources import example_units, official_units

    if file is not None:
        return read_units(file.read_bytes())
    return official_units(province) if province else example_units()


def _tops(tree: Any) -> tuple[Unit, Unit]:
    """The first unit at the top, and the first office that has units below it and none of these their own."""
    top = tree.roots()[0]
    with_leaves = [one for one in [top, *tree.descendants(top.unit_id)] if tree.children(one.unit_id)]
    return top, with_leaves[-1] if with_leaves else top
