"""Who may act for a voter, in words that several statements share."""

from __future__ import annotations

MY_OWNERS = """
    SELECT owner.id FROM owner
    WHERE owner.community_id = :community_id AND owner.account_id = :account_id
    UNION
    SELECT unit_claim.owner_id FROM unit_claim
    WHERE unit_claim.community_id = :community_id AND unit_claim.account_id = :account_id
        AND unit_claim.relation = 'owner' AND unit_claim.state = 'approved'
        AND unit_claim.owner_id IS NOT NULL
"""
"""The owners an account stands for: by the register, or by an approved claim."""

PROXY_STANDS = """
    NOT EXISTS (
        SELECT 1 FROM proxy_end
        WHERE proxy_end.community_id = authority.community_id
            AND proxy_end.voter_id = authority.voter_id AND proxy_end.turn = authority.turn
    )
"""
"""An `authority` that has not ended."""

PROPERTY_STAFF = """
    EXISTS (
        SELECT 1 FROM membership
        WHERE membership.community_id = :community_id AND membership.ended_at IS NULL
            AND membership.role IN ('property_staff', 'property_manager')
            AND membership.account_id = {account}
    )
"""
"""Who works for a property company here, and so votes for nobody else (D)."""

PAPER_HELD = """
    EXISTS (
        SELECT 1 FROM paper_ballot AS paper
        JOIN paper_event AS back ON back.community_id = paper.community_id
            AND back.paper_id = paper.id AND back.kind = 'returned'
        WHERE paper.community_id = :community_id AND paper.voter_id = {voter}
            AND NOT EXISTS (
                SELECT 1 FROM paper_event AS done
                WHERE done.community_id = paper.community_id AND done.paper_id = paper.id
                    AND done.kind IN ('spoiled', 'superseded', 'voided')
            )
    )
"""
"""A paper ballot of the voter came back and was not declared void: it was first."""

ACTING_FOR = f"""
    SELECT member.assembly_id, member.voter_id, NULL AS proxy_for
    FROM ({MY_OWNERS}) AS mine
    JOIN roll_member AS member ON member.community_id = :community_id
        AND member.owner_id = mine.id
    UNION ALL
    SELECT authority.assembly_id, authority.voter_id, owner.name
    FROM proxy_authority AS authority
    JOIN owner ON owner.community_id = :community_id AND owner.id = authority.principal_id
    WHERE authority.community_id = :community_id AND authority.proxy_account_id = :account_id
        AND authority.medium = 'online'
        AND NOT EXISTS (
            SELECT 1 FROM proxy_end
            WHERE proxy_end.community_id = :community_id
                AND proxy_end.voter_id = authority.voter_id
                AND proxy_end.turn = authority.turn AND proxy_end.kind <> 'used'
        )
"""  # noqa: S608 - put together from our own words
"""The voters an account votes for, as an owner or as a proxy, then with the principal's name."""
