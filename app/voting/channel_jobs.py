"""Who is told of a ballot and of a proxy; never how anybody voted."""

from __future__ import annotations

from uuid import UUID

from app.core.notifications.actions import notify
from app.core.outbox.messages import handles
from app.core.tenancy import current_community
from app.kit.clock import say_moment
from app.voting.queries import ballots, places, proxies, roll
from app.voting.rules import Channel, ProxyMedium, Signing, masked_name


@handles("voting.ballot_cast")
def tell_co_owners(cast_id: str) -> None:
    """Tell the owners of a voter that its one ballot was cast, and not how.

    Whoever cast it at the screen knows; a principal hears of the proxy's vote, and a voter on
    paper gets the receipt code.
    """
    community_id = current_community()
    done = ballots.cast_to_announce(community_id, UUID(cast_id))
    if done is None:
        return
    kin = set(roll.member_accounts(community_id, done.assembly_id, done.voter_id))
    who = {
        Channel.ONLINE: f"共有人{masked_name(done.cast_name)}",
        Channel.PROXY: "受托人",
        Channel.PAPER: "工作人员按收回的纸质选票",
    }[Channel(done.channel)]
    notify(
        community_id,
        kin - {done.cast_by},
        title=f"{done.label} 的一票已经投出",
        body=f"{who}在 {say_moment(done.cast_at)} 为“{done.title}”投了票，回执码 {done.code}。"
        "每位业主（共有人共）一票，您不用再投。",
        url=f"/c/{places.code_of(community_id)}/votes/{done.assembly_id}",
        once_key=f"voting.cast:{cast_id}",
    )


@handles("voting.proxy_named")
def tell_of_proxy(authority_id: str) -> None:
    """Ask the proxy to vote, and tell the other owners of the voter."""
    community_id = current_community()
    named = proxies.authority_to_announce(community_id, UUID(authority_id))
    if named is None:
        return
    address = f"/c/{places.code_of(community_id)}/votes/{named.assembly_id}"
    principal = masked_name(named.principal_name)
    if named.proxy_account_id is not None:
        online = named.medium == ProxyMedium.ONLINE
        notify(
            community_id,
            [named.proxy_account_id],
            title=f"{principal}委托您代投一票",
            body=f"为“{named.title}”代 {named.label} 投票，"
            + ("可以直接在手机上投。" if online else "请在那张纸质选票上代签。"),
            url=f"{address}/proxies/{authority_id}",
            once_key=f"voting.proxy_named:{authority_id}",
        )
    kin = set(roll.member_accounts(community_id, named.assembly_id, named.voter_id))
    by_hand = named.signing == Signing.HAND
    notify(
        community_id,
        kin - {named.signed_by, named.proxy_account_id},
        title=f"{named.label} 的一票委托了别人投",
        body=f"工作人员登记了{principal}手写签名的委托书，可以看扫描件。不是业主签的，请马上撤销。"
        if by_hand
        else f"共有人{principal}写了委托书。受托人投票以前，您可以自己投，也可以撤销。",
        url=f"{address}/proxies/{authority_id}",
        once_key=f"voting.proxy_known:{authority_id}",
    )


@handles("voting.proxy_revoked")
def tell_of_revocation(authority_id: str) -> None:
    """Tell the proxy that nothing is left to do."""
    community_id = current_community()
    named = proxies.authority_to_announce(community_id, UUID(authority_id))
    if named is None or named.proxy_account_id is None:
        return
    notify(
        community_id,
        [named.proxy_account_id],
        title=f"{masked_name(named.principal_name)}撤销了委托",
        body=f"“{named.title}”里 {named.label} 的一票不用您代投了。",
        url=f"/c/{places.code_of(community_id)}/votes/{named.assembly_id}",
        once_key=f"voting.proxy_revoked:{authority_id}",
    )
