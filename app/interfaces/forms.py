"""What staff type about clients and addresses: shape only."""

from __future__ import annotations

from wtforms import RadioField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from app.core.web.forms import Form, stripped
from app.interfaces.rules.clients import Reading
from app.interfaces.rules.webhooks import LONGEST_URL, Event


class ClientForm(Form):
    """对接方."""

    name = StringField(
        "对接方名称",
        [DataRequired("请填写对接方名称。"), Length(max=40, message="请不要超过 40 个字。")],
        description="写清楚是谁的系统，例如“12345 热线平台”。",
        filters=[stripped],
    )
    reading = RadioField(
        "它能查到什么？",
        [InputRequired("请选择它能查到什么。")],
        choices=[(reading.value, reading.label) for reading in Reading],
        description="都查不到居民的姓名、电话、门牌和照片；别处来的说明文字也查不到。",
    )


class WebhookForm(Form):
    """推送地址."""

    url = StringField(
        "推送地址",
        [
            DataRequired("请填写推送地址。"),
            Length(max=LONGEST_URL, message=f"请不要超过 {LONGEST_URL} 个字符。"),
        ],
        description="由对接方提供，以 https:// 开头。",
        filters=[stripped],
        render_kw={"inputmode": "url", "autocomplete": "off"},
    )
    events = SelectMultipleField(
        "推送哪些事？",
        [InputRequired("请至少选一样。")],
        choices=[(event.value, event.label) for event in Event],
    )
