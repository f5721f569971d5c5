"""WeasyPrint, kept apart: some 40 MiB that only a process which writes sheets carries."""

from __future__ import annotations

import logging
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from weasyprint import HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from app.core.web.assets import DIST

HERE = "https://sheet.invalid/"
"""Whatever a page names is looked up below this address, which exists nowhere."""
# Our style sheet is written for browsers; what a PDF writer passes over is not worth a line each.
logging.getLogger("weasyprint").setLevel(logging.ERROR)
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
