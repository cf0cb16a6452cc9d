"""Vectors of what is signed or sent over the wire: certificate, upload, batch chain, time, region file."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import structs

from bluezone.cli.protocol import CODE
from bluezone.protocol.batch import Section, encode_body
from bluezone.protocol.batch_index import INDEX_FORMAT, BatchIndex
from bluezone.protocol.certificate import Certificate, sign_certificate
from bluezone.protocol.configuration import (
    CONFIGURATION_FORMAT,
    Configuration,
    RiskNumbers,
    SensingNumbers,
    SignedConfiguration,
    sign_configuration,
    switch_interval,
)
from bluezone.protocol.diagnosis_key import commitment_of, leaf_of
from bluezone.protocol.manifest import Head, SignedManifest, next_manifest, sign_manifest
from bluezone.protocol.region import ROLES, Region, format_region
from bluezone.protocol.signed_time import sign_time
from bluezone.protocol.upload import (
    Answer,
    AnswerStatus,
    PublishedSlot,
    Redemption,
    RedemptionMode,
    Slot,
    Upload,
    WithheldSlot,
    encode_cover_upload,
)
from tests.vectors.decoders import READERS
from tests.vectors.derived import SALT, leaves

NOW = 1_700_092_800
NONCE = bytes(range(32, 48))
REGION = 84


def private_key(name: str) -> Ed25519PrivateKey:
    """A test key: the seed is the SHA-256 of its name. Never to be used for anything else."""
    return Ed25519PrivateKey.from_private_bytes(sha256(b"bluezone test vector " + name.encode()).digest())


def public_hex(name: str) -> str:
    """Its public key."""
    return private_key(name).public_key().public_bytes_raw().hex()


SIGNERS = {role: public_hex(role) for role in ROLES}


def case(
    kind: str, name: str, source: str, data: bytes, context: dict[str, Any], *flags: str
) -> dict[str, Any]:
    """A case whose result is what our reader makes of the bytes."""
    return {
        "name": name,
        "kind": kind,
        "source": source,
        "flags": list(flags) or ["round-trip"],
        "bytes": data.hex(),
        "context": context,
        "result": READERS[kind](data, context),
    }


def published_slots() -> tuple[Slot, ...]:
    """The 120 slots of the example: key 80 whole, key 84 closed early, all others withheld."""
    slots: list[Slot] = [WithheldSlot(leaf) for leaf in leaves()]
    start = 2_833_344 - 84 * 24
    slots[80] = PublishedSlot(start + 24 * 80, 24, 24, bytes([80]) * 16)
    slots[84] = PublishedSlot(start + 24 * 84, 24, 7, bytes([84]) * 16)
    return tuple(slots)


def certificate() -> bytes:
    """The certificate of the example: signed for the example's commitment."""
    content = Certificate(commitment_of(SALT, leaves()), 19_675, NOW + 86_400)
    return sign_certificate(content, private_key("certificate"))


def upload() -> Upload:
    """The upload of the example."""
    return Upload(certificate(), SALT, published_slots())


def bodies() -> list[bytes]:
    """The bodies of three batches: empty, one key, two sections of ten."""
    ten = tuple(sorted(leaf_of(bytes([number]), 0, 1)[:16] for number in range(10)))
    return [
        b"",
        encode_body([Section(2_833_200, 24, (bytes(range(16)),))]),
        encode_body([Section(2_833_200, 24, ten), Section(2_833_224, 7, ten), Section(2_833_224, 24, ten)]),
    ]


def chain() -> list[SignedManifest]:
    """Three manifests, each signed by other roles."""
    signed: list[SignedManifest] = []
    head: Head | None = None
    for number, (body, roles) in enumerate(zip(bodies(), (ROLES, ROLES[:2], ROLES[1:]), strict=True)):
        manifest = next_manifest(head, region=REGION, time=NOW + number * 14_400, tek_period=24, body=body)
        signed.append(sign_manifest(manifest, [private_key(role) for role in roles]))
        head = manifest.head()
    return signed


def manifest_context(number: int) -> dict[str, Any]:
    """What a phone knows when manifest `number` (0-based) arrives."""
    context: dict[str, Any] = {"region": REGION, "signers": SIGNERS, "body": bodies()[number].hex()}
    if number:
        head = chain()[number - 1].manifest.head()
        context["head"] = {"seq": head.seq, "time": head.time, "hash": head.hash.hex()}
    return context


