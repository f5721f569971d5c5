"""Sheets of A4 as PDF."""

from __future__ import annotations

import pytest

from app.core.web.sheets import pdf_response, write_pdf


def test_a_sheet_becomes_a_pdf_with_its_own_style(app):
    with app.test_request_context():
        style = f'<link rel="stylesheet" href="{app.jinja_env.globals["asset"]("print.css")}">'
        plain = write_pdf("<h1>公告</h1>")
        styled = write_pdf(f"{style}<h1>公告</h1>")
    assert styled.startswith(b"%PDF-")
    assert styled != plain


@pytest.mark.parametrize(
    "address", ["https://example.com/x.png", "file:///etc/passwd", "/static/../../wsgi.py"]
)
def test_a_sheet_reads_nothing_but_our_own_built_files(app, address):
    from weasyprint.urls import FatalURLFetchingError  # noqa: PLC0415 - heavy, and used here alone

    with app.app_context(), pytest.raises(FatalURLFetchingError):
        write_pdf(f'<img src="{address}" alt="">')


def test_a_pdf_is_shown_under_a_name_in_chinese(app):
    with app.app_context():
        answer = pdf_response("<p>公告</p>", "业主大会公告")
    assert answer.mimetype == "application/pdf"
    assert "%E5%85%AC%E5%91%8A.pdf" in answer.headers["Content-Disposition"]
