"""T-15: somebody reads an upload on its way and looks for the key that its owner kept back."""

from __future__ import annotations

from bluezone.protocol.upload import UPLOAD_LENGTH, decode_upload, encode_cover_upload
from bluezone.sim.attacks import server
from bluezone.sim.attacks.outcome import Setting


def test_t15_a_withheld_key_is_not_in_the_upload_and_cover_has_the_same_size(setting: Setting) -> None:
    outcome = server.withheld(setting)
    assert outcome.passed, outcome.measured


def test_t15_cover_is_recognised_by_the_server_only(setting: Setting) -> None:
    cover = encode_cover_upload(setting.random_bytes("cover")(UPLOAD_LENGTH - 7))
    assert len(cover) == UPLOAD_LENGTH
    assert decode_upload(cover) is None