def region() -> Region:
    """The region of the example."""
    return Region(
        name='Tỉnh "Thử" nghiệm',
        number=REGION,
        address="https://bluezone.example/base",
        service_uuid=0x4E56,
        utc_offset_minutes=420,
        hotline="1900 0000",
        certificate_key=private_key("certificate").public_key(),
        time_key=private_key("time").public_key(),
        signers={role: private_key(role).public_key() for role in ROLES},
        configuration_signers={role: private_key("configuration " + role).public_key() for role in ROLES},
    )


def configuration() -> SignedConfiguration:
    """The configuration of the example: surge mode, signed by two roles."""
    content = Configuration(
        format=CONFIGURATION_FORMAT,
        region=REGION,
        version=3,
        issued_at=NOW,
        expires_at=NOW + 30 * 86_400,
        tek_period=144,
        tek_period_from=switch_interval(NOW),
        risk=RiskNumbers(alert_s=600.0),
    )
    return sign_configuration(content, [private_key("configuration " + role) for role in ROLES[:2]])


def calibrated() -> SignedConfiguration:
    """The next version of it, which also says how nearness is judged."""
    content = structs.replace(
        configuration().configuration, version=4, sensing=SensingNumbers("window", 0.4, -2.5)
    )
    return sign_configuration(content, [private_key("configuration " + role) for role in ROLES[:2]])


def configuration_context() -> dict[str, Any]:
    """What a phone knows when the configuration arrives."""
    return {
        "region_file": format_region(region()).encode().hex(),
        "signers": {role: public_hex("configuration " + role) for role in ROLES},
        "known_version": 2,
        "now": NOW,
    }


def _wire_cases() -> list[dict[str, Any]]:
    commitment = commitment_of(SALT, leaves())
    redemptions = {
        "cover": Redemption(RedemptionMode.COVER, bytes(8), commitment),
        "code": Redemption(RedemptionMode.CODE, CODE, commitment),
        "swab": Redemption(RedemptionMode.SWAB, bytes(8), commitment),
    }
    found = [
        case("redemption", f"redemption, {name}", "section 5.5", one.encode(), {})
        for name, one in redemptions.items()
    ]
    answers = [Answer(AnswerStatus.GOOD, certificate()), *(Answer(status) for status in AnswerStatus)]
    found += [
        case(
            "answer",
            f"answer {int(one.status)}{' with certificate' * (not n)}",
            "section 5.5",
            one.encode(),
            {},
        )
        for n, one in enumerate(answers)
    ]
    whole = case("upload", "upload of two keys", "section 5.5", upload().encode(), {})
    whole["result"]["sha256"] = sha256(upload().encode()).hexdigest()
    cover = case("upload", "cover upload", "section 5.7", encode_cover_upload(bytes(4089)), {}, "accepted")
    return [*found, whole, cover]


def cases() -> list[dict[str, Any]]:
    """All of them."""
    certified = {"key": public_hex("certificate"), "now": NOW}
    last_second = certified | {"now": NOW + 86_399}
    found = [
        case("certificate", "certificate", "section 5.4", certificate(), certified),
        case(
            "certificate",
            "certificate in its last second",
            "section 5.4",
            certificate(),
            last_second,
            "border",
        ),
        *_wire_cases(),
    ]
    found += [
        case("batch-body", f"body of batch {number}", "section 6", body, {})
        for number, body in enumerate(bodies(), 1)
    ]
    found += [
        case("manifest", f"manifest {number + 1}", "section 6", signed.encode(), manifest_context(number))
        for number, signed in enumerate(chain())
    ]
    found.append(
        case(
            "manifest",
            "manifest 3 for a phone that was away while 1 and 2 expired",
            "section 6",
            chain()[2].encode(),
            manifest_context(0) | {"body": bodies()[2].hex(), "first": 3},
            "accepted",
        )
    )
    index = BatchIndex(INDEX_FORMAT, REGION, 1, 126)
    return [
        *found,
        case("index", "index", "section 6", index.encode(), {"region": REGION}),
        case(
            "signed-time",
            "signed time",
            "section 7",
            sign_time(NONCE, NOW, private_key("time")),
            {"key": public_hex("time"), "nonce": NONCE.hex()},
        ),
        case(
            "configuration", "configuration", "section 6", configuration().encode(), configuration_context()
        ),
        case(
            "configuration",
            "configuration again in its last second",
            "section 6",
            configuration().encode(),
            configuration_context() | {"known_version": 3, "now": NOW + 30 * 86_400 - 1},
            "border",
        ),
        case(
            "configuration",
            "configuration with numbers of sensing",
            "section 6",
            calibrated().encode(),
            configuration_context(),
        ),
        case("region", "region file", "section 1", format_region(region()).encode(), {}),
    ]
