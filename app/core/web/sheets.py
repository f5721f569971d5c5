"""Sheets of A4 as PDF: the page of `layouts/print.html`, written by WeasyPrint."""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import quote, urlsplit

from flask import Response
from weasyprint import HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from app.core.web.assets import DIST

HERE = "https://sheet.invalid/"
"""Whatever a page names is looked up below this address, which exists nowhere."""
TYPES = {".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png"}


class _OwnFiles(URLFetcher):  # type: ignore[misc]
    """Built assets from disk; a sheet never asks the network for anything."""

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        """The built file of this address."""
        del headers
        if url.startswith("data:"):
            return super().fetch(url)
        path = DIST / PurePosixPath(urlsplit(url).path).name
        if not url.startswith(f"{HERE}static/") or path.suffix not in TYPES or not path.is_file():
            raise FatalURLFetchingError(f"a sheet holds {url}, which is none of our own files")
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": TYPES[path.suffix]})


def write_pdf(page: str) -> bytes:
    """The PDF of a rendered page. Takes about a second for a few sheets."""
    pdf: bytes = HTML(string=page, base_url=HERE, url_fetcher=_OwnFiles()).write_pdf()
    return pdf


def pdf_response(page: str, name: str) -> Response:
    """The PDF of a rendered page, shown by the browser; `name` is what saving suggests."""
    response = Response(write_pdf(page), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(name)}.pdf"
    response.headers["Cache-Control"] = "private, no-store"
    return response
