"""Releasing a batch: what was checked is what goes out, whatever other processes do in between."""

from __future__ import annotations

import itertools

import pytest

from bluezone.authority.service import Authority
from bluezone.authority.settings import ServiceRules
from bluezone.authority.storage import audit
from bluezone.clock import ManualClock
from bluezone.protocol.errors import SignatureForeign
from bluezone.protocol.manifest import Manifest, decode_manifest, sign_alone, verify_signatures
from tests.unit.authority.case import NOW, running_authority

AUDITED = ServiceRules(require_auditor=True)


async def waiting(authority: Authority) -> Manifest:
    """The one batch that waits."""
    (signed,) = await authority._database.run(audit.pending)
    return signed.manifest


async def signed_by_auditor(authority: Authority) -> bytes:
    """The auditor's signature of the batch that waits; his key is in memory here, in other hands in life."""
    return sign_alone(await waiting(authority), authority._keys.signers["auditor"])


async def exchange(authority: Authority, clock: ManualClock) -> None:
    """Somebody takes batch 1 back, and the service builds another one with its number."""
    await authority.auditing.withdraw(1)
    clock.advance(3600)
    await authority.build_batch()


async def test_a_signature_never_releases_a_batch_that_took_the_number_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with running_authority(rules=AUDITED) as (authority, clock):
        await authority.build_batch()
        given = await signed_by_auditor(authority)
        run, steps = authority._database.run, itertools.count(1)

        async def interrupted(call: object) -> object:
            # Between any two looks at the database another process may do this.
            if next(steps) == 2:
                with monkeypatch.context() as quiet:
                    quiet.setattr(authority._database, "run", run)
                    await exchange(authority, clock)
            return await run(call)  # type: ignore[arg-type]

        with monkeypatch.context() as patched:
            patched.setattr(authority._database, "run", interrupted)
            await authority.auditing.sign(1, given)
        await authority.maintain()
        signed = decode_manifest((await authority.batch_file("00000001.manifest")).content)
        assert "auditor" in verify_signatures(signed, authority.region.signers)


async def test_a_signature_of_the_batch_before_leaves_the_new_one_waiting() -> None:
    async with running_authority(rules=AUDITED) as (authority, clock):
        await authority.build_batch()
        given = await signed_by_auditor(authority)
        await exchange(authority, clock)
        with pytest.raises(SignatureForeign):
            await authority.auditing.sign(1, given)
        assert (await waiting(authority)).time == NOW + 3600


async def test_a_batch_that_took_the_number_waits_its_own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = ServiceRules(require_auditor=True, auditor_timeout_s=7200)
    async with running_authority(rules=rules) as (authority, clock):
        await authority.build_batch()
        clock.advance(7200)
        run, steps = authority._database.run, itertools.count(1)

        async def interrupted(call: object) -> object:
            if next(steps) == 2:
                with monkeypatch.context() as quiet:
                    quiet.setattr(authority._database, "run", run)
                    if await run(audit.pending):
                        await exchange(authority, clock)
            return await run(call)  # type: ignore[arg-type]

        with monkeypatch.context() as patched:
            patched.setattr(authority._database, "run", interrupted)
            await authority.auditing.release_overdue()
        await authority.maintain()
        released = decode_manifest((await authority.batch_file("00000001.manifest")).content)
        assert released.manifest.time == NOW
