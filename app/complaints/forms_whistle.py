"""What is typed around a whistle: shape only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from wtforms import (
    DateTimeLocalField,
    HiddenField,
    MultipleFileField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from app.complaints.forms import NOT_LISTED, Radio, StepForm
from app.complaints.rules.whistles import CallAction, CallParty, Stars
from app.core.web.forms import Form, stripped
from app.kit.clock import BEIJING

MOST_WORDS = 1000


def _words(label: str, empty: str, description: str = "") -> TextAreaField:
    return TextAreaField(
        label,
        description=description,
        filters=[stripped],
        validators=[
            DataRequired(empty),
            Length(max=MOST_WORDS, message=f"请写在 {MOST_WORDS} 字以内。"),
        ],
    )


def _remark(label: str, description: str = "") -> TextAreaField:
    return TextAreaField(
        label,
        description=description,
        filters=[stripped],
        validators=[Optional(), Length(max=MOST_WORDS, message=f"请写在 {MOST_WORDS} 字以内。")],
    )


class Several(SelectMultipleField):
    """Boxes to tick; what is not among them is asked for again in Chinese."""

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.type = SelectMultipleField.__name__

    def pre_validate(self, form: Any) -> None:
        """Only what is listed."""
        del form
        known = {str(choice[0]) for choice in self.iter_choices()}
        if not set(self.data or ()) <= known:
            raise ValueError(NOT_LISTED)


class Moment(DateTimeLocalField):
    """A day and a time in Beijing; anything else is asked for again in Chinese."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed."""
        if not any(valuelist):
            return
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("时间看不懂，请写成 2026-03-08 14:30 这样。") from None

    @property
    def moment(self) -> datetime | None:
        """The moment, aware."""
        typed: datetime | None = self.data
        return typed.replace(tzinfo=BEIJING) if typed else None


class WishForm(Form):
    """请谁、为什么、什么时候到."""

    called = Several("请谁到场？", validators=[InputRequired("请选择请谁到场。")])
    reason = _words(
        "为什么请他们，要他们做什么？",
        "请写一下为什么请他们到场、要他们做什么。",
        "例如：消防通道被占，请依法劝离并处理违停车辆",
    )
    arrive_by = Moment("最晚什么时候到场？", format="%Y-%m-%dT%H:%M", validators=[Optional()])


class BlowForm(WishForm):
    """吹哨: also what is handed over."""

    text = _words(
        "交给他们看的情况",
        "请写一下交给他们看的情况。",
        "他们只看得到这里写的。反映人的姓名、电话、门牌会自动隐去，也请不要用别的说法写出来。",
    )
    contact = StringField(
        "现场找谁",
        description="社区接应的人和电话，例如：小林 138 0000 0002",
        filters=[stripped],
        validators=[Optional(), Length(max=40, message="请写在 40 字以内。")],
    )
    photos = Several("交给他们看的照片", validators=[Optional()])


class RefuseCallForm(StepForm):
    """不归我们管."""

    text = _words(
        "为什么不归你们管？该找谁？",
        "请写一下为什么不归你们管。",
        "吹哨方看过以后，会撤回，或者仍请你们到场（只能坚持一次）。",
    )


class InsistForm(StepForm):
    """仍请他们到场."""

    text = _words(
        "为什么仍请他们到场？", "请写一下为什么仍请他们到场。", "他们会看到，之后不能再次退回"
    )


class WithdrawForm(StepForm):
    """撤回."""

    text = _words("为什么撤回？", "请写一下为什么撤回。", "他们会看到")


class ArriveForm(StepForm):
    """到场签到."""

    photos = MultipleFileField(
        "现场照片",
        description="至少一张，最多 6 张；到场时间由系统记下，照片里的定位信息会自动去掉。",
        validators=[InputRequired("请拍一张现场照片，作为到场的凭据。")],
    )
    text = _remark("现场情况")


class CallNoteForm(StepForm):
    """留言."""

    text = _words("留言", "请写几个字。", "一起被请的单位和吹哨方都能看到，居民看不到")


class JointForm(StepForm):
    """共同处置."""

    others = Several("和谁一起做的？", validators=[InputRequired("请选一下是和谁一起做的。")])
    text = _words("一起做了什么？", "请写一下一起做了什么。", "对方会收到，确认后记为共同处置")


class JoinForm(StepForm):
    """确认一起做了."""

    step = HiddenField()


class FinishForm(StepForm):
    """处理完了."""

    text = _words("处理结果", "请写一下是怎么处理的。")


class ScoreForm(StepForm):
    """打分."""

    stars = Radio("打几分？", validators=[InputRequired("请选一个分数。")])
    text = _remark("想说的话", "两分以下请写明原因；对方会看到")

    def offer(self, side: CallParty) -> None:
        """The scale of this side, the best first."""
        self.stars.choices = [
            (str(star.value), star.words(side)) for star in sorted(Stars, reverse=True)
        ]


CALL_FORMS: dict[CallAction, type[StepForm]] = {
    CallAction.SIGN: StepForm,
    CallAction.REFUSE: RefuseCallForm,
    CallAction.INSIST: InsistForm,
    CallAction.WITHDRAW: WithdrawForm,
    CallAction.ARRIVE: ArriveForm,
    CallAction.NOTE: CallNoteForm,
    CallAction.STEP_JOINTLY: JointForm,
    CallAction.JOIN: JoinForm,
    CallAction.FINISH: FinishForm,
    CallAction.SCORE: ScoreForm,
}
