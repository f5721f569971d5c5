"""What is typed about covenants: shape only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from app.core.web.forms import Form, stripped
from app.covenants.rules import LONGEST_CLAUSE

LONGEST_REASON = 500
LONGEST_TITLE = 60


def _words(label: str, empty: str, most: int, description: str = "") -> TextAreaField:
    return TextAreaField(
        label,
        description=description,
        filters=[stripped],
        validators=[DataRequired(empty), Length(max=most, message=f"请写在 {most} 字以内。")],
    )


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None


class DraftForm(Form):
    """Begin a covenant."""

    stairwell_id = SelectField(
        "哪个楼道",
        coerce=str,
        validate_choice=False,
        validators=[InputRequired("请选一个楼道。")],
        choices=[],
    )
    title = StringField(
        "公约名称",
        filters=[stripped],
        description="例如：和睦楼道公约",
        validators=[
            DataRequired("请给公约起个名字。"),
            Length(max=LONGEST_TITLE, message=f"名字请写在 {LONGEST_TITLE} 字以内。"),
        ],
    )

    @property
    def stairwell(self) -> UUID | None:
        """The stairwell chosen."""
        return _uuid(self.stairwell_id.data)


class ClauseForm(Form):
    """One clause; `version` is that of the clause on the screen."""

    version = HiddenField()
    wording = _words(
        "条款内容",
        "请写下这一条的内容。",
        LONGEST_CLAUSE,
        "一条只说一件事，用大家都懂的话。不能写罚款，也不能写停水停电。",
    )

    @property
    def seen(self) -> int:
        """The version of the clause that stood on the screen."""
        typed = self.version.data or ""
        return int(typed) if typed.isdecimal() else 0


class ReasonForm(Form):
    """Why a version is withdrawn."""

    reason = _words("为什么撤回", "请写明为什么撤回，邻居们会看到。", LONGEST_REASON)


class CheckForm(Form):
    """The decision of the legality check."""

    decision = RadioField(
        "审查结论",
        choices=[("pass", "合法，可以开始签约"), ("return", "需要修改，退回商议")],
        validators=[InputRequired("请选择审查结论。")],
    )
    reason = TextAreaField(
        "理由",
        description="退回时写明改哪里；保留标出的词句时写明为什么可以。",
        filters=[stripped],
        validators=[Length(max=LONGEST_REASON, message=f"请写在 {LONGEST_REASON} 字以内。")],
    )


class FilingForm(Form):
    """Where and under which number the covenant was filed."""

    filed_under = StringField(
        "备案编号或者说明",
        filters=[stripped],
        description="例如：真武山街道备案 2026-018 号",
        validators=[
            DataRequired("请写明备案编号或者在哪里备案。"),
            Length(max=LONGEST_TITLE, message=f"请写在 {LONGEST_TITLE} 字以内。"),
        ],
    )


class SignForm(Form):
    """A household's signature to the text with this digest."""

    digest = HiddenField()
    unit_id = RadioField(
        "代表哪一户",
        coerce=str,
        validate_choice=False,
        validators=[InputRequired("请选择代表哪一户签。")],
        choices=[],
    )
    agreed = BooleanField(
        "我读过全文，愿意遵守",
        validators=[InputRequired("请先读完全文，再在这里打勾。")],
    )

    @property
    def unit(self) -> UUID | None:
        """The household chosen."""
        return _uuid(self.unit_id.data)


class OpinionForm(Form):
    """An opinion on a clause, or on the whole."""

    clause_id = SelectField("对哪一条", coerce=str, validate_choice=False, choices=[])
    reason = _words(
        "您的意见",
        "请写下您的意见。",
        LONGEST_REASON,
        "楼道里的邻居和社区都能看到意见和房号，看不到您的名字。",
    )

    @property
    def clause(self) -> UUID | None:
        """The clause chosen; None for the whole."""
        return _uuid(self.clause_id.data)


class AnswerForm(Form):
    """What was made of an opinion."""

    answer = _words(
        "答复", "请写下答复。", LONGEST_REASON, "说清楚采纳了没有、条款怎么改、为什么。"
    )
