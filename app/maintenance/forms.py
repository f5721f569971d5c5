"""Forms about facilities: shape of the input only."""

from __future__ import annotations

from typing import Any

from flask_wtf.file import MultipleFileField
from wtforms import DateField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.core.web.forms import Form, stripped
from app.maintenance.rules import FacilityKind

MOST_PHOTOS = 6
TOO_MANY_PHOTOS = f"一次最多传 {MOST_PHOTOS} 张照片。"


class _Date(DateField):
    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError("日期请按“年-月-日”填写，例如 2026-03-08。") from error


class _Whole(IntegerField):
    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError("请填写整数天数，例如 15。") from error


class FacilityForm(Form):
    """A facility."""

    compound_id = SelectField("所在小区", [InputRequired("请选择小区。")])
    kind = SelectField(
        "维护项目",
        [InputRequired("请选择维护项目。")],
        choices=[(kind.value, f"{kind.label} · {kind.basis}") for kind in FacilityKind],
    )
    name = StringField(
        "设施名称",
        [InputRequired("请填写设施名称。"), Length(max=60, message="请不要超过 60 个字。")],
        description="能让人找到它，例如“3 栋 1 单元电梯”。",
        filters=[stripped],
    )
    cycle_days = _Whole(
        "维护周期",
        [Optional()],
        description="空着就按维护项目的默认周期。",
        render_kw={"inputmode": "numeric"},
    )
    retired_on = _Date("停用日期", [Optional()], description="已经拆除或停用时填写，以后不再计入。")
    version = HiddenField(default="0")


class UpkeepForm(Form):
    """A piece of upkeep with its photos."""

    done_on = _Date("哪一天做的", [InputRequired("请填写维护日期。")])
    done_by = StringField(
        "谁做的",
        [InputRequired("请填写维护单位。"), Length(max=60, message="请不要超过 60 个字。")],
        description="维护单位的名称。",
        filters=[stripped],
    )
    next_due_on = _Date("下次日期", [Optional()])
    note = TextAreaField(
        "说明", [Optional(), Length(max=500, message="请不要超过 500 个字。")], filters=[stripped]
    )
    photos = MultipleFileField(
        "凭证照片", description="维保单、检测报告或现场照片。没有凭证不计入覆盖。"
    )


def chosen_photos(form: Any) -> list[Any]:
    """The files that were really chosen."""
    return [item for item in form.photos.data or [] if getattr(item, "filename", "")]
