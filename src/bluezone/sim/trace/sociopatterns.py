"""SocioPatterns: face-to-face contacts seen by badges, in steps of twenty seconds.

A row is `t i j`, separated by blanks: i and j faced each other from t - 20 s to t. The badges hear
each other up to about 1.5 m and tell no distance: every contact counts as 1.0 m. A contact is strong
evidence, the absence of one is weak. t counts seconds from a midnight that the data sets do not
name: it is taken as 2026-06-01 00:00:00 UTC here.
Source: the SocioPatterns collaboration's description of its contact lists.
"""

from __future__ import annotations

from bluezone.sim.errors import TraceTimeError
from bluezone.sim.trace.row import Place, Row, person_pair, split_columns, whole_number

STEP_S = 20
EPOCH = 1_780_272_000  # 2026-06-01 00:00:00 UTC
COLUMNS = ("t", "i", "j")
CONTACT_METRES = 1.0

_MAX_T_S = 366 * 86400


def read_row(line: bytes, place: Place) -> Row:
    """Reads one row.

    Raises:
        TraceError: one of its kinds for a missing column, a field that is no number, a time that
            does not exist, or a self-contact.
    """
    t_field, first, second = split_columns(line.split(), COLUMNS, place)
    t = whole_number(t_field, "t", place)
    if not STEP_S <= t <= _MAX_T_S or t % STEP_S:
        raise TraceTimeError(
            f"t must be a multiple of {STEP_S} s from {STEP_S} to {_MAX_T_S}, found {t}.",
            source=place.source,
            line=place.line,
        )
    person, other = person_pair(first, second, place)
    return Row(t // STEP_S - 1, person, other, CONTACT_METRES)
