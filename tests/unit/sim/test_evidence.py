"""Evidence: what the phones proved, found fast and the same as by asking every phone about every case."""

from __future__ import annotations

import random

import pytest

from bluezone.phone.matching import find_hits, passing_minutes, verify_hits
from bluezone.phone.risk import RiskRules
from bluezone.phone.shipped import proximity_model
from bluezone.protocol.diagnosis_key import SETTLE_S
from bluezone.protocol.interval import INTERVAL_S, interval_of
from bluezone.sim.air import AirModel
from bluezone.sim.evidence import Evidence, exposures, gather, published_sections
from bluezone.sim.replay import first_day, replay
from bluezone.sim.trace.load import load_trace
from bluezone.sim.virtual_time import run_virtual

# 1 and 2 sit together, 3 joins them for ten minutes, 4 and 5 are elsewhere and together.
ROWS = [f"{step},1,2,1\n{step},4,5,2\n" for step in range(1, 9)]
ROWS[3] += "4,1,3,2\n4,2,3,3\n"
ROWS[4] += "5,1,3,2\n5,2,3,3\n"


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    folder = tmp_path_factory.mktemp("evidence")
    path = folder / "trace.csv"
    path.write_text("".join(ROWS), encoding="ascii")
    trace = load_trace(path, "haslemere")
    lived = run_virtual(replay(trace, AirModel.realistic(), 3, folder, lambda _share: None))
    return gather(lived, range(5), first_day(trace, 0), 3, lambda _share: None)


def test_the_same_as_asking_everybody(evidence: Evidence) -> None:
    lived = evidence.lived
    batch_at = (interval_of(lived.ended_at) + 1) * INTERVAL_S + SETTLE_S
    found = {}
    for case in range(5):
        random_bytes = random.Random(f"3/case/{case}").randbytes
        onset_day = lived.ended_at // 86_400
        sections = published_sections(lived.phones[case], onset_day, lived.ended_at, random_bytes)
        for other, phone in enumerate(lived.phones):
            hits = [(hit, phone.samples[hit.ref]) for hit in find_hits(sections, batch_at, phone.index)]
            minutes = tuple(passing_minutes(verify_hits(hits, 0).minutes))
            if minutes and other != case:
                found[case, other] = minutes
    assert evidence.minutes == found
    assert set(found) == {(0, 1), (1, 0), (0, 2), (2, 0), (1, 2), (2, 1), (3, 4), (4, 3)}


def test_both_kinds_look_at_the_same_scans(evidence: Evidence) -> None:
    by_level = exposures(evidence, RiskRules(), proximity_model())
    by_window = exposures(evidence, RiskRules(kind="window"), proximity_model())
    assert by_level.keys() == by_window.keys() == evidence.minutes.keys()
    for pair, scans in by_level.items():
        assert all(one.near_probability is None for one in scans)
        judged = by_window[pair]
        assert all(one.near_probability is not None and 0 < one.near_probability < 1 for one in judged)
        assert [(one.at, one.duration_s, one.level_db) for one in scans] == [
            (one.at, one.duration_s, one.level_db) for one in judged
        ]
