"""The letter that an office writes from a roll-up: its texts are the office's, its figures the reports'."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import Connection

from bluezone.outreach.instruction import NOBODY, Signer
from bluezone.outreach.letter import Frame, Letter, acting, write_instruction
from bluezone.outreach.office.access import check_acts_for
from bluezone.outreach.office.ground import Ground
from bluezone.outreach.office.summing import Sum, Summing
from bluezone.outreach.report_letter import BLOCKS, default_blocks, write_report
from bluezone.outreach.storage import letters as kept
from bluezone.web.language import words_of
from bluezone.web.signin import storage as signin
from bluezone.web.signin.rules import Identity

MAX_BLOCK = 8000
MAX_LINE = 300


@dataclass(frozen=True, slots=True)
class LetterTexts:
    """What an office writes itself in a letter.

    Attributes:
        number: with its symbol; may begin with "/" while it has none.
        issued_on: civil date.
        place: where it is signed.
        subject: what stands after "V/v".
        addressed_to: lines after "Kính gửi".
        copies_to: lines of "Nơi nhận".
        signer: who signs.
        blocks: name of a block to its text; a block that is missing here has its default text.
    """

    number: str
    issued_on: date
    place: str
    subject: str
    addressed_to: tuple[str, ...] = ()
    copies_to: tuple[str, ...] = ()
    signer: Signer = NOBODY
    blocks: Mapping[str, str] = field(default_factory=dict)

    @property
    def frame(self) -> Frame:
        """What stands around the text."""
        return Frame(
            self.number,
            self.issued_on,
            self.place,
            self.subject,
            self.addressed_to,
            self.copies_to,
            self.signer,
        )


@dataclass(frozen=True, slots=True)
class Written:
    """A letter with what it was written from.

    Attributes:
        summed: the roll-up.
        texts: what the office wrote; blocks that nobody edited have their default text.
        revision: of the texts; 0 while nobody has edited them.
        defaults: the default text of every block.
        letter: the whole.
    """

    summed: Sum
    texts: LetterTexts
    revision: int
    defaults: Mapping[str, str]
    letter: Letter


class Lettering:
    """What an office may do with letters."""

    def __init__(self, ground: Ground, summing: Summing) -> None:
        self._ground, self._summing = ground, summing

    async def write(
        self,
        instruction_id: str,
        period: int | None = None,
        *,
        by: Identity,
        language: str = "vi",
    ) -> Written:
        """The letter as it stands now.

        Raises:
            InstructionUnknown, NotAllowed.
        """
        summed = await self._summing.roll_up(instruction_id, period, by=by)
        chosen, say = summed.rollup.period, words_of(language).text
        found = await self._ground.database.run(
            lambda conn: kept.find(conn, instruction_id, chosen, LetterTexts)
        )
        texts, revision = found or (self._begun(summed, language), 0)
        defaults = default_blocks(
            summed.rollup,
            summed.instruction,
            summed.tree,
            say,
            language,
            downloads=await self._ground.downloads(),
        )
        whole = replace(texts, blocks={**defaults, **texts.blocks})
        letter = write_report(
            summed.rollup, summed.instruction, summed.tree, whole.frame, whole.blocks, say, language
        )
        return Written(summed, whole, revision, defaults, letter)

    async def save(
        self, instruction_id: str, period: int, texts: LetterTexts, *, seen: int, by: Identity
    ) -> None:
        """Keeps the office's texts. A block that says what it would say anyway goes on following the figures.

        Args:
            instruction_id: whose letter.
            period: from 0.
            texts: as edited.
            seen: the revision that was edited.
            by: who edits.

        Raises:
            InstructionUnknown, NotAllowed, LetterOutdated.
        """
        written = await self.write(instruction_id, period, by=by)
        check_acts_for(by, written.summed.instruction.office_id)
        own = {
            name: text[:MAX_BLOCK]
            for name, text in texts.blocks.items()
            if name in BLOCKS and text.strip() != written.defaults[name].strip()
        }
        now, bare = self._ground.now(), replace(texts, blocks=own)
        line = self._ground.line(by, "letter-saved", texts.number or written.summed.instruction.number)

        def keep(conn: Connection) -> None:
            kept.save(conn, instruction_id, period, bare, seen=seen, now=now)
            signin.append(conn, line)

        await self._ground.database.run(keep)

    async def instruction_letter(self, instruction_id: str, *, by: Identity, language: str = "vi") -> Letter:
        """The instruction itself as an official letter.

        Raises:
            InstructionUnknown, NotAllowed.
        """
        summed = await self._summing.roll_up(instruction_id, 0, by=by)
        return write_instruction(summed.instruction, summed.tree, words_of(language).text, language)

    def _begun(self, summed: Sum, language: str) -> LetterTexts:
        instruction = summed.instruction
        parent_id = summed.tree.get(instruction.office_id).parent_id
        above = (acting(summed.tree.get(parent_id)),) if parent_id else ()
        say = words_of(language).text
        symbol = instruction.number.partition("/")[2]
        return LetterTexts(
            number=f"/{symbol}" if symbol else "",
            issued_on=self._ground.today(),
            place=instruction.place,
            subject=say("letter.report.subject", subject=instruction.subject),
            addressed_to=above,
            signer=instruction.signer,
        )
