"""The simulated air: how strongly each phone hears each other phone, and which frames get lost.

Decides RSSI from distance, phone models, pairs and looks, and what a phone model's own calibration says
about it. Every value is a function of the seed, the ids and the time, never of the order of calls, so
the `hci` and the `frame` depth hear the same. Where people are is left to the world, when somebody
sends or looks to the radio.

`rssi = a - slope * log10(max(d, 0.5 m)) + model + pair + body + look`. `model` belongs to the sender's phone
model and is known to the calibration table, so it comes back out through `dbm_at_1m`; `pair` (pockets,
chipsets), `body` (how the two have turned to each other) and `look` (fading) are known to nobody.
Source: radio model of the test data's description, measured on three public recordings; the loss by
angle from one of them (MITRE's range and angle recordings, eight angles, mean over 67 recordings).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from math import exp, floor, isfinite, log10
from typing import Protocol

from bluezone.protocol.advertisement import round_dbm_at_1m
from bluezone.sim.errors import AirError
from bluezone.sim.noise import TABLE_SHIFT, mix, mix_all, normal, normal_table, uniform

# Looks are 4 s long and at least 50 s apart: one value of fading for each stretch of 4 s.
LOOK_S = 4
# A 31-byte advertisement is 376 us long on each channel and is sent about 3.92 times a second.
AIRTIME_S = 376e-6
EVENTS_PER_S = 3.92

# What two people lose or win against their mean by how they have turned, dB: facing each other first, then
# in steps of 45 degrees; 4.3 dB with the receiver's back to the sender. Standard deviation 2.1 dB.
BODY_DB = (2.7, 1.2, -0.7, -1.5, -4.3, -0.1, 0.9, 1.7)
# People turn now and then; nobody has measured how often. This is an assumption.
TURN_S = 300

_STATION, _MODEL, _PAIR, _LOOK, _FRAME, _TURN, _MISS = range(1, 8)


class AirWorld(Protocol):
    """What the air needs of a world: who is how near to whom at an instant."""

    def near(self, person: int, at: float) -> Iterable[tuple[int, float]]:
        """Everybody in radio range of a person, as (station, metres)."""
        ...


@dataclass(frozen=True, slots=True)
class AirModel:
    """The numbers of an air.

    Attributes:
        reference_dbm: RSSI at 1 m between average phones, dBm.
        slope_db: loss for each tenfold distance, dB.
        min_metres: nearer than this changes nothing, metres.
        model_sd_db: spread between phone models as senders, known to the calibration table, dB.
        pair_sd_db: spread between pairs of people that lasts, known to nobody, dB.
        bodies: whether people turn, every five minutes, with the losses of `BODY_DB`.
        look_sd_db: spread between looks of one pair, dB.
        sensitivity_dbm: weaker frames are not heard, dBm.
        missed_looks: chance that a look hears nothing at all because the phone was busy, 0..1.
        loss: chance of a frame to get lost for no special reason, 0..1.
        collisions: whether frames also get lost because somebody else sends at the same time.
        phone_models: number of different phone models in the population.
        receiver_correction_db: what a receiver adds to its RSSI. All known offsets of this air belong
            to the sender, so it is 0.
    """

    reference_dbm: float = -60.0
    slope_db: float = 14.4
    min_metres: float = 0.5
    model_sd_db: float = 0.0
    pair_sd_db: float = 0.0
    look_sd_db: float = 0.0
    bodies: bool = False
    sensitivity_dbm: float = -95.0
    missed_looks: float = 0.0
    loss: float = 0.0
    collisions: bool = False
    phone_models: int = 20
    receiver_correction_db: float = 0.0

    def __post_init__(self) -> None:
        """Refuses numbers that no air has.

        Raises:
            AirError: a value that is not finite, a negative spread, a chance outside 0..1, no model.
        """
        for field in fields(self):
            if not isfinite(getattr(self, field.name)):
                raise AirError(f"{field.name} must be a finite number.")
        if min(self.model_sd_db, self.pair_sd_db, self.look_sd_db, self.slope_db) < 0:
            raise AirError("a spread and the slope must be 0 dB or more.")
        for name, chance in (("loss", self.loss), ("missed_looks", self.missed_looks)):
            if not 0 <= chance <= 1:
                raise AirError(f"{name} is a chance from 0 to 1, not {chance}.")
        if self.min_metres <= 0 or self.phone_models < 1:
            raise AirError("min_metres must be more than 0 m and there must be at least one phone model.")

    @classmethod
    def noise_free(cls) -> AirModel:
        """Distance alone decides: level 0 at 1 m, -4.3 dB at 2 m, -6.9 dB at 3 m; nothing gets lost."""
        return cls()

    @classmethod
    def mild(cls) -> AirModel:
        """For the demo: models 4.0 dB (calibrated), pairs 1.0 dB, looks 1.5 dB; nothing gets lost."""
        return cls(model_sd_db=4.0, pair_sd_db=1.0, look_sd_db=1.5)

    @classmethod
    def realistic(cls) -> AirModel:
        """As measured: -58 dBm at 1 m, models 5.7 dB, pairs 5.6 dB, looks 4.7 dB; frames collide.

        Of the 5.6 dB between pairs, 2.1 dB come from turning and do not last; 5.2 dB do. That one scan in
        twenty hears nothing is an assumption.
        """
        return cls(
            reference_dbm=-58.0,
            model_sd_db=5.7,
            pair_sd_db=5.2,
            bodies=True,
            look_sd_db=4.7,
            collisions=True,
            missed_looks=0.05,
        )

    @property
    def lossless(self) -> bool:
        """Whether every frame that is strong enough arrives."""
        return self.loss == 0 and not self.collisions

    def loss_among(self, sender_count: int) -> float:
        """Chance of a frame to get lost when so many phones in range send, the sender included."""
        if not self.collisions:
            return self.loss
        # The frame collides with any other that starts within one airtime before or after its start.
        free = exp(-2 * AIRTIME_S * EVENTS_PER_S * max(0, sender_count - 1))
        return 1 - (1 - self.loss) * free


class Air:
    """The air between the phones of a world: a medium for the virtual radio.

    Args:
        model: its numbers.
        world: who is how near to whom.
        seed: any whole number; another seed gives other phones, pockets and fading.
    """

    __slots__ = (
        "_crowds",
        "_deviates",
        "_frame_seed",
        "_look_seed",
        "_miss_seed",
        "_pairs",
        "_seed",
        "_turn_seed",
        "model",
        "world",
    )

    def __init__(self, model: AirModel, world: AirWorld, seed: int) -> None:
        self.model = model
        self.world = world
        self._seed = mix(seed & 0xFFFF_FFFF_FFFF_FFFF, 0)
        self._look_seed = mix(self._seed, _LOOK)
        self._frame_seed = mix(self._seed, _FRAME)
        self._turn_seed = mix(self._seed, _TURN)
        self._miss_seed = mix(self._seed, _MISS)
        self._deviates = normal_table()
        # receiver -> sender -> (dBm at 1 m between these two, seed of their fading, seed of their turning)
        self._pairs: dict[int, dict[int, tuple[float, int, int]]] = {}
        # receiver -> (look, chance of a frame to get lost in it): asked for every frame of the look.
        self._crowds: dict[int, tuple[int, float]] = {}

    @property
    def lossless(self) -> bool:
        """Whether `is_lost` is never true."""
        return self.model.lossless

    @property
    def receiver_correction_db(self) -> float:
        """What every receiver adds to its RSSI before it compares, dB."""
        return self.model.receiver_correction_db

    def dbm_at_1m(self, station: int) -> int:
        """What a station's calibration table says it is heard with at 1 m.

        Returns:
            dBm, a multiple of 4 (half up) in -100..24 as the advertisement carries it: within 2 dB of
            the phone model's true value, and right on average over many models.
        """
        return round_dbm_at_1m(self._model_dbm_at_1m(station))

    def senders_near(self, receiver: int, at: float) -> dict[int, int]:
        """Whom a receiver can hear in a look of at most 4 s that begins at an instant.

        Args:
            receiver: station that looks.
            at: begin of the look, seconds UTC.

        Returns:
            RSSI by sender, whole dBm (half up).
        """
        model = self.model
        slope, nearest, weakest = model.slope_db, model.min_metres, model.sensitivity_dbm
        look_sd, deviates = model.look_sd_db, self._deviates
        look, turn = int(at // LOOK_S), int(at // TURN_S) if model.bodies else None
        if model.missed_looks and uniform(mix_all(self._miss_seed, receiver, look)) < model.missed_looks:
            return {}
        pairs = self._pairs.get(receiver)
        if pairs is None:
            pairs = self._pairs[receiver] = {}
        heard: dict[int, int] = {}
        for sender, metres in self.world.near(receiver, at):
            pair = pairs.get(sender)
            if pair is None:
                pair = pairs[sender] = self._pair(sender, receiver)
            dbm = pair[0] - slope * log10(metres if metres > nearest else nearest)
            if turn is not None:
                dbm += BODY_DB[mix(pair[2], turn) & 7]
            if look_sd:
                dbm += look_sd * deviates[mix(pair[1], look) >> TABLE_SHIFT]
            if dbm >= weakest:
                heard[sender] = floor(dbm + 0.5)
        return heard

    def is_lost(self, sender: int, receiver: int, event: int, at: float) -> bool:
        """Whether one frame does not arrive although it is strong enough.

        Args:
            sender: station that sends.
            receiver: station that looks.
            event: number of the sender's advertising event.
            at: instant of the event, seconds UTC.
        """
        model = self.model
        if model.lossless:
            return False
        look = int(at // LOOK_S)
        known = self._crowds.get(receiver)
        if known is None or known[0] != look:
            crowd = sum(1 for _ in self.world.near(receiver, look * LOOK_S)) if model.collisions else 0
            known = self._crowds[receiver] = look, model.loss_among(crowd)
        return uniform(mix_all(self._frame_seed, sender, receiver, look, event)) < known[1]

    def _pair(self, sender: int, receiver: int) -> tuple[float, int, int]:
        # What bodies and pockets take away is taken in both directions alike; fading differs.
        low, high = min(sender, receiver), max(sender, receiver)
        offset = self.model.pair_sd_db * normal(mix_all(self._seed, _PAIR, low, high))
        fading, turning = mix_all(self._look_seed, sender, receiver), mix_all(self._turn_seed, low, high)
        return self._model_dbm_at_1m(sender) + offset, fading, turning

    def _model_dbm_at_1m(self, station: int) -> float:
        phone_model = mix_all(self._seed, _STATION, station) % self.model.phone_models
        offset = normal(mix_all(self._seed, _MODEL, phone_model))
        return self.model.reference_dbm + self.model.model_sd_db * offset
