"""What is typed about the catalogue: shape only."""

from __future__ import annotations

from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, TextAreaField
from wtforms.validators import DataRequired, Length

from app.core.web.forms import Form


class TableForm(Form):
    """事项目录 to check."""

    table = FileField(
        "目录文件",
        [FileRequired("请选择文件。")],
        description="XLSX 或 CSV，最多 5000 行。先检查、给您看不同，点了发布才生效。",
    )


class PublishForm(Form):
    """发布. `seen`: the number of the version the differences were shown from."""

    seen = HiddenField(default="0")
    note = TextAreaField(
        "为什么改",
        filters=[lambda typed: typed.strip() if typed else typed],
        validators=[
            DataRequired("请写一下为什么改，以后查得到。"),
            Length(max=200, message="请写在 200 字以内。"),
        ],
        description="例如：按市里 2026 年新目录",
    )

    @property
    def seen_number(self) -> int:
        """The number; one that no version has when it is none."""
        typed = self.seen.data or ""
        return int(typed) if typed.isdecimal() and len(typed) < len("1000000000") else -1
