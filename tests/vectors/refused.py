"""Vectors that must be refused, each with the code of its error written by hand."""

from __future__ import annotations

from typing import Any

from msgspec import structs

from bluezone.cli.protocol import AT, DBM_AT_1M, TEK
from bluezone.protocol.advertisement import build_payload, encode_advertisement
from bluezone.protocol.configuration import SensingNumbers, sign_configuration
from bluezone.protocol.interval import MAX_U32, minute_of
from bluezone.protocol.keys import TemporaryExposureKey, full_identifier
from bluezone.protocol.manifest import SignedManifest, next_manifest, sign_manifest
from bluezone.protocol.region import ROLES, format_region
from bluezone.protocol.signed_time import sign_time
from bluezone.protocol.upload import Answer, AnswerStatus
from tests.vectors import signed


def refusal(
    kind: str, name: str, source: str, error: str, data: bytes, context: dict[str, Any] | None = None
) -> dict[str, Any]:
    """One case."""
    return {
        "name": name,
        "kind": kind,
        "source": source,
        "flags": ["invalid"],
        "bytes": data.hex(),
        "context": context or {},
        "error": error,
    }


def changed(data: bytes, at: int, value: int | None = None) -> bytes:
    """The same bytes with one of them set, or all its bits flipped."""
    new = data[at] ^ 0xFF if value is None else value
    return data[:at] + bytes([new]) + data[at + 1 :]


