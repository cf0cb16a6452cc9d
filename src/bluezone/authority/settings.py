"""The settings of one authority: `authority.toml` in its folder, and a few environment variables.

The only module of the authority that reads the environment. Decides names, defaults and ranges.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec

from bluezone.authority.domain.batch_plan import PUBLISHED_PERCENT, SECTION_FLOOR, SECTION_PEAK, Mixing
from bluezone.authority.domain.batches import BATCH_PERIOD_S
from bluezone.authority.domain.codes import CODE_LIFE_S
from bluezone.authority.errors import HomeIncomplete, SettingsInvalid
from bluezone.database.port import url_in_folder
from bluezone.protocol.interval import DAY_S
from bluezone.web.settings_file import SettingsMissing, SettingsUnusable, parse_text, read_text

SETTINGS_FILE = "authority.toml"
REGION_FILE = "region.toml"
HOME_VARIABLE = "BLUEZONE_AUTHORITY_HOME"
# Setting -> environment variable that goes before the file.
VARIABLES = {
    "host": "BLUEZONE_AUTHORITY_HOST",
    "port": "BLUEZONE_AUTHORITY_PORT",
    "database": "BLUEZONE_AUTHORITY_DATABASE",
    "objects": "BLUEZONE_AUTHORITY_OBJECTS",
}
DEFAULT_PORT = 8484


class ServiceRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Numbers of the service that an operator may change.

    Attributes:
        batch_period_s: seconds between batches.
        section_floor: the least number of keys in a section; 10 by protocol section 6.
        section_peak: keys in a section of the likeliest windows; more hide more cases, and cost more.
        published_percent: of 100 cases, how many publish a window of 0, 1, 2 ... days before; filler
            follows these numbers, so they should be the region's own.
        answer_delay_s: seconds from the arrival of a redemption or an upload to its answer.
        code_life_s: seconds that a code can be redeemed.
        require_auditor: whether a batch waits, unpublished, for the auditor's signature.
        auditor_timeout_s: seconds after which it is published without; 0 for never.
        guess_burst: wrong codes that one caller may send at once.
        guess_refill_s: seconds until one more is allowed.
    """

    batch_period_s: Annotated[int, msgspec.Meta(ge=60, le=DAY_S)] = BATCH_PERIOD_S
    section_floor: Annotated[int, msgspec.Meta(ge=10, le=10_000)] = SECTION_FLOOR
    section_peak: Annotated[int, msgspec.Meta(ge=10, le=100_000)] = SECTION_PEAK
    published_percent: Annotated[
        tuple[Annotated[int, msgspec.Meta(ge=0, le=100)], ...], msgspec.Meta(min_length=1, max_length=30)
    ] = PUBLISHED_PERCENT
    answer_delay_s: Annotated[float, msgspec.Meta(ge=0, le=10)] = 1.0
    code_life_s: Annotated[int, msgspec.Meta(ge=600, le=CODE_LIFE_S)] = CODE_LIFE_S
    require_auditor: bool = False
    auditor_timeout_s: Annotated[int, msgspec.Meta(ge=0, le=7 * DAY_S)] = 0
    guess_burst: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 20
    guess_refill_s: Annotated[float, msgspec.Meta(ge=1, le=DAY_S)] = 60.0

    def __post_init__(self) -> None:
        if self.section_peak < self.section_floor:
            raise ValueError("section_peak is at least section_floor")

    def mixing(self, utc_offset_minutes: int) -> Mixing:
        """How much filler these rules ask for, in a region with this civil date."""
        return Mixing(self.section_floor, self.section_peak, self.published_percent, utc_offset_minutes)


