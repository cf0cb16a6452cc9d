"""The address that a unit's materials print: whether its QR code leads to that unit's page of this site.

Decides nothing about a site that has no public address yet: no code can lead there.
"""

from __future__ import annotations

# First parts of addresses that lead to something else; a unit of such a name prints its long address.
TAKEN = frozenset({
    "accessibility", "assets", "c", "downloads", "en", "faq", "favicon.ico", "figures", "genuine", "install",
    "office", "privacy", "robots.txt", "share", "sitemap.xml", "typeface", "vi",
})  # fmt: skip


def addresses_of(unit_id: str, site: str) -> tuple[str, ...]:
    """Where a unit's page stands, the shortest first.

    Args:
        unit_id: of the unit.
        site: address of this site without closing stroke.
    """
    long = f"{site}/c/{unit_id}"
    return (long,) if unit_id in TAKEN else (f"{site}/{unit_id}", long)


def leads_to_unit(printed: str, unit_id: str, site: str) -> bool:
    """Whether whoever scans or types a printed address sees the page of this unit; capitals do not matter."""
    return printed.removesuffix("/").lower() in {one.lower() for one in addresses_of(unit_id, site)}
