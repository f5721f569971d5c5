"""The shape of granting a role and of founding a department."""

from __future__ import annotations

from wtforms import SelectField, StringField, TelField
from wtforms.validators import InputRequired, Length

from app.core.web.forms import Form
from app.people.rules import LONGEST_NAME

LONGEST_DEPARTMENT = 30


class GrantForm(Form):
    """Phone, name and, where the role needs one, a place."""

    phone = TelField(
        "手机号",
        [InputRequired("请填写手机号。")],
        description="对方用这个号码登录。还没有账号的会自动开通。",
        render_kw={"inputmode": "numeric", "autocomplete": "off", "maxlength": 20},
    )
    name = StringField(
        "姓名",
        [
            InputRequired("请填写姓名。"),
            Length(max=LONGEST_NAME, message="姓名最多 30 个字。"),
        ],
        description="对方已有账号时，仍显示他自己填的姓名。",
        render_kw={"autocomplete": "off"},
    )
    place = SelectField("范围", validate_choice=False)


class DepartmentForm(Form):
    """部门."""

    name = StringField(
        "部门名称",
        [
            InputRequired("请填写部门名称。"),
            Length(max=LONGEST_DEPARTMENT, message="名称请写在 30 字以内。"),
        ],
        description="例如：城管执法中队、消防救援站、市场监管所",
        filters=[lambda typed: " ".join((typed or "").split())],
        render_kw={"autocomplete": "off"},
    )


class DepartmentMemberForm(Form):
    """部门工作人员."""

    phone = TelField(
        "手机号",
        [InputRequired("请填写手机号。")],
        description="对方用这个号码登录，第一次使用要设两步验证。",
        render_kw={"inputmode": "numeric", "autocomplete": "off", "maxlength": 20},
    )
    name = StringField(
        "姓名",
        [
            InputRequired("请填写姓名。"),
            Length(max=LONGEST_NAME, message="姓名最多 30 个字。"),
        ],
        render_kw={"autocomplete": "off"},
    )
