"""The command's entry: which groups there are, and where each one lives.

Groups are imported only when they are used, so `bluezone --help` pays for none of them, and a phone
that was installed without the server's packages still has its own commands.
"""

from __future__ import annotations

import importlib
import sys

import click

# command -> (module, attribute, one line of help, extra that it needs)
COMMANDS: dict[str, tuple[str, str, str, str]] = {
    "air": ("bluezone.cli.air", "air", "A virtual air that phones in several processes share.", "radio"),
    "attack": ("bluezone.cli.attack", "attack", "Try the forty numbered attacks.", "sim"),
    "authority": (
        "bluezone.cli.authority",
        "authority",
        "The health authority: codes, diagnosis keys and batches.",
        "server",
    ),
    "bench": ("bluezone.cli.bench", "bench", "Measure, and print input, engine, result and ratio.", "sim"),
    "demo": ("bluezone.cli.demo", "demo", "A small town in the browser, or once in the terminal.", "sim"),
    "outreach": (
        "bluezone.cli.outreach",
        "outreach",
        "Local government: reports that become a letter.",
        "outreach",
    ),
    "phone": ("bluezone.cli.phone", "phone", "One person's phone.", "radio"),
    "protocol": ("bluezone.cli.protocol", "protocol", "The bytes: test vectors.", ""),
    "simulate": ("bluezone.cli.simulate", "simulate", "Live through a trace of real contacts.", "sim"),
}


class LazyGroup(click.Group):
    """A group that imports a command when it is called or asked for its help."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Names of all commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Imports one command; says which extra is missing when its packages are not installed."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _, extra = COMMANDS[cmd_name]
        try:
            command: click.Command = getattr(importlib.import_module(module), attribute)
        except ModuleNotFoundError as error:
            if (error.name or "").startswith("bluezone") or not extra:
                raise
            click.echo(
                f"Error: `bluezone {cmd_name}` needs packages that are not installed"
                f" ({error.name}); install bluezone[{extra}].",
                err=True,
            )
            sys.exit(1)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Lists the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][2]) for name in sorted(COMMANDS)])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="bluezone")
def main() -> None:
    """Warns people who were close to an infected person, without anybody learning who met whom."""
