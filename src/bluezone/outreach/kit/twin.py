"""What a picture says is read from its twin: pixels cannot be read back, so the same sheet is set as PDF too.

Decides what the twin must be: the facts exactly, no empty boxes, letters within the safe area, words for
every picture. The QR code is not asked of it: that one is read from the finished picture or film itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bluezone.outreach.kit.checks import Subject, reading, sheet
from bluezone.outreach.kit.errors import ItemRefused
from bluezone.outreach.kit.items import FilePlan
from bluezone.outreach.kit.job import Job
from bluezone.outreach.kit.typesetting import Sheet, set_sheet


def check_twin(job: Job, plan: FilePlan, picture: Sheet, more: Mapping[str, object]) -> None:
    """Sets a picture's sheet as PDF and reads it.

    Args:
        job: for whom.
        plan: of the file that the picture is, or is in.
        picture: how it is set.
        more: further data for its layout.

    Raises:
        ItemRefused: names the file and what is wrong.
    """
    twin = job.folder / "typst" / "twin.pdf"
    twin.write_bytes(set_sheet(job, replace(picture, format="pdf"), more))
    subject = Subject(twin, job.item, plan, job.language, job.unit.facts())
    faults = [*reading.check_pdf(subject), *sheet.check_pdf(subject)]
    if faults:
        raise ItemRefused([f"{plan.name_in(job.language)}: {fault}" for fault in faults])
