"""QR codes that lead back to a page."""

from __future__ import annotations

import segno
from flask import current_app
from markupsafe import Markup


def square(path: str) -> Markup:
    """The QR code of one of our own addresses, as an inline drawing."""
    base = current_app.extensions["gongzhi.config"].base_url
    drawing = segno.make(base + path, error="m", micro=False)
    svg = drawing.svg_inline(omitsize=True, border=2, dark="#1f2328", light="#ffffff")
    return Markup(svg)  # noqa: S704 - drawn by segno from our own address
