"""Route 3: a commune's report becomes a line of the letter, and a part of what the province receives.

The whole campaign of 2020 over HTTP: one instruction, fourteen units, twelve reports, one letter.
"""

from __future__ import annotations

import asyncio
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from docx import Document
from openpyxl import load_workbook

from bluezone.cli.outreach import outreach
from bluezone.outreach.figures import Denominator
from bluezone.outreach.instruction import Timeliness
from bluezone.sim.campaign.run import Campaign, Outcome


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Outcome, list[str]]:
    """A campaign that has run, and what was said on the way."""
    said: list[str] = []
    folder = tmp_path_factory.mktemp("campaign")
    outcome = asyncio.run(Campaign(folder / "home", said.append).run(folder / "out"))
    return outcome, said


def test_twelve_report_two_late_and_two_are_missing(lived: tuple[Outcome, list[str]]) -> None:
    total = lived[0].sum.rollup.total
    assert (total.reported_count, total.on_time_count) == (12, 10)
    assert set(total.late) == {"dak-nia", "trung-tam"}
    assert set(total.missing) == {"dak-r-moan", "lao-dong"}


def test_a_commune_s_figures_are_a_row_with_its_rank_and_both_rates(
    lived: tuple[Outcome, list[str]],
) -> None:
    (row,) = [one for one in lived[0].sum.rollup.rows if one.unit_id == "nghia-duc"]
    assert row.timeliness is Timeliness.ON_TIME
    assert row.rank == 5
    population = row.summary.uptake.share(Denominator.POPULATION)
    assert (population.part, population.whole) == (2121, 9400)
    assert row.summary.uptake.share(Denominator.SMARTPHONES).whole == 4900


def test_an_impossible_number_was_refused_with_a_sentence(lived: tuple[Outcome, list[str]]) -> None:
    (sentences,) = [found for unit, found in lived[0].refusals.items() if unit == "nghia-tan"]
    assert any("37.400" in sentence and "6.700" in sentence for sentence in sentences)
    (row,) = [one for one in lived[0].sum.rollup.rows if one.unit_id == "nghia-tan"]
    assert row.summary.uptake.residents == 3740
    assert row.report is not None
    assert row.report.version == 1


def test_reminders_went_to_who_had_not_reported(lived: tuple[Outcome, list[str]]) -> None:
    outcome, said = lived
    assert outcome.reminders == 8 + 5 + 4
    assert outcome.messages == 1 + 14 + outcome.reminders
    assert [line for line in said if "reminds" in line] == [
        "The service reminds 8 units, 24 h before the deadline.",
        "The service reminds 5 units, 3 h before the deadline.",
        "The service reminds 4 units, 1 h after the deadline.",
    ]


def test_what_the_province_receives_is_the_city_s_total(lived: tuple[Outcome, list[str]]) -> None:
    outcome, _ = lived
    (row,) = outcome.province.rollup.rows
    assert row.unit_id == "gia-nghia"
    assert outcome.province.rollup.total == outcome.sum.rollup.total


def test_the_letter_says_the_same_in_every_form(lived: tuple[Outcome, list[str]]) -> None:
    files = {path.suffix: path.read_bytes() for path in lived[0].files}
    assert files[".pdf"].startswith(b"%PDF-")
    document = Document(BytesIO(files[".docx"]))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert "20.311" in text
    assert "51,16" in text
    assert "tiếng M’Nông và hỗ trợ điện thoại" in text, "what the office wrote itself"
    assert any("115/BC-VHTT" in cell for cell in cells)
    assert any("Phường Nghĩa Thành" in cell for cell in cells)
    sheet = load_workbook(BytesIO(files[".xlsx"])).worksheets[0]
    formulas = [cell.value for row in sheet.iter_rows() for cell in row if str(cell.value).startswith("=")]
    assert len(formulas) > 10, "totals and rates are computed, not pasted"


TOLD = {
    "vi": (
        "Thành phố yêu cầu 14 đơn vị báo cáo (110/VH-TT-CNTT).",
        "dak-nia: đã báo cáo, trễ hạn.",
        "hạng  đơn vị ",
        "12/14 đơn vị đã báo cáo, 2 đơn vị nộp trễ: Xã Đắk Nia, Trung tâm",
        "Chưa nộp: Xã Đắk R’Moan, Phòng Lao động",
        "Đã chuyển lên tỉnh: 20.311 người dân.",
        "Đã gửi đi 32 tin; trong đó có 17 tin nhắc.",
        "Để xem: bluezone outreach serve --home ",
    ),
    "en": (
        "The city instructs 14 units (110/VH-TT-CNTT).",
        "dak-nia: reported late.",
        "rank  unit ",
        "12 of 14 units reported, 2 late: Xã Đắk Nia, Trung tâm",
        "Missing: Xã Đắk R’Moan, Phòng Lao động",
        "Passed on to the province: 20,311 residents.",
        "32 messages left the house; 17 reminders.",
        "Look at it: bluezone outreach serve --home ",
    ),
}


@pytest.mark.parametrize(("chosen", "spoken"), [(["--lang", "vi"], "vi"), ([], "en")])
def test_the_command_tells_it_as_a_table_in_one_language(
    tmp_path: Path, chosen: list[str], spoken: str
) -> None:
    out, home = tmp_path / "out", tmp_path / "home"
    command = ["demo", "--once", "--out", str(out), "--home", str(home), *chosen]
    answer = CliRunner().invoke(outreach, command)
    assert answer.exit_code == 0, answer.output
    for language, sentences in TOLD.items():
        for sentence in sentences:
            assert (sentence in answer.output) == (language == spoken), sentence
    assert "campaign." not in answer.output, "a message without its words"
    assert "Phường Nghĩa Thành" in answer.output
    for path in sorted(out.iterdir()):
        assert str(path) in answer.output
    assert len(list(out.iterdir())) == 3
