"""The forty attacks by number, each with its plain words and the place of the function that runs it.

A function is imported when its attack is run: most need only a part of the house.
Source: docs/protocol.md, section 11, whose conditions each function checks.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from bluezone.sim.attacks.outcome import Attack, Outcome, Perform, Setting

ATTACKS: Sequence[Attack] = (
    Attack(1, "none: honest use", "replay.honest_use"),
    Attack(2, "take a frame apart", "replay.frame"),
    Attack(3, "replay frames 150 s later and more", "replay.late_replay"),
    Attack(4, "send one captured frame for 10 minutes", "replay.one_frame"),
    Attack(5, "relay live over 600 km and 3 km, place on", "tags.relay_with_place"),
    Attack(6, "relay live, place off (open)", "replay.live_relay"),
    Attack(7, "flip any payload bit", "tags.flipped_bits"),
    Attack(8, "guess 50,000 tags", "tags.guessed_tags"),
    Attack(9, "publish a celebrity's copied frames", "derivation.celebrity"),
    Attack(10, "invent keys at the server", "inventions.invented_keys"),
    Attack(11, "publish a stolen key", "traffic.stolen_key"),
    Attack(12, "misuse codes and certificates", "server.codes"),
    Attack(13, "swap keys after the swab", "server.swab"),
    Attack(14, "publish known or overlapping keys", "server.known_keys"),
    Attack(15, "find a withheld key", "server.withheld"),
    Attack(16, "open a commitment without r", "server.open_commitment"),
    Attack(17, "replay with a full key that is over", "clock.replay_with_full_key"),
    Attack(18, "use a key that is not yet over", "server.early_key"),
    Attack(19, "push the clock back a day", "clock.time_machine"),
    Attack(20, "lie about the time", "clock.trusted_time"),
    Attack(21, "offer false lists", "lists.false_lists"),
    Attack(22, "break the bytes of a list", "lists.mutated_bodies"),
    Attack(23, "tell filler from real keys", "inventions.order_and_filler"),
    Attack(24, "shout 60,000 invented identifiers", "memory.flood"),
    Attack(25, "send false tags under a copied V", "tags.false_tags"),
    Attack(26, "dump a seized phone's store", "store.store_dump"),
    Attack(27, "recover a forgotten day", "store.forgetting"),
    Attack(28, "count every bit on the air", "derivation.air_statistics"),
    Attack(29, "link a phone by a published key", "derivation.forward_secrecy"),
    Attack(30, "throw a phone's frames back at it", "memory.echo"),
    Attack(31, "read everything a phone sends", "traffic.data_stays"),
    Attack(32, "follow an address for a day", "listening.addresses"),
    Attack(33, "read the logs at DEBUG", "listening.logs"),
    Attack(34, "tell a real upload from cover", "traffic.cover_traffic"),
    Attack(35, "look over a shoulder", "screens.shoulder"),
    Attack(36, "hope for chance", "derivation.chance"),
    Attack(37, "make matching expensive", "derivation.matching_cost"),
    Attack(38, "relay three cases, a minute each", "replay.three_cases"),
    Attack(39, "differ from the vectors", "derivation.vectors"),
    Attack(40, "remove one check of the code", "mutations.mutants"),
)


def find(name: str) -> Attack | None:
    """The attack of a name such as `T-03`, `t3` or `3`."""
    digits = name.upper().removeprefix("T").removeprefix("-")
    return next((one for one in ATTACKS if digits.isdecimal() and one.number == int(digits)), None)


def run(attack: Attack, setting: Setting) -> Outcome:
    """Runs one attack in a folder of its own, which is empty before and gone afterwards."""
    module, function = attack.place.split(".")
    perform: Perform = getattr(import_module(f"bluezone.sim.attacks.{module}"), function)
    with tempfile.TemporaryDirectory(prefix="bluezone-attack-", dir=setting.folder) as folder:
        return perform(replace(setting, folder=Path(folder)))
