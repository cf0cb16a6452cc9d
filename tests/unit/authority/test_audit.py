"""T-10: a server that invents keys, drops them or bends them finds no auditor who signs."""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select

from bluezone.authority.audit_memory import read_memory, remember
from bluezone.authority.auditing import PATIENCE_S
from bluezone.authority.domain.audit import AuditReport, audit, check_memory
from bluezone.authority.errors import (
    AuditMemoryBroken,
    AuditRefused,
    BatchMissing,
    BatchNotPending,
    ObjectMissing,
)
from bluezone.authority.service import Authority
from bluezone.authority.settings import ServiceRules
from bluezone.authority.storage.tables import keys, upload_files
from bluezone.cli.authority import authority as command
from bluezone.clock import ManualClock
from bluezone.protocol.audit_bundle import MAX_BUNDLE_LENGTH, AuditBundle, BundledBatch, decode_bundle
from bluezone.protocol.batch import Section, decode_body, encode_body
from bluezone.protocol.errors import AuditBundleError, SignatureForeign, TooFewSigners
from bluezone.protocol.interval import DAY_S, INTERVAL_S
from bluezone.protocol.manifest import (
    Manifest,
    decode_manifest,
    sign_alone,
    sign_manifest,
    verify_signatures,
)
from bluezone.protocol.upload import encode_cover_upload
from tests.unit.authority.case import NOW, certified, make_case, published, running_authority, seeded

AUDITED = ServiceRules(require_auditor=True)


@asynccontextmanager
async def audited(rules: ServiceRules = AUDITED) -> AsyncIterator[tuple[Authority, ManualClock]]:
    """An authority whose batches wait for the auditor."""
    async with running_authority(rules=rules) as pair:
        yield pair


def judged(authority: Authority, bundle: AuditBundle) -> AuditReport:
    """What the auditor makes of a bundle, after its way as a file."""
    region = authority.region
    given = decode_bundle(bundle.encode())
    return audit(given, region=region.number, certificate_key=region.certificate_key)


def signature(authority: Authority, manifest: Manifest) -> bytes:
    """The auditor's; his key is in memory here, in other hands in life."""
    return sign_alone(manifest, authority._keys.signers["auditor"])


async def audit_and_publish(authority: Authority, seq: int) -> AuditReport:
    """What auditor and operator do with every batch."""
    report = judged(authority, await authority.auditing.bundle(seq))
    await authority.auditing.sign(seq, signature(authority, report.manifest))
    await authority.maintain()
    return report


async def kept_uploads(authority: Authority) -> int:
    query = select(func.count()).select_from(upload_files)
    return await authority._database.run(lambda conn: conn.scalar(query) or 0)


def rebuilt(bundle: AuditBundle, sections: list[Section], **fields: object) -> AuditBundle:
    """The bundle with another body, its manifest made to fit."""
    body = encode_body(sections)
    old = decode_manifest(bundle.batch.manifest + b"\0").manifest
    new = replace(old, body_hash=hashlib.sha256(body).digest(), body_length=len(body), **fields)  # type: ignore[arg-type]
    return msgspec.structs.replace(bundle, batch=BundledBatch(new.encode(), body))


async def test_an_honest_batch_waits_is_audited_and_published() -> None:
    async with audited() as (authority, clock):
        for seed in range(3):
            assert not (await published(authority, make_case(seed))).status
        assert await kept_uploads(authority) == 3
        await authority.build_batch()
        with pytest.raises(ObjectMissing):
            await authority.index()
        report = await audit_and_publish(authority, 1)
        assert (report.upload_count, report.real_count) == (3, 18)
        signed = decode_manifest((await authority.batch_file("00000001.manifest")).content)
        roles = verify_signatures(signed, authority.region.signers)
        assert roles == {"health_authority", "operator", "auditor"}
        # The running keys are held back; the uploads are kept until their batch was audited too.
        assert await kept_uploads(authority) == 3
        clock.advance(14_400)
        await authority.build_batch()
        bundle = await authority.auditing.bundle(2)
        assert (len(bundle.uploads), len(bundle.earlier)) == (3, 1)
        assert (await audit_and_publish(authority, 2)).real_count == 3
        assert await kept_uploads(authority) == 0


async def test_without_the_rule_nothing_waits_and_no_upload_is_kept() -> None:
    async with running_authority() as (authority, _):
        await published(authority, make_case())
        assert await kept_uploads(authority) == 0
        await authority.build_batch()
        await authority.index()
        with pytest.raises(BatchNotPending):
            await authority.auditing.bundle(1)
        with pytest.raises(BatchMissing):
            await authority.auditing.bundle(2)


