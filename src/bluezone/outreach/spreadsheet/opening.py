"""Opens whatever file came in as sheets: the content decides what it is, never its name."""

from __future__ import annotations

from bluezone.outreach.spreadsheet.archive import check_size, is_xlsx
from bluezone.outreach.spreadsheet.csv_text import read_csv
from bluezone.outreach.spreadsheet.workbook import Workbook, read_workbook


def open_file(data: bytes) -> Workbook:
    """All visible sheets of an XLSX, or the one of a CSV.

    Raises:
        SpreadsheetRefused: with the one reason why it is not read at all.
    """
    check_size(data)
    return read_workbook(data) if is_xlsx(data) else Workbook((read_csv(data),))
