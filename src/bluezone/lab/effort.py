"""How much work a recording asks for: what would take hours is refused before it begins.

Work grows with the square of the phones, and a small file can name many phones and a long time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import ceil

from bluezone.lab.errors import RecordingMalformed
from bluezone.lab.recording import Recording
from bluezone.lab.scans import Scan
from bluezone.phone.proximity import WINDOW_S

# Windows of a receiver about a sender, of all scenes of a file; 10 s for each million.
MAX_PAIR_WINDOWS = 5_000_000
# Scans times possible senders, of all scenes of a file.
MAX_LOOKS = 20_000_000


def check_effort(recordings: Iterable[tuple[Recording, Mapping[str, Sequence[Scan]]]]) -> None:
    """Refuses recordings that ask for too much.

    Args:
        recordings: each with its scans.

    Raises:
        RecordingMalformed: too much in all; names the scene that was too much.
    """
    windows = looks = 0
    for recording, scans in recordings:
        begin, end = recording.span
        phones, seconds = len(recording.models), end - begin
        windows += phones * len(scans) * ceil(seconds / WINDOW_S)
        looks += phones * sum(map(len, scans.values()))
        if windows > MAX_PAIR_WINDOWS or looks > MAX_LOOKS:
            raise RecordingMalformed(
                f"Scene {recording.scene!r} has {phones} phones in {seconds / 3600:.1f} hours. With it the"
                f" file holds {windows} windows of pairs and {looks} scans of pairs; at most"
                f" {MAX_PAIR_WINDOWS} and {MAX_LOOKS} are scored at once. Score it in parts."
            )
