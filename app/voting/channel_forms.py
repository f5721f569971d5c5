"""What is typed for proxies, paper ballots and visits."""

from __future__ import annotations

from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    MultipleFileField,
    PasswordField,
    RadioField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length

from app.core.web.forms import Form
from app.voting.rules import NOTE_LIMIT, ProxyMedium, SpoiledBy, VisitOutcome

SOUND = "sound"
MEDIA = [
    (ProxyMedium.ONLINE.value, "用对方自己的账号在网上投"),
    (ProxyMedium.PAPER.value, "在我的纸质选票上代填、代签"),
]


class ProxyForm(Form):
    """Whom somebody names."""

    voter = HiddenField()
    name = StringField(
        "受托人姓名",
        [InputRequired("请填写受托人的姓名。"), Length(max=30, message="姓名最多 30 个字。")],
        description="请填真实姓名，要写进委托书。",
        render_kw={"autocomplete": "off"},
    )
    phone = TelField(
        "受托人手机号",
        [InputRequired("请填写受托人的手机号。")],
        render_kw={"autocomplete": "off", "inputmode": "numeric", "maxlength": 20},
    )
    medium = RadioField(
        "对方怎么投",
        [InputRequired("请选择对方怎么投。")],
        choices=MEDIA,
        default=ProxyMedium.ONLINE.value,
    )


class SignProxyForm(ProxyForm):
    """The same once more with what proves the signer."""

    given = PasswordField(
        "登录密码",
        [InputRequired("请填写，用来证明是您本人签署。")],
        render_kw={"autocomplete": "current-password"},
    )


class HandSignedForm(Form):
    """What stands on an authority that was signed by hand."""

    principal = RadioField("谁签的名", choices=[], validate_choice=False)
    name = StringField(
        "受托人姓名",
        [
            InputRequired("请照委托书填写受托人的姓名。"),
            Length(max=30, message="姓名最多 30 个字。"),
        ],
        render_kw={"autocomplete": "off"},
    )
    phone = TelField(
        "受托人手机号",
        [InputRequired("请填写受托人的手机号。")],
        render_kw={"autocomplete": "off", "inputmode": "numeric", "maxlength": 20},
    )
    signed_on = DateField("委托书上的签署日期", [InputRequired("请填写委托书上的日期。")])
    matters = SelectMultipleField("委托书写明的事项", validate_choice=False)
    medium = RadioField(
        "受托人怎么投",
        [InputRequired("请选择受托人怎么投。")],
        choices=[
            (ProxyMedium.ONLINE.value, "用受托人自己的账号在网上投"),
            (ProxyMedium.PAPER.value, "在这位业主的纸质选票上代填、代签"),
        ],
        default=ProxyMedium.PAPER.value,
    )
    whole = BooleanField(
        "委托书写明了受托人、事项、权限、期限，有业主亲笔签名，没有规定怎么投",
        [InputRequired("缺一项就不能登记：请委托人补写，或者自己投票。")],
    )
    scan = MultipleFileField("委托书的照片或扫描件")


class WithdrawnForm(Form):
    """Where the paper lies with which an authority was taken back."""

    reason = StringField(
        "书面撤销材料存放在哪里",
        [InputRequired("请写明存放在哪里。"), Length(max=100, message="不超过 100 个字。")],
        description="例如：社区档案 2026-17 号。",
    )


class VoidForm(Form):
    """Why a paper ballot is declared void."""

    reason = StringField(
        "为什么作废",
        [InputRequired("请写明为什么作废。"), Length(max=100, message="不超过 100 个字。")],
        description="例如：住户说丢了。作废以后可以再打印一张。",
    )


class EntryForm(Form):
    """What one person read on a paper ballot, without the matters, which differ."""

    spoiled = RadioField(
        "这张选票有效吗",
        [InputRequired("请选择有效还是废票。")],
        choices=[
            (SOUND, "有效，照着录入"),
            *((kind.value, f"废票：{kind.label}") for kind in SpoiledBy),
        ],
        default=SOUND,
    )
    signer = RadioField("谁签的名", choices=[], validate_choice=False)
    scan = MultipleFileField("选票照片或扫描件")

    def spoiled_by(self) -> SpoiledBy | None:
        """Why it is void; none for a sound ballot."""
        return None if self.spoiled.data == SOUND else SpoiledBy(self.spoiled.data)

    def signed(self) -> tuple[str | None, int | None]:
        """The owner who signed, or whose proxy did, with the number of the authority."""
        owner, _, turn = (self.signer.data or "").partition(":")
        return owner or None, int(turn) if turn.isdecimal() else None


class VisitForm(Form):
    """What came of knocking at a door."""

    outcome = RadioField(
        "这次怎么样",
        [InputRequired("请选择这次上门的情况。")],
        choices=[(outcome.value, outcome.label) for outcome in VisitOutcome],
    )
    note = TextAreaField(
        "备注",
        [Length(max=NOTE_LIMIT, message=f"备注最多 {NOTE_LIMIT} 个字。")],
        description="下次上门要知道的事，例如“晚上七点后在家”。不要写住户打算怎么投。",
    )
