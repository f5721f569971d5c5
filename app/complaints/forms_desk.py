"""What the desk types besides the steps: shape only."""

from __future__ import annotations

import uuid

from wtforms import (
    BooleanField,
    HiddenField,
    MultipleFileField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError

from app.complaints.forms import Radio, Select
from app.complaints.forms_places import place_note
from app.complaints.rules.answers import Channel
from app.complaints.rules.dispatching import Days
from app.core.web.forms import Form, stripped

OFFICE = "office"


class _Time(TimeField):
    """A time of day; anything else is asked for again in Chinese."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed."""
        if not any(valuelist):
            return
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("时间看不懂，请写成 22:30 这样。") from None


class TemplateForm(Form):
    """常用答复."""

    title = StringField(
        "标题",
        filters=[stripped],
        validators=[
            DataRequired("请给这条答复起个标题。"),
            Length(max=30, message="标题请写在 30 字以内。"),
        ],
    )
    text = TextAreaField(
        "内容",
        filters=[stripped],
        validators=[
            DataRequired("请写一下答复的内容。"),
            Length(max=1000, message="请写在 1000 字以内。"),
        ],
    )


class FilterForm(Form):
    """常用视图. `query` is the filter as it stands in the address."""

    name = StringField(
        "给现在的条件起个名字",
        filters=[stripped],
        validators=[
            DataRequired("请给这个视图起个名字。"),
            Length(max=20, message="名字请写在 20 字以内。"),
        ],
    )
    query = HiddenField(validators=[Length(max=500)])


class RuleForm(Form):
    """派单规则."""

    matter = Select("什么事", validators=[Optional()])
    place = Select("什么地方", validators=[Optional()])
    days = Select("什么日子", choices=[(days.value, days.label) for days in Days])
    from_time = _Time("几点起", validators=[Optional()], description="全天就不填")
    to_time = _Time("几点止", validators=[Optional()], description="比开始早，就是到第二天")
    party = Select("交给谁", validators=[InputRequired("请选择交给谁。")])

    def validate_from_time(self, field: TimeField) -> None:
        """Both ends or none."""
        _both(field, self.to_time)

    def validate_to_time(self, field: TimeField) -> None:
        """Both ends or none."""
        _both(field, self.from_time)


def _both(field: TimeField, other: TimeField) -> None:
    if field.data is not None and other.data is None and not other.errors:
        raise ValidationError("开始和结束时间请都填，或者都不填。")


class EntryForm(Form):
    """代录."""

    once_key = HiddenField()
    channel = Radio(
        "居民怎么反映的？",
        choices=[(one.value, one.label) for one in (Channel.COUNTER, Channel.PHONE)],
        validators=[InputRequired("请选一下居民是怎么反映的。")],
    )
    name = StringField(
        "居民姓名",
        filters=[stripped],
        validators=[
            DataRequired("请写居民的姓名或称呼。"),
            Length(max=30, message="请写在 30 字以内。"),
        ],
    )
    phone = StringField(
        "手机号",
        description="本社区注册过的号码，进展会发到本人手机；没有可以不填",
        filters=[stripped],
        validators=[Optional(), Length(max=20, message="请填写 11 位的手机号。")],
        render_kw={"inputmode": "tel"},
    )
    category = Select("什么事？", validators=[InputRequired("请选择要反映的事情。")])
    place = Select("什么地方？", validators=[InputRequired("请选择发生的地方。")])
    place_note = place_note("选了“别的地方”就请写清楚在哪里")
    text = TextAreaField(
        "居民怎么说",
        filters=[stripped],
        validators=[
            DataRequired("请写一下发生了什么。"),
            Length(max=1000, message="请写在 1000 字以内。"),
        ],
    )
    photos = MultipleFileField("照片", validators=[Optional()])
    anonymous = BooleanField("居民要求对物业匿名")

    def fresh_key(self) -> None:
        """Give an empty form the key that makes sending twice harmless."""
        self.once_key.data = str(uuid.uuid4())
