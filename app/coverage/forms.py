"""Forms of the coverage report: shape of the input only."""

from __future__ import annotations

from typing import Any

from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.core.web.forms import Form
from app.coverage.rules import Decision

NO_NAMES = "不要写居民的姓名、房号和电话。"


class VersionForm(Form):
    """A button pressed on a certain version."""

    version = HiddenField(default="0")


class ExemptionForm(Form):
    """Why something is not counted."""

    reason = TextAreaField(
        "为什么不计入",
        [InputRequired("请写明理由。"), Length(max=200, message="理由请不要超过 200 个字。")],
        description=f"审核的人会看到。{NO_NAMES}",
    )
    version = HiddenField(default="0")


class RemarkForm(Form):
    """What the community says with its figures."""

    remark = TextAreaField(
        "情况说明",
        [Optional(), Length(max=1000, message="请不要超过 1000 个字。")],
        description=f"例如正在办理的事项和完成时间。{NO_NAMES}",
    )
    version = HiddenField(default="0")


class ReviewForm(Form):
    """A reviewer's decision."""

    decision = RadioField("审核意见", [InputRequired("请选择审核意见。")])
    reason = TextAreaField(
        "原因",
        [Optional(), Length(max=500, message="请不要超过 500 个字。")],
        description=f"退回或认定不实时必须填写，社区会看到。{NO_NAMES}",
    )

    def offer(self, decisions: tuple[Decision, ...]) -> None:
        """Show only what this level may decide now."""
        self.decision.choices = [(item.value, item.label) for item in decisions]


def version_of(form: Any) -> int:
    """The version the person looked at; nonsense is an old one."""
    text = str(form.version.data or "0")
    return int(text) if text.isdecimal() and len(text) <= 9 else 0  # noqa: PLR2004 - fits an int
