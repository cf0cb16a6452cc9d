"""A letter as PDF, typeset by typst with its embedded serif: no fonts of the machine, no network.

Decides how content becomes data for the template `letter.typ`. Leaves the content to `letter`.
"""

from __future__ import annotations

import json
from importlib.resources import as_file, files
from typing import Any

import typst

from bluezone.outreach.errors import TypesettingFailed
from bluezone.outreach.letter import Chart, Heading, Items, Letter, Paragraph, Part, Table

_ARCHIVAL = "a-2b"
_FOLDER = "bluezone.outreach.documents"


def write_pdf(letter: Letter) -> bytes:
    """The letter as PDF/A-2b.

    Raises:
        TypesettingFailed: the typesetter refused it.
    """
    return _typeset("letter.typ", letter_data(letter), format="pdf", pdf_standards=_ARCHIVAL)


def draw_chart(chart: Chart, language: str, ppi: float = 200) -> bytes:
    """One chart as a PNG, for the DOCX.

    Raises:
        TypesettingFailed: the typesetter refused it.
    """
    data = {"language": language, "chart": part_data(chart)}
    return _typeset("chart.typ", data, format="png", ppi=ppi)


def letter_data(letter: Letter) -> dict[str, Any]:
    """A letter as plain data; every text stays a text."""
    return {
        "language": letter.language,
        "body": letter.body,
        "office": letter.office,
        "number": letter.number,
        "subject": letter.subject,
        "state": letter.state,
        "motto": letter.motto,
        "place_and_date": letter.place_and_date,
        "issued_on": [letter.issued_on.year, letter.issued_on.month, letter.issued_on.day],
        "courtesy": letter.courtesy,
        "to_label": letter.to_label,
        "addressed_to": list(letter.addressed_to),
        "parts": [part_data(part) for part in letter.parts],
        "copies_label": letter.copies_label,
        "copies_to": list(letter.copies_to),
        "signer_lines": list(letter.signer.lines),
        "signer_name": letter.signer.name,
    }


def part_data(part: Part) -> dict[str, Any]:
    """One part of a letter as plain data."""
    match part:
        case Heading():
            return {"kind": "heading", "text": part.text}
        case Paragraph():
            return {"kind": "paragraph", "text": part.text}
        case Items():
            return {"kind": "items", "texts": list(part.texts)}
        case Table():
            columns = [{"title": c.title, "width": c.width, "is_number": c.is_number} for c in part.columns]
            rows = [list(row) for row in part.rows]
            return {
                "kind": "table",
                "title": part.title,
                "columns": columns,
                "rows": rows,
                "total": list(part.total),
            }
        case Chart():
            bars = [{"label": bar.label, "share": float(bar.share), "text": bar.text} for bar in part.bars]
            target = float(part.target or 0)
            return {
                "kind": "chart",
                "title": part.title,
                "bars": bars,
                "target": target,
                "target_text": part.target_text,
            }


def _typeset(template: str, data: dict[str, Any], **options: Any) -> bytes:
    with as_file(files(_FOLDER)) as folder:
        try:
            made = typst.compile(
                folder / template,
                root=folder,
                ignore_system_fonts=True,
                sys_inputs={"letter": json.dumps(data, ensure_ascii=False)},
                **options,
            )
        except RuntimeError as error:
            raise TypesettingFailed(f"the typesetter refused the letter: {error}") from error
    return made if isinstance(made, bytes) else b"".join(made or [])
