"""What residents and the desk type: shape only."""

from __future__ import annotations

import uuid
from typing import Any

from flask_wtf import FlaskForm
from werkzeug.datastructures import FileStorage
from wtforms import (
    BooleanField,
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from app.complaints.rules.states import Action, Ground, Rating
from app.core.files.actions import Upload
from app.registry.forms import VersionedForm

MOST_TEXT = 1000


def _text(label: str, empty: str, description: str = "") -> TextAreaField:
    return TextAreaField(
        label,
        description=description,
        filters=[_stripped],
        validators=[
            DataRequired(empty),
            Length(max=MOST_TEXT, message=f"请写在 {MOST_TEXT} 字以内。"),
        ],
    )


def _stripped(value: str | None) -> str | None:
    return value.strip() if value else value


def _photos(label: str, description: str = "") -> MultipleFileField:
    return MultipleFileField(label, description=description, validators=[Optional()])


def uploads(field: Any) -> list[Upload]:
    """The files that were really chosen."""
    chosen: list[FileStorage] = [
        item for item in field.data or [] if isinstance(item, FileStorage) and item.filename
    ]
    return [Upload(item.filename or "", item.read()) for item in chosen]


class ReportForm(FlaskForm):  # type: ignore[misc]
    """反映: what is wrong; category and place were chosen on the way here."""

    once_key = HiddenField()
    category = HiddenField()
    place = HiddenField()
    place_note = StringField(
        "具体位置",
        description="例如：3 栋 1 单元 4 楼电梯口",
        filters=[_stripped],
        validators=[Optional(), Length(max=60, message="请写在 60 字以内。")],
    )
    text = _text("发生了什么？", "请写一下发生了什么，几个字也行。", "什么时候开始的、影响了谁")
    photos = _photos("照片或短视频", "最多 6 个；视频 60 秒、20 MB 以内。定位信息会自动去掉。")
    anonymous = BooleanField(
        "对物业匿名",
        description="物业看不到您的姓名、电话和门牌号；社区工作人员能看到，好给您回访。",
    )

    def fresh_key(self) -> None:
        """Give an empty form the key that makes sending twice harmless."""
        self.once_key.data = str(uuid.uuid4())


class CommonPlaceForm(VersionedForm):
    """公共地方."""

    name = StringField(
        "地方的名称",
        description="例如：南门、地下车库 B 区、儿童乐园",
        filters=[_stripped],
        validators=[
            DataRequired("请填写名称。"),
            Length(max=30, message="请写在 30 字以内。"),
        ],
    )


class PlanForm(FlaskForm):  # type: ignore[misc]
    """小区平面图."""

    plan = MultipleFileField(
        "平面图图片",
        description="JPG、PNG 或 WebP。居民能看到这张图，请先确认图上没有个人信息。",
        validators=[Optional()],
    )


class StepForm(FlaskForm):  # type: ignore[misc]
    """A step without words. `version` is what the person was looking at."""

    version = HiddenField()

    @property
    def seen_version(self) -> int:
        """The version as a number; 0, which no complaint has, when it is none."""
        typed = self.version.data or ""
        return int(typed) if typed.isdecimal() else 0


class ReplyForm(StepForm):
    """答复."""

    text = _text("答复内容", "请写几句，告诉居民现在怎样了。", "居民会马上看到")
    photos = _photos("照片")


class CompleteForm(StepForm):
    """办结."""

    text = _text("办理结果", "请写一下是怎么解决的。", "居民看了结果再确认是否解决")
    before_photos = _photos("处理前照片")
    photos = _photos("处理后照片")


class HandBackForm(StepForm):
    """退回社区."""

    text = _text("为什么不属于你们？", "请写明退回的理由。", "社区会看理由，再决定交给谁")


class DispatchForm(StepForm):
    """分派."""

    organization = RadioField(
        "交给哪家办理？", validators=[InputRequired("请选择交给哪家单位办理。")]
    )
    text = TextAreaField("交代几句", filters=[_stripped], validators=[Optional(), Length(max=500)])


class RefuseForm(StepForm):
    """不予受理."""

    ground = SelectField(
        "不受理的原因",
        choices=[("", "请选择"), *((ground.value, ground.label) for ground in Ground)],
        validators=[InputRequired("请选择不受理的原因。")],
    )
    text = _text("给居民的说明", "请写几句说明，让居民知道该找谁。")


class AddForm(StepForm):
    """补充."""

    text = _text("补充什么？", "请写一下要补充的情况。")
    photos = _photos("照片")


class ConfirmForm(StepForm):
    """确认办结."""

    rating = RadioField(
        "这次办得怎么样？",
        choices=[(rating.value, rating.label) for rating in Rating],
        validators=[InputRequired("请选一下满意不满意。")],
    )
    text = TextAreaField("想说的话", filters=[_stripped], validators=[Optional(), Length(max=500)])


class ReopenForm(StepForm):
    """退回重办."""

    text = _text("哪里没有解决？", "请写一下哪里没有解决。")
    photos = _photos("现在的照片")


STEP_FORMS: dict[Action, type[StepForm]] = {
    Action.DISPATCH: DispatchForm,
    Action.TAKE: StepForm,
    Action.REFUSE: RefuseForm,
    Action.ACCEPT: StepForm,
    Action.REPLY: ReplyForm,
    Action.COMPLETE: CompleteForm,
    Action.HAND_BACK: HandBackForm,
    Action.ADD: AddForm,
    Action.CONFIRM: ConfirmForm,
    Action.REOPEN: ReopenForm,
}
