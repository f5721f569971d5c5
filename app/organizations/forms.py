"""Forms about organizations: shape of the input only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.core.web.forms import Form, stripped
from app.organizations.rules import COMMITTEE_POSTS, PARTY_WORK_TITLES, SERVICE_MODE_TITLES

NO_CHOICE = ""
WHOLE_WRONG = "请填写整数，例如 3。"
DATE_WRONG = "日期请按“年-月-日”填写，例如 2026-03-08。"


class _Date(DateField):
    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(DATE_WRONG) from error


class _Whole(IntegerField):
    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(WHOLE_WRONG) from error


class OrganizationForm(Form):
    """An organization of any kind; fields that a kind lacks are removed by the view."""

    name = StringField(
        "名称",
        [InputRequired("请填写名称。"), Length(max=80, message="名称请不要超过 80 个字。")],
        filters=[stripped],
    )
    credit_code = StringField(
        "统一社会信用代码",
        [Optional()],
        description="18 位，在营业执照或登记证书上。",
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    compound_id = SelectField("所在小区", [InputRequired("请选择小区。")])
    party_work = RadioField("党的组织和工作覆盖", choices=list(PARTY_WORK_TITLES.items()))
    party_member_count = _Whole(
        "正式党员人数",
        [
            InputRequired("请填写人数，没有就填 0。"),
            NumberRange(0, 9999, message="人数请填 0 到 9999 之间的整数。"),
        ],
        default=0,
        render_kw={"inputmode": "numeric"},
    )
    term_starts = _Date("本届任期开始", [Optional()])
    term_ends = _Date("本届任期结束", [Optional()], description="一届最长 5 年。")
    filed_on = _Date("备案日期", [Optional()], description="还没有备案就空着。")
    closed_on = _Date("撤销日期", [Optional()], description="已经撤销或不再服务时填写。")
    version = HiddenField(default="0")


class MemberForm(Form):
    """A person to be seated."""

    name = StringField(
        "姓名",
        [InputRequired("请填写姓名。"), Length(max=40, message="姓名请不要超过 40 个字。")],
        filters=[stripped],
    )
    post = StringField(
        "职务",
        [
            InputRequired("请填写职务，例如主任、委员。"),
            Length(max=40, message="请不要超过 40 个字。"),
        ],
        filters=[stripped],
    )
    party_member = BooleanField("中共党员")
    term_starts = _Date("任职开始", [Optional()])
    term_ends = _Date("任职到", [Optional()])


class PostForm(Form):
    """The post a member was given by the committee itself."""

    post = RadioField(
        "职务",
        [InputRequired("请选择职务。")],
        choices=[(post, post) for post in COMMITTEE_POSTS],
    )
    version = HiddenField(default="0")


class DayForm(Form):
    """One day, for what happens to a member or a contract."""

    on = _Date("日期", [InputRequired("请填写日期。")])
    version = HiddenField(default="0")


class ContractForm(Form):
    """A service contract."""

    compound_id = SelectField("服务的小区", [InputRequired("请选择小区。")])
    mode = RadioField(
        "服务方式",
        [InputRequired("请选择服务方式。")],
        choices=list(SERVICE_MODE_TITLES.items()),
    )
    company_id = SelectField("物业企业", [Optional()], description="专业物业服务必须选择。")
    signed_on = _Date("签订日期", [InputRequired("请填写签订日期。")])
    starts_on = _Date("服务开始", [InputRequired("请填写服务开始的日期。")])
    ends_on = _Date("服务结束", [Optional()], description="没有约定期限就空着。")
    version = HiddenField(default="0")


def offer(field: Any, rows: Iterable[Any], empty: str | None = None) -> None:
    """Fill a choice from rows that have an id and a name."""
    listed = [(str(row.id), row.name) for row in rows]
    field.choices = ([(NO_CHOICE, empty)] if empty is not None else []) + listed


def chosen_id(field: Any) -> UUID | None:
    """The chosen row, if any."""
    return UUID(field.data) if field.data else None


def version_of(form: Any) -> int:
    """The version the person looked at; nonsense is an old one."""
    text = str(form.version.data or "0")
    return int(text) if text.isdecimal() and len(text) <= 9 else 0  # noqa: PLR2004 - fits an int