async def test_t10_keys_that_the_server_invents_are_named_by_a_hash_only() -> None:
    async with audited() as (authority, _):
        await published(authority, make_case())
        invented = [seeded(100 + number)(16) for number in range(25)]
        start = NOW // INTERVAL_S // 24 * 24 - 48
        row = [{"tek": tek, "rolling_start": start, "rolling_period": 24} for tek in invented]
        await authority._database.run(lambda conn: conn.execute(keys.insert(), row) and None)
        await authority.build_batch()
        with pytest.raises(AuditRefused, match="nobody's") as caught:
            judged(authority, await authority.auditing.bundle(1))
        assert len(caught.value.findings) == 25
        assert len(re.findall(r"key [0-9a-f]{16} is", str(caught.value))) == 20
        assert "and 5 more" in str(caught.value)
        assert not any(tek.hex() in "".join(caught.value.findings) for tek in invented)


async def test_t10_2000_invented_keys_hit_nobody_and_are_all_refused() -> None:
    async with audited() as (authority, _):
        await authority.build_batch()
        bundle = await authority.auditing.bundle(1)
        draw = random.Random(10)
        first, *rest = decode_body(bundle.batch.body)
        teks = tuple(sorted({*first.teks, *(draw.randbytes(16) for _ in range(2000))}))
        with pytest.raises(AuditRefused) as caught:
            judged(authority, rebuilt(bundle, [replace(first, teks=teks), *rest]))
        assert len(caught.value.findings) == 2000


async def one_case(authority: Authority) -> AuditBundle:
    await published(authority, make_case())
    await authority.build_batch()
    return await authority.auditing.bundle(1)


def without_real(bundle: AuditBundle) -> AuditBundle:
    teks = make_case().teks
    sections = [
        replace(section, teks=tuple(tek for tek in section.teks if tek not in teks))
        for section in decode_body(bundle.batch.body)
    ]
    return rebuilt(bundle, sections)


def moved(bundle: AuditBundle) -> AuditBundle:
    """A real key in the section of another window: its contacts of that window would be warned."""
    sections = decode_body(bundle.batch.body)
    tek = next(slot.tek for slot in make_case().slots[:1])  # type: ignore[union-attr]
    other = next(s for s in sections if s.rolling_period == 24 and tek not in s.teks)
    return rebuilt(
        bundle,
        [replace(s, teks=tuple(sorted({*s.teks, tek}))) if s is other else s for s in sections],
    )


def with_uploads(bundle: AuditBundle, *uploads: bytes) -> AuditBundle:
    return msgspec.structs.replace(bundle, uploads=uploads)


def forged(bundle: AuditBundle) -> AuditBundle:
    """The server makes up a case, and signs its certificate with a key of its own."""
    own = Ed25519PrivateKey.from_private_bytes(b"s" * 32)
    return with_uploads(bundle, certified(make_case(), own))


def other_slots(bundle: AuditBundle) -> AuditBundle:
    """A real certificate with other keys: the commitment does not open."""
    certificate = bundle.uploads[0][7 : 7 + 109]
    return with_uploads(bundle, make_case().changed(1, tek=b"celebrity's tek!").upload(certificate).encode())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (without_real, "of an accepted upload is missing"),
        (moved, "nobody's"),
        (forged, "did not sign this certificate"),
        (other_slots, "not the keys that were certified"),
        (with_uploads, "nobody's"),
        (lambda bundle: with_uploads(bundle, *bundle.uploads * 2), "repeats a certificate"),
        (lambda bundle: with_uploads(bundle, encode_cover_upload(bytes(4089))), "cover traffic"),
        (lambda bundle: with_uploads(bundle, bytes(4096)), "not an upload of protocol version 1"),
        (lambda bundle: msgspec.structs.replace(bundle, secret=bytes(32)), "nobody's"),
        (
            lambda bundle: msgspec.structs.replace(bundle, batch=BundledBatch(bundle.batch.manifest, b"")),
            "read",
        ),
        (lambda bundle: rebuilt(bundle, decode_body(bundle.batch.body), region=85), "region 85"),
        (lambda bundle: rebuilt(bundle, decode_body(bundle.batch.body), time=NOW - 90_000), "nobody's|after"),
        (lambda bundle: msgspec.structs.replace(bundle, earlier=(bundle.batch,)), "do not lead to this one"),
    ],
)
async def test_a_bundle_that_does_not_hold(change: object, words: str) -> None:
    assert callable(change)
    async with audited() as (authority, _):
        bundle = await one_case(authority)
        assert judged(authority, bundle).real_count == 6
        with pytest.raises(AuditRefused, match=words):
            judged(authority, change(bundle))


