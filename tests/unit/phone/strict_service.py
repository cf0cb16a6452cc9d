"""A service in memory that remembers codes, certificates and keys, and loses what it is told to lose."""

from __future__ import annotations

from dataclasses import dataclass, field

import httpx

from bluezone.protocol.upload import (
    Answer,
    AnswerStatus,
    RedemptionMode,
    Upload,
    decode_redemption,
    decode_upload,
)
from tests.unit.phone.case import Service

REDEEM, PUBLISH = "/v1/redeem", "/v1/publish"


@dataclass
class StrictService(Service):
    """A service that keeps the rules of section 5.5 which need a memory.

    Attributes:
        bound: code to the first commitment presented with it.
        accepted: commitment to the one upload that was accepted for it.
        refused: every refusal so far.
        moments: when each request came, seconds UTC.
        faults: what ends the next exchange with an address, before its request or its answer arrives.
    """

    bound: dict[bytes, bytes] = field(default_factory=dict)
    accepted: dict[bytes, bytes] = field(default_factory=dict)
    refused: list[AnswerStatus] = field(default_factory=list)
    moments: list[float] = field(default_factory=list)
    faults: dict[tuple[str, str], BaseException] = field(default_factory=dict)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answers one request, by the rules."""
        path = request.url.path
        if fault := self.faults.pop((path, "request"), None):
            raise fault
        self.moments.append(self.clock.system())
        judge = {REDEEM: self._redeemed, PUBLISH: self._published}.get(path)
        status = judge(request.content) if judge else AnswerStatus.GOOD
        if status is not AnswerStatus.GOOD:
            self.refused.append(status)
            self.answers = [Answer(status)]
        answer = super().__call__(request)
        if fault := self.faults.pop((path, "answer"), None):
            raise fault
        return answer

    def _redeemed(self, content: bytes) -> AnswerStatus:
        asked = decode_redemption(content)
        if asked.mode is not RedemptionMode.CODE:
            return AnswerStatus.GOOD
        bound = self.bound.setdefault(asked.code, asked.commitment)
        return AnswerStatus.GOOD if bound == asked.commitment else AnswerStatus.CODE_USED

    def _published(self, content: bytes) -> AnswerStatus:
        upload = decode_upload(content)
        if upload is None:
            return AnswerStatus.GOOD
        if decode_certificate_expiry(upload.certificate) <= self.clock.system():
            return AnswerStatus.CERTIFICATE_EXPIRED
        earlier = self.accepted.get(upload.commitment())
        if earlier is not None:
            return AnswerStatus.GOOD if earlier == content else AnswerStatus.CERTIFICATE_USED
        if self.public() & {slot.tek for slot in upload.published()}:
            return AnswerStatus.KEY_ALREADY_SEEN
        self.accepted[upload.commitment()] = content
        return AnswerStatus.GOOD

    def uploads(self) -> list[Upload]:
        """What was accepted."""
        found = [decode_upload(one) for one in self.accepted.values()]
        return [one for one in found if one is not None]

    def public(self) -> set[bytes]:
        """TEKs that everybody will get."""
        return {slot.tek for upload in self.uploads() for slot in upload.published()}


def decode_certificate_expiry(certificate: bytes) -> int:
    """Seconds UTC."""
    return int.from_bytes(certificate[41:45], "little")
