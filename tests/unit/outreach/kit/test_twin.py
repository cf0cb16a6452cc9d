"""What banners, posters and closing cards say is read from a PDF of the same sheet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bluezone.outreach.kit.errors import ItemRefused
from bluezone.outreach.kit.job import Job
from bluezone.outreach.kit.print_items import SHEETS
from bluezone.outreach.kit.twin import check_twin
from bluezone.outreach.kit.typesetting import set_sheet
from bluezone.outreach.kit.video.frame import FRAMES, TALL, WIDE, Frame
from bluezone.outreach.kit.video.script import script_of
from bluezone.outreach.kit.video.stills import closing_stills
from tests.unit.outreach.kit.conftest import MakeJob, MakeUnit


def closing(job: Job, frame: Frame) -> Path:
    """The closing card of a film."""
    folder = job.folder / frame.name
    folder.mkdir()
    return closing_stills(job, frame, script_of(job.item.id, job.words).closing, folder).bases[0]


def saying(job: Job, **numbers: str) -> Job:
    """The job with other words of its call."""
    return replace(job, words={**job.words, "call": {**job.words["call"], **numbers}})


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: str(frame.name))
def test_a_closing_card_is_read_and_right(make_job: MakeJob, frame: Frame, language: str) -> None:
    assert closing(make_job("video-8", language), frame).stat().st_size


def test_a_closing_card_with_another_number_is_refused(make_job: MakeJob) -> None:
    job = saying(make_job("video-8"), numbers="1900 9096")
    with pytest.raises(ItemRefused, match=r"1920x1080\.mp4: does not say national_hotline '1900 9095'"):
        closing(job, WIDE)


def test_a_closing_card_with_an_unknown_letter_is_refused(make_job: MakeJob) -> None:
    job = saying(make_job("video-8"), official="Địa chỉ 北 x")
    with pytest.raises(ItemRefused, match=r"1080x1920\.mp4: shows 1 characters as empty boxes"):
        closing(job, TALL)


def test_letters_of_a_picture_keep_away_from_its_edge(make_job: MakeJob) -> None:
    job = make_job("banner")
    plan = job.item.files[2]
    sheet = SHEETS[plan.name]
    set_sheet(job, sheet)
    check_twin(job, plan, sheet, {})
    with pytest.raises(ItemRefused, match=r"letters nearer than 60 mm to the cut edge"):
        check_twin(job, replace(plan, safe_mm=60), sheet, {})


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: str(frame.name))
@pytest.mark.parametrize("name", ["Xã Ẫm Ỗng Ể", "Phường Nguyễn Thị Minh Khai Quảng Trường"])
def test_a_tall_or_long_name_stays_within_the_safe_area(
    make_job: MakeJob, make_unit: MakeUnit, frame: Frame, name: str
) -> None:
    unit = make_unit(name=f'"{name}"')
    assert closing(make_job("video-8", unit=unit), frame).stat().st_size