async def test_a_key_that_was_published_before_cannot_come_again_nor_be_dropped() -> None:
    async with audited() as (authority, clock):
        await published(authority, make_case())
        await authority.build_batch()
        await audit_and_publish(authority, 1)
        clock.advance(14_400)
        await authority.build_batch()
        bundle = await authority.auditing.bundle(2)
        with pytest.raises(AuditRefused, match="is missing"):
            judged(authority, msgspec.structs.replace(bundle, earlier=()))
        slot = make_case().slots[0]
        sections = [
            replace(s, teks=tuple(sorted({*s.teks, slot.tek})))  # type: ignore[union-attr]
            if (s.rolling_start, s.rolling_period) == (slot.rolling_start, 24)  # type: ignore[union-attr]
            else s
            for s in decode_body(bundle.batch.body)
        ]
        with pytest.raises(AuditRefused, match="already in an earlier batch"):
            judged(authority, rebuilt(bundle, sections))


async def test_only_the_auditor_s_signature_of_this_batch_counts() -> None:
    async with audited() as (authority, _):
        await authority.build_batch()
        manifest = judged(authority, await authority.auditing.bundle(1)).manifest
        operator = sign_alone(manifest, authority._keys.signers["operator"])
        other = signature(authority, replace(manifest, seq=2, previous=b"p" * 32))
        good = signature(authority, manifest)
        for wrong in (b"", operator, other, good[:-1], good + b"\0", good[:8] + bytes(64)):
            with pytest.raises(SignatureForeign):
                await authority.auditing.sign(1, wrong)
        await authority.auditing.sign(1, good)
        with pytest.raises(BatchNotPending):
            await authority.auditing.sign(1, good)


async def test_batches_are_published_in_order_whichever_is_signed_first() -> None:
    async with audited() as (authority, clock):
        for _ in range(2):
            await authority.build_batch()
            clock.advance(14_400)
        await audit_and_publish(authority, 2)
        with pytest.raises(ObjectMissing):
            await authority.index()
        await audit_and_publish(authority, 1)
        assert b'"first":1,"last":2' in (await authority.index()).content


async def test_a_refused_batch_is_taken_back_and_its_keys_come_in_the_next() -> None:
    async with audited() as (authority, clock):
        await published(authority, make_case())
        await authority.build_batch()
        clock.advance(14_400)
        await authority.build_batch()
        assert await authority.auditing.withdraw(1) == [1, 2]
        assert await authority.build_batch() == 1
        assert (await audit_and_publish(authority, 1)).real_count == 7
        with pytest.raises(BatchNotPending):
            await authority.auditing.withdraw(1)


async def test_no_upload_outlives_its_keys_even_if_nobody_ever_signs() -> None:
    async with audited() as (authority, clock):
        await published(authority, make_case())
        for _ in range(3):
            await authority.build_batch()
            clock.advance(14_400)
        assert await kept_uploads(authority) == 1
        clock.advance(22 * DAY_S)
        await authority.build_batch()
        assert await kept_uploads(authority) == 0


@pytest.mark.parametrize(("timeout_s", "published_late"), [(0, False), (7200, True)])
async def test_what_happens_when_the_auditor_does_not_answer(timeout_s: int, published_late: bool) -> None:
    async with audited(ServiceRules(require_auditor=True, auditor_timeout_s=timeout_s)) as (authority, clock):
        await authority.build_batch()
        clock.advance(PATIENCE_S + 1)
        await authority.maintain()
        assert "Batch 1 has waited" in (await authority.health()).problems[0]
        clock.advance(3600)
        await authority.maintain()
        assert (not (await authority.health()).problems) is published_late
        if published_late:
            signed = decode_manifest((await authority.batch_file("00000001.manifest")).content)
            assert verify_signatures(signed, authority.region.signers) == {"health_authority", "operator"}


async def test_t10_a_phone_refuses_a_batch_that_one_role_signed() -> None:
    async with audited() as (authority, _):
        await authority.build_batch()
        manifest = judged(authority, await authority.auditing.bundle(1)).manifest
        with pytest.raises(TooFewSigners):
            verify_signatures(
                sign_manifest(manifest, [authority._keys.signers["operator"]]), authority.region.signers
            )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[" * 100_000,
        b'{"format":"bz1-audit-2","batch":{"manifest":"","body":""},"secret":"","uploads":[],"earlier":[]}',
        b"\xff",
    ],
)
def test_a_bundle_that_is_none(data: bytes) -> None:
    with pytest.raises(AuditBundleError):
        decode_bundle(data)


