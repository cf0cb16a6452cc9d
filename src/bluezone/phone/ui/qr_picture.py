"""A QR code as a picture inside a page: SVG without any style of its own, dark on white in every scheme.

Decides error correction and margin; what stands in the code is decided by the protocol.
"""

from __future__ import annotations

import segno
from markupsafe import Markup

# Modules of white around it; a scanner wants four.
_MARGIN = 4


def qr_picture(text: str) -> Markup:
    """An inline SVG of a QR code with medium error correction; its page gives it a size and a name.

    Args:
        text: what the code says.
    """
    code = segno.make(text, error="m", micro=False)
    svg = code.svg_inline(border=_MARGIN, dark="#000", light="#fff", omitsize=True, svgclass="qr")
    return Markup(svg)  # noqa: S704 (made by segno; the text is in its modules only)
