from __future__ import annotations

import csv
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from app.kit.writing import Archive, Workbook

cells = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)


def workbook(rows):
    target = io.BytesIO()
    with Workbook(target) as book:
        count = book.sheet("表", ("甲", "乙"), rows)
    return count, load_workbook(io.BytesIO(target.getvalue()))["表"]


def archive(rows):
    target = io.BytesIO()
    with Archive(target) as package:
        count = package.sheet("表", ("甲", "乙"), rows)
    with zipfile.ZipFile(io.BytesIO(target.getvalue())) as package:
        text = package.read("表.csv").decode("utf-8-sig")
    return count, list(csv.reader(io.StringIO(text)))


@settings(deadline=None)
@given(st.lists(st.tuples(cells, st.integers(-(10**9), 10**9)), max_size=5))
def test_a_workbook_keeps_words_and_numbers_and_has_no_formula(rows):
    count, sheet = workbook(rows)
    lines = list(sheet.iter_rows(min_row=2))
    assert count == len(lines) == len(rows)
    for (words, number), line in zip(rows, lines, strict=True):
        assert (line[0].value or "") == words
        assert line[0].data_type in {"s", "n", "inlineStr"}
        assert line[1].value == number


@pytest.mark.parametrize("words", ["=1", "+a", "-a", "@a", "\ta", " =1", "\u3000=1", "＝1"])
def test_a_line_of_csv_is_no_formula(words):
    assert archive([(words, None)])[1][1] == [f"'{words}", ""]


def test_both_count_what_they_wrote():
    assert workbook([])[0] == archive([])[0] == 0
    assert archive([("a", 1)] * 3)[0] == 3
