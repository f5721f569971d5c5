"""The shape of what staff and residents type about the register."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.core.web.forms import Form
from app.kit.areas import parse_area
from app.kit.phones import normalize_phone
from app.kit.refusal import Invalid
from app.registry.rules import (
    AREA_SOURCE_TITLES,
    OWNER_KIND_TITLES,
    RELATION_TITLES,
    SALE_STATE_TITLES,
    UNIT_KIND_TITLES,
    OwnerKind,
)
from app.registry.rules.lines import HIGHEST_FLOOR, LOWEST_FLOOR, normalize_identity
from app.registry.rules.shares import parse_share

_LONGEST = 60
_NOTE = 500
_NAME = [
    InputRequired("请填写名称。"),
    Length(max=_LONGEST, message="最多 60 个字。"),
]


def choices(titles: dict[Any, str]) -> list[tuple[str, str]]:
    """Enum titles as choices."""
    return [(str(value), title) for value, title in titles.items()]


def readable(parse: Callable[[str], Any]) -> Callable[[Form, Field], None]:
    """A validator from a reader of the kit: its words are the error."""

    def check(_form: Form, field: Field) -> None:
        if field.data and field.data.strip():
            try:
                parse(field.data)
            except Invalid as refused:
                raise ValidationError(refused.sentence) from refused

    return check


class VersionedForm(Form):
    """A form on a row that two people may have open."""

    version = HiddenField(default="0")

    @property
    def version_number(self) -> int:
        """The version this form was opened with."""
        text = self.version.data or "0"
        return int(text) if text.isdecimal() and len(text) < len(str(2**31)) else 0


class CompoundForm(VersionedForm):
    """小区."""

    name = StringField("小区名称", _NAME)
    address = StringField("地址", [Length(max=200, message="最多 200 个字。")])
    residential = BooleanField("住宅小区", default=True)
    old = BooleanField("老旧小区")


class BuildingForm(VersionedForm):
    """楼栋."""

    name = StringField("楼栋名称", _NAME, description="例如 3栋、商业街、地下车库。")
    floors = IntegerField(
        "层数", [Optional(), NumberRange(1, HIGHEST_FLOOR, message="请填写 1 到 199。")]
    )


class StairwellForm(VersionedForm):
    """单元."""

    name = StringField("单元名称", _NAME, description="例如 1单元。")


class UnitForm(VersionedForm):
    """专有部分."""

    stairwell_id = SelectField("单元", default="")
    room = StringField("房号", [InputRequired("请填写房号。"), Length(max=_LONGEST)])
    floor = IntegerField(
        "楼层",
        [Optional(), NumberRange(LOWEST_FLOOR, HIGHEST_FLOOR, message="请填写 -9 到 199。")],
        description="地下一层写 -1。",
    )
    kind = SelectField("类型", [InputRequired()], choices=choices(UNIT_KIND_TITLES))
    area = StringField(
        "面积（㎡）",
        [InputRequired("请填写面积，例如 89.50。"), readable(parse_area)],
        render_kw={"inputmode": "decimal"},
    )
    area_source = SelectField("面积来源", [InputRequired()], choices=choices(AREA_SOURCE_TITLES))
    sale_state = SelectField("交付状态", [InputRequired()], choices=choices(SALE_STATE_TITLES))
    vacant = BooleanField("长期空置")


class OwnerForm(VersionedForm):
    """业主."""

    name = StringField("姓名或单位名称", _NAME)
    kind = SelectField("业主类型", [InputRequired()], choices=choices(OWNER_KIND_TITLES))
    phone = TelField("手机", [readable(normalize_phone)], render_kw={"inputmode": "tel"})
    identity = StringField(
        "证件号",
        [Length(max=_LONGEST, message="证件号太长了。")],
        description="身份证号；单位填统一社会信用代码。保存后只显示头尾几位。",
        render_kw={"autocomplete": "off"},
    )

    def validate_identity(self, field: Field) -> None:
        """The number must fit the kind of owner."""
        readable(lambda text: normalize_identity(text, OwnerKind(self.kind.data)))(self, field)


class HoldingForm(OwnerForm):
    """业主 and the share of a unit."""

    share = StringField(
        "份额",
        [InputRequired("请填写份额，独有填 1。"), readable(parse_share)],
        default="1",
        description="写成 1/2、50% 或 0.5；一个人独有填 1。",
    )


class ShareForm(Form):
    """份额."""

    share = StringField(
        "份额",
        [InputRequired("请填写份额。"), readable(parse_share)],
        description="写成 1/2、50% 或 0.5；一个人独有填 1。原来的份额会留在历史里。",
    )


class RegisterForm(Form):
    """业主名册 to import."""

    compound_id = SelectField("导入到哪个小区", [InputRequired()])
    table = FileField(
        "名册文件",
        [FileRequired("请选择文件。")],
        description="XLSX 或 CSV，不超过 25 MB，一次最多 20 万行。先检查，不会直接改名册。",
    )


class ClaimForm(Form):
    """认领房屋: the last step."""

    unit_id = HiddenField()
    relation = RadioField(
        "您是这套房屋的",
        [InputRequired("请选择您和这套房屋的关系。")],
        choices=choices(RELATION_TITLES),
    )
    note = TextAreaField(
        "补充说明",
        [Length(max=_NOTE, message="最多 500 个字。")],
        description="手机号和业主登记的不一样时，写清原因，社区核对更快。",
    )
    photo = FileField(
        "证明照片", description="不动产权证、购房合同或租房合同的照片。只有社区工作人员能看到。"
    )


class ApprovalForm(Form):
    """Who of the register the claimant is."""

    owner_id = RadioField("是名册里的哪一位", validate_choice=False, validators=[Optional()])


class RefusalForm(Form):
    """Why a claim is refused."""

    reason = TextAreaField(
        "不通过的原因",
        [
            InputRequired("不通过时请写明原因，居民会看到。"),
            Length(max=_NOTE, message="最多 500 个字。"),
        ],
    )


def value_of(enum: type[StrEnum], text: str | None) -> str | None:
    """A filter's value, if the enum knows it."""
    return text if text in {member.value for member in enum} else None