class _KeyFiles(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    certificate: str = "keys/certificate.key"
    time: str = "keys/time.key"
    samples: str = "keys/samples.key"
    health_authority: str = "keys/health_authority.key"
    operator: str = "keys/operator.key"
    auditor: str = "keys/auditor.key"
    configuration_health_authority: str = "keys/configuration_health_authority.key"
    configuration_operator: str = "keys/configuration_operator.key"
    configuration_auditor: str = "keys/configuration_auditor.key"


class _SettingsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    host: Annotated[str, msgspec.Meta(min_length=1, max_length=255)] = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = DEFAULT_PORT
    database: str = "sqlite:///authority.db"
    objects: str = "objects"
    rules: ServiceRules = ServiceRules()
    keys: _KeyFiles = _KeyFiles()


@dataclass(frozen=True, slots=True)
class AuthoritySettings:
    """Everything that an authority needs from its folder, paths made absolute.

    Attributes:
        home: the folder.
        host, port: where the service listens.
        database: SQLAlchemy URL.
        objects: folder of the published files.
        rules: numbers of the service.
        key_files: every name under [keys] to its file.
    """

    home: Path
    host: str
    port: int
    database: str
    objects: Path
    rules: ServiceRules
    key_files: Mapping[str, Path]

    @property
    def region_file(self) -> Path:
        """The region file that phones are given."""
        return self.home / REGION_FILE


def default_home() -> Path:
    """The folder that is used when no command says another one."""
    return Path(os.environ.get(HOME_VARIABLE, "authority-home"))


def load_settings(home: Path, environment: Mapping[str, str] | None = None) -> AuthoritySettings:
    """Reads the settings of an authority.

    Args:
        home: its folder.
        environment: the variables; those of the process when None.

    Raises:
        HomeIncomplete: there is no authority in this folder.
        SettingsInvalid: the file or a variable is wrong.
    """
    try:
        text = read_text(home / SETTINGS_FILE)
    except SettingsMissing:
        raise HomeIncomplete(
            f"there is no authority in {home}: {SETTINGS_FILE} cannot be read. "
            f"Make one with `bluezone authority init --home {home}`."
        ) from None
    except SettingsUnusable as error:
        raise SettingsInvalid(str(error)) from None
    return parse_settings(text, home, os.environ if environment is None else environment)


def parse_settings(text: str, home: Path, environment: Mapping[str, str]) -> AuthoritySettings:
    """Settings from the text of `authority.toml`; see `load_settings`."""
    try:
        file = parse_text(text, SETTINGS_FILE, _SettingsFile, VARIABLES, environment)
    except SettingsUnusable as error:
        raise SettingsInvalid(str(error)) from None
    home = home.resolve()
    names = _KeyFiles.__struct_fields__
    return AuthoritySettings(
        home=home,
        host=file.host,
        port=file.port,
        database=url_in_folder(file.database, home),
        objects=home / file.objects,
        rules=file.rules,
        key_files={name: home / getattr(file.keys, name) for name in names},
    )


def format_settings(port: int = DEFAULT_PORT) -> str:
    """The text of a new `authority.toml`."""
    return f"""# Settings of this health authority. Paths are relative to this folder.
host = "127.0.0.1"
port = {port}
database = "sqlite:///authority.db"
objects = "objects"

[rules]
batch_period_s = {BATCH_PERIOD_S}
section_floor = {SECTION_FLOOR}
section_peak = {SECTION_PEAK}
published_percent = {list(PUBLISHED_PERCENT)}
answer_delay_s = 1.0
code_life_s = {CODE_LIFE_S}
# With true, a batch is published once the auditor has signed it, or without him after the timeout (0: never).
require_auditor = false
auditor_timeout_s = 0

[keys]
# At least two of the three signers must be here; keep the auditor's key in other hands.
certificate = "keys/certificate.key"
time = "keys/time.key"
samples = "keys/samples.key"
health_authority = "keys/health_authority.key"
operator = "keys/operator.key"
auditor = "keys/auditor.key"
# Two of these sign a configuration; the service does not need them.
configuration_health_authority = "keys/configuration_health_authority.key"
configuration_operator = "keys/configuration_operator.key"
configuration_auditor = "keys/configuration_auditor.key"
"""