def _air() -> list[dict[str, Any]]:
    minute = minute_of(AT)
    identifier = full_identifier(TemporaryExposureKey(TEK), minute // 10)
    good = encode_advertisement(build_payload(identifier, minute, DBM_AT_1M))
    service_data = good[7:]
    malformed = {
        "truncated by a byte": good[:-1],
        "truncated inside the header of a structure": good[:8],
        "our service data twice": good + service_data,
        "service data one byte short": b"\x16" + service_data[1:-1],
        "service data one byte long": b"\x18" + service_data[1:] + b"\x00",
        "service data without payload": bytes.fromhex("0316564e"),
        "version 0": changed(good, 11, 0x00),
        "version 2": changed(good, 11, 0x80),
        "reserved bit": changed(good, 11, 0x41),
        "a length of 255": b"\xff" + good,
        "256 bytes": bytes(256),
    }
    foreign = {
        "nothing": b"",
        "only flags": good[:3],
        "another UUID": good.replace(bytes.fromhex("1716564e"), bytes.fromhex("17166ffd")),
        "our data after the end": good[:7] + b"\x00" + service_data,
        "our UUID in a 128-bit element": b"\x17\x21" + service_data[2:],
        "a service data element that is cut to one UUID byte": bytes.fromhex("021656"),
    }
    source = "section 3"
    return [
        refusal("advertisement", f"air: {name}", source, "advertisement-malformed", data)
        for name, data in malformed.items()
    ] + [
        refusal("advertisement", f"air: {name}", source, "advertisement-not-ours", data)
        for name, data in foreign.items()
    ]


def _small() -> list[dict[str, Any]]:
    periods = {"zero": (0, 0), "145": (0, 145), "over midnight": (2_833_200 + 143, 2), "late": (MAX_U32, 1)}
    codes = {"check digit": "000820C20A1G7Z", "13 digits": "000820C20A1G7", "U": "U00820C20A1G7Y"}
    codes |= {"65 bits": "200820C20A1G7Y", "empty": "", "65 characters": "0" * 65}
    whole = signed.certificate()
    context = {"key": signed.public_hex("certificate"), "now": signed.NOW}
    late = context | {"now": signed.NOW + 86_400}
    return [
        *(
            refusal(
                "key-period",
                f"key period, {name}",
                "section 2",
                "key-material",
                b"",
                {"rolling_start": start, "rolling_period": period},
            )
            for name, (start, period) in periods.items()
        ),
        *(
            refusal("code", f"code, {name}", "section 5.2", "code-mistyped", typed.encode())
            for name, typed in codes.items()
        ),
        refusal(
            "certificate", "certificate, short", "section 5.4", "certificate-malformed", whole[:-1], context
        ),
        refusal(
            "certificate",
            "certificate, magic",
            "section 5.4",
            "certificate-malformed",
            changed(whole, 0),
            context,
        ),
        refusal(
            "certificate", "certificate, C", "section 5.4", "certificate-forged", changed(whole, 7), context
        ),
        refusal(
            "certificate",
            "certificate, expiry",
            "section 5.4",
            "certificate-forged",
            changed(whole, 41),
            context,
        ),
        refusal("certificate", "certificate, 24 h later", "section 5.4", "certificate-expired", whole, late),
    ]


def _wire() -> list[dict[str, Any]]:
    upload = signed.upload().encode()
    first_slot = 7 + 109 + 16
    uploads = {
        "4095 bytes": upload[:-1],
        "4097 bytes": upload + b"\x00",
        "nothing": b"",
        "magic": changed(upload, 0),
        "padding at the end": changed(upload, 4095),
        "slot kind 2": changed(upload, first_slot, 2),
        "padding of a key": changed(upload, first_slot + 80 * 33 + 32),
    }
    swab = b"BZ1-RED\x02" + bytes(7) + b"\x01" + bytes(32)
    redemptions = {
        "47 bytes": swab[:-1],
        "magic": changed(swab, 0),
        "mode 3": changed(swab, 7, 3),
        "swab with a code": swab,
    }
    answer = Answer(AnswerStatus.GOOD).encode()
    answers = {"127 bytes": answer[:-1], "status 255": changed(answer, 0), "padding": changed(answer, 127)}
    return [
        *(
            refusal("upload", f"upload, {n}", "section 5.5", "upload-malformed", d)
            for n, d in uploads.items()
        ),
        *(
            refusal("redemption", f"redemption, {n}", "section 5.5", "redemption-malformed", d)
            for n, d in redemptions.items()
        ),
        *(
            refusal("answer", f"answer, {n}", "section 5.5", "redemption-malformed", d)
            for n, d in answers.items()
        ),
    ]


def _batches() -> list[dict[str, Any]]:
    one = signed.bodies()[1]
    start, period, count = one[:4], one[4:5], one[5:9]
    key, next_key = one[9:], changed(one[9:], 0, 0xFF)
    bodies = {
        "cut inside a header": one + start,
        "cut inside a key": one[:-1],
        "an empty section": start + period + bytes(4),
        "a section twice": one + one,
        "sections in descending order": start + b"\x18" + count + key + start + b"\x17" + count + key,
        "a key twice": start + period + b"\x02\x00\x00\x00" + key + key,
        "keys in descending order": start + period + b"\x02\x00\x00\x00" + next_key + key,
        "period 0": start + b"\x00" + count + key,
        "period 145": start + b"\x91" + count + key,
        "over midnight": (2_833_343).to_bytes(4, "little") + b"\x02" + count + key,
        "four billion keys": start + period + b"\xff\xff\xff\xff" + key,
    }
    return [
        refusal("batch-body", f"body, {name}", "section 6", "batch-body-malformed", data)
        for name, data in bodies.items()
    ]


def _manifest_forms() -> list[dict[str, Any]]:
    second = signed.chain()[1].encode()
    context = signed.manifest_context(1)
    pair, last = second[88:160], second[160:]
    forms = {
        "empty": b"",
        "magic": changed(second, 0),
        "86 bytes": second[:86],
        "one byte short": second[:-1],
        "one byte long": second + b"\x00",
        "a signer twice": second[:88] + pair + pair,
        "signers in descending order": second[:88] + last + pair,
        "seq 0": changed(second, 6, 0),
        "tek_period 25": changed(second, 18, 25),
        "no predecessor": second[:19] + bytes(32) + second[51:],
        "length over 64 MiB": second[:83] + b"\x01\x00\x00\x04" + second[87:],
        "17 signatures": second[:87] + b"\x11" + bytes(17 * 72),
    }
    return [
        refusal("manifest", f"manifest, {name}", "section 6", "manifest-malformed", data, context)
        for name, data in forms.items()
    ]


def _manifest_chain() -> list[dict[str, Any]]:
    chain, context = signed.chain(), signed.manifest_context(1)
    second = chain[1]
    one_signer = SignedManifest(second.manifest, second.signatures[:1])
    forged = SignedManifest(second.manifest, tuple((k, changed(s, 0)) for k, s in second.signatures))
    strangers = sign_manifest(second.manifest, [signed.private_key(n) for n in ("certificate", "time")])
    old = next_manifest(
        chain[0].manifest.head(), region=84, time=signed.NOW, tek_period=24, body=signed.bodies()[1]
    )
    keys = [signed.private_key(role) for role in ("operator", "auditor")]
    other = sign_manifest(old, keys)
    late_head = context["head"] | {"time": second.manifest.time + 1}
    other_head = context["head"] | {"hash": "00" * 32}
    split_head = {"seq": 2, "time": second.manifest.time, "hash": other.manifest.head().hash.hex()}
    third = signed.manifest_context(2)
    return [
        refusal("manifest", f"manifest, {name}", "section 6", error, data.encode(), context | more)
        for name, error, data, more in (
            ("one signer", "manifest-too-few-signers", one_signer, {}),
            ("two forged signatures", "manifest-too-few-signers", forged, {}),
            ("two strangers", "manifest-too-few-signers", strangers, {}),
            ("another region", "manifest-wrong-region", second, {"region": 85}),
            ("a gap", "manifest-sequence", chain[2], {"body": third["body"]}),
            ("an old one again", "manifest-sequence", chain[0], {}),
            ("another predecessor", "manifest-previous", second, {"head": other_head}),
            ("time going back", "manifest-time-back", second, {"head": late_head}),
            ("two of one number", "manifest-split-view", second, {"head": split_head}),
            ("another body", "batch-body-mismatch", second, {"body": third["body"]}),
            ("a cut body", "batch-body-mismatch", second, {"body": context["body"][:-2]}),
        )
    ]


def _rest() -> list[dict[str, Any]]:
    index = {
        "not JSON": b"{",
        "another format": b'{"format":"bz1-index-2","region":84,"first":1,"last":2}',
        "another region": b'{"format":"bz1-index-1","region":85,"first":1,"last":2}',
        "first after last": b'{"format":"bz1-index-1","region":84,"first":3,"last":2}',
        "a field too many": b'{"format":"bz1-index-1","region":84,"first":1,"last":2,"x":1}',
        "a field missing": b'{"format":"bz1-index-1","region":84,"first":1}',
        "seq 0": b'{"format":"bz1-index-1","region":84,"first":0,"last":2}',
        "a number over 32 bits": b'{"format":"bz1-index-1","region":84,"first":1,"last":4294967296}',
        "4097 bytes": b'{"format":"bz1-index-1","region":84,"first":1,"last":2}' + b" " * 4042,
    }
    answer = sign_time(signed.NONCE, signed.NOW, signed.private_key("time"))
    context = {"key": signed.public_hex("time"), "nonce": signed.NONCE.hex()}
    text = format_region(signed.region())
    regions = {
        "not TOML": "name =",
        "a field missing": text.replace("number = 84\n", ""),
        "a field too many": 'more = "x"\n' + text,
        "one key in two roles": text.replace(signed.public_hex("auditor"), signed.public_hex("operator")),
        "plain HTTP": text.replace("https://", "http://"),
        "a user in the address": text.replace("https://", "https://me@"),
        "a short key": text.replace(signed.public_hex("time"), signed.public_hex("time")[:-2]),
    }
    return [
        *(
            refusal("index", f"index, {n}", "section 6", "batch-index-malformed", d, {"region": 84})
            for n, d in index.items()
        ),
        *(
            refusal("signed-time", f"signed time, {n}", "section 7", "signed-time", d, context | more)
            for n, d, more in (
                ("95 bytes", answer[:-1], {}),
                ("magic", changed(answer, 0), {}),
                ("another nonce", answer, {"nonce": "00" * 16}),
                ("time changed", changed(answer, 24), {}),
                ("another key", answer, {"key": signed.public_hex("certificate")}),
            )
        ),
        *(
            refusal("region", f"region file, {n}", "section 1", "region-file", t.encode())
            for n, t in regions.items()
        ),
    ]


def _configurations() -> list[dict[str, Any]]:
    whole, context = signed.configuration(), signed.configuration_context()
    data, found = whole.encode(), whole.configuration

    def other(**fields: Any) -> bytes:
        """Signed rightly, but with other content."""
        keys = [signed.private_key("configuration " + role) for role in ROLES[:2]]
        return sign_configuration(structs.replace(found, **fields), keys).encode()

    one = sign_configuration(found, [signed.private_key("configuration operator")])
    batch_keys = [signed.private_key(role) for role in ROLES]
    spaced = data.replace(b'{"format"', b'{ "format"', 1)
    spaced = spaced[:7] + (int.from_bytes(data[7:9], "little") + 1).to_bytes(2, "little") + spaced[9:]
    late = {"now": found.expires_at}
    malformed, few = "configuration-malformed", "configuration-too-few-signers"
    return [
        refusal("configuration", f"configuration, {name}", "section 6", error, bytes_, context | more)
        for name, error, bytes_, more in (
            ("nothing", malformed, b"", {}),
            ("magic", malformed, changed(data, 0), {}),
            ("a byte short", malformed, data[:-1], {}),
            ("a byte long", malformed, data + b"\0", {}),
            ("a space in the JSON", malformed, spaced, {}),
            ("signatures exchanged", malformed, data[:-144] + data[-72:] + data[-144:-72], {}),
            ("one signature twice", malformed, data[:-72] + data[-144:-72], {}),
            ("another format", malformed, other(format="bz1-configuration-2"), {}),
            ("a period of 25", malformed, other(tek_period=25), {}),
            ("a switch off midnight", malformed, other(tek_period_from=found.tek_period_from + 1), {}),
            ("expired before it was issued", malformed, other(expires_at=found.issued_at), {}),
            ("valid for 367 days", malformed, other(expires_at=found.issued_at + 367 * 86_400), {}),
            ("an alert after no time", malformed, other(risk=structs.replace(found.risk, alert_s=0.0)), {}),
            ("a probability of 0", malformed, other(sensing=SensingNumbers(near_probability=0.0)), {}),
            ("version 0", malformed, other(version=0), {}),
            ("another region", "configuration-wrong-region", other(region=85), {}),
            ("one signer", few, one.encode(), {}),
            ("the keys of batches", few, sign_configuration(found, batch_keys).encode(), {}),
            ("a signature changed", few, changed(data, len(data) - 1), {}),
            ("an older version", "configuration-old", data, {"known_version": 4}),
            ("expired", "configuration-expired", data, late),
        )
    ]


def cases() -> list[dict[str, Any]]:
    """All of them."""
    return [
        *_air(),
        *_small(),
        *_wire(),
        *_batches(),
        *_manifest_forms(),
        *_manifest_chain(),
        *_rest(),
        *_configurations(),
    ]
