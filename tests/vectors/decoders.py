"""How each kind of vector is read back: bytes and context in, plain values out, or a ProtocolError."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bluezone.protocol.advertisement import parse_advertisement
from bluezone.protocol.batch import decode_body
from bluezone.protocol.batch_index import decode_index
from bluezone.protocol.certificate import verify_certificate
from bluezone.protocol.configuration import accept_configuration
from bluezone.protocol.diagnosis_key import check_period
from bluezone.protocol.manifest import Head, check_body, check_successor, decode_manifest, verify_signatures
from bluezone.protocol.region import parse_region
from bluezone.protocol.signed_time import verify_time
from bluezone.protocol.upload import PublishedSlot, decode_answer, decode_redemption, decode_upload
from bluezone.protocol.verification_code import parse_code

Context = dict[str, Any]


def public_key(hex_digits: str) -> Ed25519PublicKey:
    """A public key from its 64 hex digits."""
    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(hex_digits))


def read_advertisement(data: bytes, context: Context) -> Context:
    """AD structures as heard."""
    payload = parse_advertisement(data, int(context.get("service_uuid", "4e56"), 16))
    return {
        "visible": payload.visible.hex(),
        "masked_metadata": payload.masked_metadata,
        "time_tag": payload.time_tag.hex(),
        "place_tag": payload.place_tag.hex(),
    }


def read_code(data: bytes, _context: Context) -> Context:
    """The digits of a code, as a person typed them, in UTF-8."""
    return {"code": parse_code(data.decode()).hex()}


def read_certificate(data: bytes, context: Context) -> Context:
    """109 bytes, at an instant."""
    found = verify_certificate(data, public_key(context["key"]), context["now"])
    return {
        "commitment": found.commitment.hex(),
        "onset_day": found.onset_day,
        "expires_at": found.expires_at,
    }


def read_upload(data: bytes, _context: Context) -> Context:
    """A publish request."""
    found = decode_upload(data)
    if found is None:
        return {"cover": True}
    keys = [
        {
            "slot": number,
            "rolling_start": slot.rolling_start,
            "committed_period": slot.committed_period,
            "period": slot.period,
            "tek": slot.tek.hex(),
        }
        for number, slot in enumerate(found.slots)
        if isinstance(slot, PublishedSlot)
    ]
    return {"commitment": found.commitment().hex(), "salt": found.salt.hex(), "published": keys}


def read_redemption(data: bytes, _context: Context) -> Context:
    """48 bytes."""
    found = decode_redemption(data)
    return {"mode": int(found.mode), "code": found.code.hex(), "commitment": found.commitment.hex()}


def read_answer(data: bytes, _context: Context) -> Context:
    """128 bytes."""
    found = decode_answer(data)
    return {"status": int(found.status), "certificate": found.certificate.hex()}


def read_body(data: bytes, _context: Context) -> Context:
    """The body of a batch."""
    sections = [
        {"rolling_start": one.rolling_start, "rolling_period": one.rolling_period, "keys": len(one.teks)}
        for one in decode_body(data)
    ]
    return {"sections": sections}


def read_manifest(data: bytes, context: Context) -> Context:
    """A `.manifest` file: form, signatures, place in the chain, body."""
    signed = decode_manifest(data)
    roles = {role: public_key(key) for role, key in context["signers"].items()}
    signers = verify_signatures(signed, roles)
    head = context.get("head")
    known = Head(head["seq"], head["time"], bytes.fromhex(head["hash"])) if head else None
    check_successor(signed.manifest, context["region"], known, context.get("first", 1))
    if "body" in context:
        check_body(signed.manifest, bytes.fromhex(context["body"]))
    manifest = signed.manifest
    return {
        "seq": manifest.seq,
        "time": manifest.time,
        "tek_period": manifest.tek_period,
        "previous": manifest.previous.hex(),
        "body_hash": manifest.body_hash.hex(),
        "body_length": manifest.body_length,
        "signers": sorted(signers),
        "head": manifest.head().hash.hex(),
    }


def read_index(data: bytes, context: Context) -> Context:
    """The index of batches."""
    found = decode_index(data, context["region"])
    return {"first": found.first, "last": found.last}


def read_time(data: bytes, context: Context) -> Context:
    """An answer of the time service."""
    return {"time": verify_time(data, bytes.fromhex(context["nonce"]), public_key(context["key"]))}


def read_region(data: bytes, _context: Context) -> Context:
    """region.toml, in UTF-8."""
    found = parse_region(data.decode())
    return {
        "name": found.name,
        "number": found.number,
        "address": found.address,
        "service_uuid": f"{found.service_uuid:04x}",
        "utc_offset_minutes": found.utc_offset_minutes,
        "signers": {role: key.public_bytes_raw().hex() for role, key in found.signers.items()},
    }


def read_configuration(data: bytes, context: Context) -> Context:
    """The signed configuration, as a phone takes it."""
    keys = {role: public_key(key) for role, key in context["signers"].items()}
    region = replace(parse_region(bytes.fromhex(context["region_file"]).decode()), configuration_signers=keys)
    found = accept_configuration(data, region, context.get("known_version"), context["now"])
    # Absent where the file leaves it out, as every file before it did.
    sensing = {} if found.sensing is msgspec.UNSET else {"sensing": msgspec.to_builtins(found.sensing)}
    return sensing | {
        "version": found.version,
        "issued_at": found.issued_at,
        "expires_at": found.expires_at,
        "tek_period": found.tek_period,
        "tek_period_from": found.tek_period_from,
        "alert_s": found.risk.alert_s,
    }


def read_key_period(_data: bytes, context: Context) -> Context:
    """A start and period of a key, which have no bytes of their own."""
    check_period(context["rolling_start"], context["rolling_period"])
    return {}


READERS: dict[str, Callable[[bytes, Context], Context]] = {
    "advertisement": read_advertisement,
    "code": read_code,
    "certificate": read_certificate,
    "upload": read_upload,
    "redemption": read_redemption,
    "answer": read_answer,
    "batch-body": read_body,
    "manifest": read_manifest,
    "index": read_index,
    "signed-time": read_time,
    "region": read_region,
    "configuration": read_configuration,
    "key-period": read_key_period,
}
