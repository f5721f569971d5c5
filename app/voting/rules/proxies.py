"""Voting by proxy (委托代理, 民法典 161–165): who may be one, for how many, and how it ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from app.kit.digests import canonical_json, sha256_hex
from app.kit.refusal import Invalid, Refusal

EXTENT = (
    "受托人可以就上列事项自行决定同意、不同意、弃权或者选择候选人，代为填写并提交选票；不得转委托。"
)
"""代理权限. No instruction how to vote is written down: it would be a choice before the close."""
TERM = "自签署时起，到本次会议投票截止为止；投票依法延期的，到延期后的截止时间为止。"
"""代理期限."""


class ProxyEnd(StrEnum):
    """What an authority ended with; it ends once."""

    USED = "used"
    REVOKED = "revoked"
    OVERRIDDEN = "overridden"

    @property
    def label(self) -> str:
        """For lists."""
        return {
            ProxyEnd.USED: "受托人已投票",
            ProxyEnd.REVOKED: "已撤销",
            ProxyEnd.OVERRIDDEN: "业主自己投了票，委托作废",
        }[self]


class ProxyMedium(StrEnum):
    """How the proxy will vote: with an account of their own, or on the principal's paper ballot."""

    ONLINE = "online"
    PAPER = "paper"


class Signing(StrEnum):
    """How the principal proved that it was them."""

    PASSWORD = "password"  # noqa: S105 - the name of a way
    CODE = "code"
    HAND = "hand"

    @property
    def label(self) -> str:
        """On the form."""
        return {
            Signing.PASSWORD: "登录密码确认",
            Signing.CODE: "短信验证码确认",
            Signing.HAND: "纸质委托书亲笔签名",
        }[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What is known of the person somebody wants to name."""

    is_co_owner: bool
    is_property_staff: bool
    held: int
    """Authorities in this assembly that still stand or were used, without this one."""


def check_naming(named: Named, limit: int) -> None:
    """Who may be a proxy, and for how many voters; both are the community's own rules (D)."""
    if named.is_co_owner:
        raise _at_phone("这位就是这一票的共有人，可以直接投票，不用委托。", "proxy_is_co_owner")
    if named.is_property_staff:
        raise _at_phone("物业企业的工作人员不能当受托人，请换一位。", "proxy_excluded")
    if named.held >= limit:
        raise _at_phone(
            f"这位已经接受了 {named.held} 份委托，每人最多 {limit} 份，请换一位。", "proxy_limit"
        )


def check_hand_signed(
    *, signed_on: date, noticed_on: date, today: date, named: int, matters: int, medium: ProxyMedium
) -> None:
    """What a form signed on paper may be: after the notice, not after today, matters of the notice.

    `named` of the `matters` stand on it. One who acts in some matters only cannot answer them all
    online; on paper the others stay blank.
    """
    if signed_on > today:
        raise Invalid(errors={"signed_on": "签署日期还没有到，请照委托书上的日期填写。"})
    if signed_on < noticed_on:
        sentence = (
            f"公告是 {noticed_on.month}月{noticed_on.day}日发布的，"
            "更早签的委托书写不出这次表决的事项，请委托人重新写一份。"
        )
        raise Invalid(errors={"signed_on": sentence}, code="signed_before_notice")
    if not named:
        raise Invalid(errors={"matters": "请勾选委托书上写明的事项。"}, code="no_matter_named")
    if named < matters and medium is ProxyMedium.ONLINE:
        sentence = "委托书只写了一部分事项，请受托人在纸质选票上填写这些事项。"
        raise Invalid(errors={"medium": sentence}, code="partly_online")


def check_recorder(*, is_proxy: bool) -> None:
    """Nobody records the authority that is given to themselves."""
    if is_proxy:
        raise _at_phone("您就是受托人，请另一位工作人员登记。", "records_own_proxy")


def check_standing(end: ProxyEnd | None) -> None:
    """An authority can be revoked until it was used; what is over stays over."""
    if end is ProxyEnd.USED:
        raise Refusal("受托人已经投了票，这份委托不能再撤销。", code="proxy_used")
    if end is not None:
        raise Refusal("这份委托已经不再有效。", code="proxy_over")


def authority_document(  # noqa: PLR0913 - the law lists what the form must say
    *,
    assembly_id: str,
    title: str,
    principal: str,
    label: str,
    area_centi: int,
    proxy: str,
    proxy_phone: str,
    matters: Sequence[Mapping[str, str]],
    signing: Signing,
    signed_on: date | None = None,
) -> dict[str, Any]:
    """授权委托书: names the proxy, matters, extent and term (民法典 165); signed as a whole.

    `signed_on`: the day written on a form that was signed by hand.
    """
    document: dict[str, Any] = {
        "assembly_id": assembly_id,
        "title": title,
        "principal": principal,
        "label": label,
        "area_centi": area_centi,
        "proxy": proxy,
        "proxy_phone": proxy_phone,
        "matters": [dict(matter) for matter in matters],
        "extent": EXTENT,
        "term": TERM,
        "signing": signing.value,
    }
    return document if signed_on is None else document | {"signed_on": signed_on.isoformat()}


def authority_digest(document: Mapping[str, Any]) -> str:
    """The digest printed on the form; any change of a word changes it."""
    return sha256_hex(canonical_json(dict(document)))


def _at_phone(sentence: str, code: str) -> Invalid:
    return Invalid(sentence, errors={"phone": sentence}, code=code)
