"""The shapes of what people type to sign in, register and look after their account."""

from __future__ import annotations

from wtforms import PasswordField, StringField, TelField
from wtforms.validators import InputRequired, Length

from app.core.web.forms import Form
from app.people.rules import LONGEST_NAME

_PHONE_KEYS = {"autocomplete": "tel-national", "inputmode": "numeric", "maxlength": 20}
_LONGEST_INPUT = 200


class PasswordSignInForm(Form):
    """手机号 + 密码."""

    phone = TelField("手机号", [InputRequired("请填写手机号。")], render_kw=_PHONE_KEYS)
    password = PasswordField(
        "密码",
        [InputRequired("请填写密码。"), Length(max=_LONGEST_INPUT, message="密码太长了。")],
        render_kw={"autocomplete": "current-password"},
    )


class PhoneForm(Form):
    """手机号, to send a code to."""

    phone = TelField(
        "手机号",
        [InputRequired("请填写手机号。")],
        description="我们会发一条短信验证码。没有账号的，验证后就可以注册。",
        render_kw=_PHONE_KEYS,
    )


class CodeForm(Form):
    """A code of six digits."""

    code = StringField("6 位验证码", [InputRequired("请填写 6 位验证码。"), Length(max=20)])


class JoinForm(Form):
    """A new resident's name and, if they like, a password."""

    name = StringField(
        "姓名",
        [
            InputRequired("请填写姓名。"),
            Length(max=LONGEST_NAME, message="姓名最多 30 个字。"),
        ],
        description="请填真实姓名，认领房屋时要和业主名册核对。",
        render_kw={"autocomplete": "name"},
    )
    password = PasswordField(
        "设一个密码",
        [Length(max=_LONGEST_INPUT, message="密码太长了。")],
        description="至少 8 个字符。不设也行，以后用短信验证码登录。",
        render_kw={"autocomplete": "new-password"},
    )


class PasswordForm(Form):
    """Another password."""

    current = PasswordField(
        "现在的密码",
        [Length(max=_LONGEST_INPUT, message="密码太长了。")],
        render_kw={"autocomplete": "current-password"},
    )
    password = PasswordField(
        "新密码",
        [InputRequired("请填写新密码。"), Length(max=_LONGEST_INPUT, message="密码太长了。")],
        description="至少 8 个字符，可以用一句自己记得住的话。",
        render_kw={"autocomplete": "new-password"},
    )
