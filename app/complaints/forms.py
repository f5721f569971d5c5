"""What residents and the desk type: shape only."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from werkzeug.datastructures import FileStorage
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from app.complaints.forms_places import place_note
from app.complaints.rules.answers import Ground, Rating
from app.complaints.rules.states import Action
from app.core.files.actions import Upload
from app.core.web.forms import Form, stripped

MOST_TEXT = 1000
NOT_LISTED = "请从列出的里面选一个。"


def _text(label: str, empty: str, description: str = "") -> TextAreaField:
    return TextAreaField(
        label,
        description=description,
        filters=[stripped],
        validators=[
            DataRequired(empty),
            Length(max=MOST_TEXT, message=f"请写在 {MOST_TEXT} 字以内。"),
        ],
    )


class Select(SelectField):
    """A list; what is not in it is asked for again in Chinese."""

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.invalid_choice_message = NOT_LISTED
        self.type = SelectField.__name__


class Radio(RadioField):
    """Cards to choose from; what is not among them is asked for again in Chinese."""

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.invalid_choice_message = NOT_LISTED
        self.type = RadioField.__name__


def _remark(label: str, description: str = "") -> TextAreaField:
    return TextAreaField(
        label,
        description=description,
        filters=[stripped],
        validators=[Optional(), Length(max=500, message="请写在 500 字以内。")],
    )


class _Number(IntegerField):
    """A whole number; anything else is asked for again in Chinese."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("请填一个整数。") from None


