"""`bluezone protocol`: shows the numbers by which another implementation can check itself.

Computes everything it prints; the values that must come out are in docs/protocol.md, section 10.
"""

from __future__ import annotations

import click

from bluezone.protocol.advertisement import build_payload, encode_advertisement
from bluezone.protocol.diagnosis_key import leaf_of
from bluezone.protocol.interval import DEFAULT_WINDOW, interval_of, minute_of
from bluezone.protocol.keys import TemporaryExposureKey, full_identifier, index_hash
from bluezone.protocol.tags import cell_of, place_commitment
from bluezone.protocol.verification_code import format_code

TEK = bytes(range(16))
AT = 1_700_006_525
DBM_AT_1M = -60
HANOI = (21.0285, 105.8542)
CODE = bytes(range(8))


def section_10() -> dict[str, str]:
    """Label to value, as docs/protocol.md section 10 writes them."""
    interval, minute = interval_of(AT), minute_of(AT)
    identifier = full_identifier(TemporaryExposureKey(TEK), interval)
    full, visible = identifier.reveal(), identifier.visible
    parts = (full[:12], full[12:13], full[13:16], full[16:])
    cell = cell_of(*HANOI)
    commitment = place_commitment(visible, cell)
    spoken = encode_advertisement(build_payload(identifier, minute, DBM_AT_1M))
    return {
        "TEK": TEK.hex(),
        "unix": str(AT),
        "j": str(interval),
        "q": str(minute),
        "dbm_at_1m": str(DBM_AT_1M),
        "full": " ".join(part.hex() for part in parts),
        "advertisement": " ".join(
            part.hex() for part in (spoken[:3], spoken[3:7], spoken[7:11], spoken[11:])
        ),
        "place cell": str(cell),
        "c": commitment.hex(),
        "payload with place": build_payload(identifier, minute, DBM_AT_1M, commitment).encode().hex(),
        "h": index_hash(visible).hex(),
        "leaf": leaf_of(TEK, interval, DEFAULT_WINDOW).hex(),
        "code": format_code(CODE),
    }


@click.group()
def protocol() -> None:
    """Look at the protocol: what goes on the air and over the wire."""


@protocol.command()
def vectors() -> None:
    """Compute and print the test vector of docs/protocol.md, section 10."""
    values = section_10()
    width = max(map(len, values))
    for label, value in values.items():
        click.echo(f"{label:<{width}}  {value}")