async def test_limits_and_secrecy_of_a_bundle() -> None:
    async with audited() as (authority, _):
        bundle = await one_case(authority)
        assert repr(bundle) == "AuditBundle(1 uploads)"
        for field in ("secret", "uploads", "batch"):
            broken = msgspec.json.decode(bundle.encode())
            broken[field] = "AAAA" if field == "secret" else ["AAAA"] if field == "uploads" else {}
            with pytest.raises(AuditBundleError):
                decode_bundle(msgspec.json.encode(broken))
        with pytest.raises(AuditBundleError):
            decode_bundle(msgspec.json.encode(bundle).replace(b"bz1-audit-1", b"bz1-audit-9"))
    assert MAX_BUNDLE_LENGTH > 64 * 1024 * 1024


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def test_by_command(tmp_path: Path) -> None:
    home, away = tmp_path / "home", tmp_path / "auditor.key"
    assert run("init", "--home", home).exit_code == 0
    settings = home / "authority.toml"
    settings.write_text(settings.read_text().replace("require_auditor = false", "require_auditor = true"))
    (home / "keys" / "auditor.key").rename(away)
    built = run("batch", "build", "--home", home)
    assert "waits for the auditor" in built.output
    bundle = tmp_path / "1.bundle"
    made = run("batch", "bundle", "--home", home, "--seq", "1", "--out", bundle)
    assert (made.exit_code, bundle.stat().st_mode & 0o777) == (0, 0o600)
    assert run("batch", "bundle", "--home", home, "--seq", "1", "--out", bundle).exit_code == 1
    audit_command = ("audit", "--bundle", bundle, "--region", home / "region.toml", "--key")
    foreign = run(*audit_command, home / "keys" / "operator.key")
    assert (foreign.exit_code, "key-file" in foreign.output) == (1, True)
    assert "every one is explained" in run(*audit_command, away).output
    assert run(*audit_command, away).exit_code == 0, "the same batch may be signed again"
    sign = ("batch", "sign", "--home", home, "--signature", tmp_path / "1.signature", "--seq")
    assert run(*sign, "1").exit_code == 0
    again = run(*sign, "1")
    assert (again.exit_code, "batch-not-pending" in again.output) == (1, True)
    missing = run(*sign, "7")
    assert (missing.exit_code, "batch-missing" in missing.output) == (1, True)
    assert run("status", "--home", home).exit_code == 0
    assert run("batch", "build", "--home", home).exit_code == 0
    second = tmp_path / "2.bundle"
    run("batch", "bundle", "--home", home, "--seq", "2", "--out", second)
    assert run("audit", "--bundle", second, "--region", home / "region.toml", "--key", away).exit_code == 0
    assert "Took back 2" in run("batch", "withdraw", "--home", home, "--seq", "2").output
    assert run("batch", "build", "--home", home).exit_code == 0
    run("batch", "bundle", "--home", home, "--seq", "2", "--out", tmp_path / "other.bundle")
    words = ("audit", "--bundle", tmp_path / "other.bundle", "--region", home / "region.toml", "--key", away)
    other = run(*words)
    assert (other.exit_code, "another batch with this number" in other.output) == (1, True)
    assert not (tmp_path / "other.signature").exists()
    bundle.write_bytes(b"{}")
    broken = run(*audit_command, away)
    assert (broken.exit_code, "audit-bundle" in broken.output) == (1, True)


class TestMemory:
    """An auditor signs one number once, and only what follows on what was signed."""

    MANIFEST = Manifest(84, 7, NOW, 24, b"p" * 32, b"b" * 32, 0)

    def test_the_same_batch_and_the_next_one_are_signed(self) -> None:
        head = self.MANIFEST.head().hash
        check_memory(self.MANIFEST, {})
        check_memory(self.MANIFEST, {6: b"p" * 32, 7: head})
        check_memory(replace(self.MANIFEST, seq=8, previous=head), {7: head})

    def test_another_batch_with_a_signed_number_is_refused(self) -> None:
        with pytest.raises(AuditRefused, match="another batch with this number"):
            check_memory(self.MANIFEST, {7: b"x" * 32})

    def test_a_batch_that_does_not_follow_is_refused(self) -> None:
        with pytest.raises(AuditRefused, match="does not follow"):
            check_memory(self.MANIFEST, {6: b"x" * 32})

    def test_it_is_kept_line_by_line(self, tmp_path: Path) -> None:
        path = tmp_path / "signed.txt"
        assert read_memory(path) == {}
        remember(path, 1, b"a" * 32)
        remember(path, 2, b"b" * 32)
        assert read_memory(path) == {1: b"a" * 32, 2: b"b" * 32}

    @pytest.mark.parametrize(
        "text", ["1\n", "1 ab\n", f"1 {'0' * 64}\n1 {'0' * 64}\n", f"-1 {'0' * 64}\n", "\u00e9\n", "\n"]
    )
    def test_a_broken_file_is_refused_with_its_line(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "signed.txt"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(AuditMemoryBroken, match="line"):
            read_memory(path)

    def test_a_file_that_cannot_be_written_stops_the_signature(self, tmp_path: Path) -> None:
        with pytest.raises(AuditMemoryBroken):
            remember(tmp_path / "missing" / "signed.txt", 1, b"a" * 32)
        with pytest.raises(AuditMemoryBroken):
            read_memory(tmp_path)
