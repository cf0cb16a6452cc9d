"""Where units come from beside an office's own file: the example of 2020, and the official list.

Decides how the package `vietnam-provinces` (two levels since 1 July 2025) becomes a tree; it knows codes,
names and kinds, no figures. Leaves an office's own file to `spreadsheet.unit_list`.
"""

from __future__ import annotations

from importlib.resources import files

from bluezone.outreach.errors import UnitUnknown
from bluezone.outreach.spreadsheet.unit_list import read_units
from bluezone.outreach.units import Unit, plain

COUNTRY = Unit("vn", "Việt Nam", "quốc gia")
EXAMPLE = "gia-nghia-units.csv"


def example_units() -> list[Unit]:
    """Đắk Nông province, Gia Nghĩa city and its 14 reporting units as in 2020; all figures are invented."""
    return read_units(files("bluezone.outreach").joinpath("examples", EXAMPLE).read_bytes())


def official_units(province: str | None = None) -> list[Unit]:
    """The country, its provinces and their communes, wards and special zones, with their official codes.

    Args:
        province: code or name of one, to have only that one as the top; None for the whole country.

    Raises:
        UnitUnknown: there is no such province.
    """
    from vietnam_provinces import Province, Ward  # noqa: PLC0415  its tables take a while to load

    chosen = [one for one in Province.iter_all() if province is None or _is_named(one, province)]
    if not chosen:
        raise UnitUnknown(f"no province is called {str(province)[:60]!r}")
    top = COUNTRY.unit_id if province is None else None
    units = [COUNTRY] if province is None else []
    for one in chosen:
        code = f"{int(one.code):02}"
        units.append(Unit(code, one.name, str(one.division_type.value), top))
        wards = sorted(Ward.iter_by_province(one.code), key=lambda ward: int(ward.code))
        units += [Unit(f"{int(w.code):05}", w.name, str(w.division_type.value), code) for w in wards]
    return units


def _is_named(one: object, typed: str) -> bool:
    name, code = str(getattr(one, "name", "")), int(getattr(one, "code", 0))
    return plain(typed) in (plain(name), plain(name).removeprefix("thanh pho "), f"{code:02}", str(code))
