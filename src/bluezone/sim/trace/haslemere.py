"""Haslemere: pairwise distances of a town's volunteers in steps of five minutes.

A row is `step,user,user,metres`. Days have 192 steps, from 07:00 to 23:00; step 1 is Thursday
12 October 2017, 07:00. The data set names no time zone for it: it is taken as UTC here, which moves
the clock on the wall and no distance. Distances are whole metres up to 50; 0 occurs and is kept.
Source: skissler/haslemere; the step formula of the data set's description.
"""

from __future__ import annotations

from bluezone.sim.errors import TraceDistanceError, TraceNegativeDistanceError, TraceTimeError
from bluezone.sim.trace.row import Place, Row, person_pair, split_columns, whole_number

STEP_S = 300
EPOCH = 1_507_791_600  # 2017-10-12 07:00:00 UTC, a Thursday.
COLUMNS = ("step", "user", "user", "metres")
MAX_METRES = 50

_STEPS_PER_RECORDED_DAY = 192
_STEPS_PER_WHOLE_DAY = 86400 // STEP_S
_MAX_STEP = 366 * _STEPS_PER_RECORDED_DAY


def read_row(line: bytes, place: Place) -> Row:
    """Reads one row.

    Raises:
        TraceError: one of its kinds for a missing column, a field that is no number, a step that
            does not exist, a negative or too large distance, or a self-contact.
    """
    step_field, first, second, metres_field = split_columns(line.split(b","), COLUMNS, place)
    step = whole_number(step_field, "step", place)
    if not 1 <= step <= _MAX_STEP:
        raise TraceTimeError(
            f"steps run from 1 to {_MAX_STEP}, found {step}.", source=place.source, line=place.line
        )
    person, other = person_pair(first, second, place)
    metres = whole_number(metres_field, "metres", place)
    if metres < 0:
        raise TraceNegativeDistanceError(
            f"a distance cannot be below 0 m, found {metres} m.", source=place.source, line=place.line
        )
    if metres > MAX_METRES:
        raise TraceDistanceError(
            f"this format records distances up to {MAX_METRES} m, found {metres} m.",
            source=place.source,
            line=place.line,
        )
    day, step_of_day = divmod(step - 1, _STEPS_PER_RECORDED_DAY)
    return Row(day * _STEPS_PER_WHOLE_DAY + step_of_day, person, other, float(metres))
