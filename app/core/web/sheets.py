"""Sheets of A4 as PDF: the page of `layouts/print.html`, written by WeasyPrint."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response

from app.kit.deferred import Deferred

_writer = Deferred("app.core.web.pdf")


def write_pdf(page: str) -> bytes:
    """The PDF of a rendered page. Takes about a second for a few sheets."""
    pdf: bytes = _writer.write_pdf(page)
    return pdf


def pdf_response(page: str, name: str) -> Response:
    """The PDF of a rendered page, shown by the browser; `name` is what saving suggests."""
    response = Response(write_pdf(page), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(name)}.pdf"
    response.headers["Cache-Control"] = "private, no-store"
    return response