class _Day(DateField):
    """A day; anything else is asked for again in Chinese."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("日期看不懂，请选一个日期，例如 2026-03-08。") from None


def _photos(label: str, description: str = "") -> MultipleFileField:
    return MultipleFileField(label, description=description, validators=[Optional()])


def uploads(field: Any) -> list[Upload]:
    """The files that were really chosen."""
    chosen: list[FileStorage] = [
        item for item in field.data or [] if isinstance(item, FileStorage) and item.filename
    ]
    return [Upload(item.filename or "", item.read()) for item in chosen]


class ReportForm(Form):
    """反映: what is wrong; category and place were chosen on the way here."""

    once_key = HiddenField()
    category = HiddenField()
    place = HiddenField()
    place_note = place_note("例如：3 栋 1 单元 4 楼电梯口")
    text = _text("发生了什么？", "请写一下发生了什么，几个字也行。", "什么时候开始的、影响了谁")
    photos = _photos("照片或短视频", "最多 6 个；视频 60 秒、20 MB 以内。定位信息会自动去掉。")
    anonymous = BooleanField(
        "对物业匿名",
        description="物业看不到您的姓名、电话和门牌号；社区工作人员能看到，好给您回访。",
    )

    def fresh_key(self) -> None:
        """Give an empty form the key that makes sending twice harmless."""
        self.once_key.data = str(uuid.uuid4())


class StepForm(Form):
    """A step without words. `version` is what the person was looking at.

    `refusal`: why the step was not taken; said by the page where it offers the step no more.
    """

    version = HiddenField()
    refusal = ""

    @property
    def seen_version(self) -> int:
        """The version as a number; 0, which no complaint has, when it is none."""
        typed = self.version.data or ""
        return int(typed) if typed.isdecimal() else 0


class PhotoForm(StepForm):
    """A step with photos. `form_key`: under which they are sent ahead of the form."""

    form_key = HiddenField()
    upload_url = ""
    kept: Mapping[str, Any] = {}

    @property
    def key(self) -> UUID:
        """The key; a fresh one where the form has none."""
        try:
            found = UUID(self.form_key.data or "")
        except ValueError:
            found = uuid.uuid4()
        self.form_key.data = str(found)
        return found


class ReplyForm(PhotoForm):
    """答复."""

    text = _text("答复内容", "请写几句，告诉居民现在怎样了。", "居民会马上看到")
    photos = _photos("照片")


class CompleteForm(PhotoForm):
    """办结."""

    text = _text("办理结果", "请写一下是怎么解决的。", "居民看了结果再确认是否解决")
    before_photos = _photos("处理前照片")
    photos = _photos("处理后照片")


class HandBackForm(StepForm):
    """退回社区."""

    text = _text("为什么不属于你们？", "请写明退回的理由。", "社区会看理由，再决定交给谁")


class DispatchForm(StepForm):
    """分派."""

    organization = Radio("交给哪家办理？", validators=[InputRequired("请选择交给哪家单位办理。")])
    text = _remark("交代几句")


class RefuseForm(StepForm):
    """不予受理."""

    ground = Select(
        "不受理的原因",
        choices=[("", "请选择"), *((ground.value, ground.label) for ground in Ground)],
        validators=[InputRequired("请选择不受理的原因。")],
    )
    text = _text("给居民的说明", "请写几句说明，让居民知道该找谁。")


class SettleForm(StepForm):
    """裁定."""

    text = _text("为什么仍由原单位办理？", "请写明裁定的理由。", "对方会收到，裁定后不能再退回")


class AssignForm(StepForm):
    """交给同事."""

    assignee = Select("交给谁？", validators=[InputRequired("请选择交给哪位同事。")])
    text = _remark("交代几句")


class ExtensionForm(StepForm):
    """申请延期."""

    days = _Number(
        "延长几天",
        validators=[InputRequired("请写要延长几天。")],
        description="从原来承诺的日期往后算",
        render_kw={"inputmode": "numeric"},
    )
    text = _text("为什么要延期？", "请写明延期的理由。", "社区同意后，居民会看到理由和新的日期")


class DenyForm(StepForm):
    """不同意延期."""

    text = _text("为什么不同意？", "请写明不同意的理由。")


class PauseForm(StepForm):
    """等居民配合."""

    until = _Day("和居民约好哪一天？", validators=[InputRequired("请选择和居民约好的日期。")])
    text = _text("约好了什么？", "请写一下和居民约好了什么。", "居民会看到；等待期间不计时")


class NoteForm(StepForm):
    """内部备注."""

    text = _text("备注", "请写几个字。", "居民看不到；社区的备注物业也看不到")


class CallForm(StepForm):
    """回访没有接通."""

    text = _remark("情况", "例如：响铃无人接听")


class VerifyForm(StepForm):
    """回访：已经解决."""

    rating = Radio(
        "居民满意吗？",
        choices=[(rating.value, rating.label) for rating in Rating],
        validators=[InputRequired("请选一下满意不满意。")],
    )
    text = _remark("居民怎么说")


class UnsolvedForm(StepForm):
    """回访：没有解决."""

    text = _text("哪里没有解决？", "请写一下居民说哪里没有解决。", "办理的人会收到")


class ReclassifyForm(StepForm):
    """改事项."""

    category = Select("改成哪个事项？", validators=[InputRequired("请选择事项。")])
    text = _remark("为什么改")


class MergeForm(StepForm):
    """并入另一件."""

    lead = StringField(
        "并入哪一件？",
        description="填那一件的编号；这位居民会收到那一件的每步进展",
        filters=[stripped],
        validators=[DataRequired("请填写要并入的那件诉求的编号。"), Length(max=20)],
    )
    text = _remark("说明")


class SplitForm(StepForm):
    """拆出来单独办."""

    text = _text("为什么要拆出来？", "请写一下为什么要单独办。")


class SplitOffForm(StepForm):
    """拆出另一件事."""

    category = Select("另一件是什么事？", validators=[InputRequired("请选择事项。")])
    text = _text("另一件事的情况", "请写一下另一件事的情况。", "会单独成为一件诉求，告诉同一位居民")


class FlagForm(StepForm):
    """公共安全."""

    text = _text("为什么？", "请写几个字说明理由。")


class DisputeForm(PhotoForm):
    """不同意自动办结."""

    text = _text("哪里没有解决？", "请写一下哪里没有解决。")
    photos = _photos("现在的照片")


class AddForm(PhotoForm):
    """补充."""

    text = _text("补充什么？", "请写一下要补充的情况。")
    photos = _photos("照片")


class ConfirmForm(StepForm):
    """确认办结."""

    rating = Radio(
        "这次办得怎么样？",
        choices=[(rating.value, rating.label) for rating in Rating],
        validators=[InputRequired("请选一下满意不满意。")],
    )
    text = TextAreaField("想说的话", filters=[stripped], validators=[Optional(), Length(max=500)])


class ReopenForm(PhotoForm):
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
    Action.SETTLE: SettleForm,
    Action.ASSIGN: AssignForm,
    Action.ASK_EXTENSION: ExtensionForm,
    Action.EXTEND: StepForm,
    Action.DENY_EXTENSION: DenyForm,
    Action.PAUSE: PauseForm,
    Action.RESUME: StepForm,
    Action.NOTE: NoteForm,
    Action.CALL_UNREACHED: CallForm,
    Action.VERIFY: VerifyForm,
    Action.FIND_UNSOLVED: UnsolvedForm,
    Action.RECLASSIFY: ReclassifyForm,
    Action.MERGE: MergeForm,
    Action.SPLIT: SplitForm,
    Action.SPLIT_OFF: SplitOffForm,
    Action.FLAG: FlagForm,
    Action.UNFLAG: FlagForm,
    Action.DISPUTE: DisputeForm,
    Action.ADD: AddForm,
    Action.CONFIRM: ConfirmForm,
    Action.REOPEN: ReopenForm,
}
