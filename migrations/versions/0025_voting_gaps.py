from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

APP = "gongzhi_app"


def upgrade() -> None:
    sign_by_hand()
    spoil_one_matter()
    introduce_candidates()
    admit_owners()
    op.add_column(
        "assembly",
        sa.Column("slices", sa.SmallInteger(), server_default=sa.text("8"), nullable=False),
    )


def admit_owners() -> None:
    op.add_column(
        "consent_party",
        sa.Column("claim", sa.Text(), server_default=sa.text("''"), nullable=False),
    )
    op.add_column("consent_party", sa.Column("admitted_by", sa.UUID(), nullable=True))
    op.create_check_constraint(
        op.f("ck_consent_party_claim_admitted"),
        "consent_party",
        "(claim = '') = (admitted_by IS NULL)",
    )


def introduce_candidates() -> None:
    op.add_column(
        "candidate", sa.Column("home", sa.Text(), server_default=sa.text("''"), nullable=False)
    )
    op.add_column("candidate", sa.Column("photo_id", sa.UUID(), nullable=True))


def sign_by_hand() -> None:
    op.add_column("proxy_authority", sa.Column("signed_on", sa.Date(), nullable=True))
    op.add_column("proxy_authority", sa.Column("scan_id", sa.UUID(), nullable=True))
    op.add_column(
        "proxy_end",
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
    )
    op.drop_constraint(op.f("ck_proxy_authority_signing_known"), "proxy_authority")
    op.create_check_constraint(
        op.f("ck_proxy_authority_signing_known"),
        "proxy_authority",
        "signing IN ('password', 'code', 'hand')",
    )
    op.create_check_constraint(
        op.f("ck_proxy_authority_hand_signed_whole"),
        "proxy_authority",
        "(signing = 'hand') = (signed_on IS NOT NULL) AND"
        " (signing = 'hand') = (scan_id IS NOT NULL)",
    )


def spoil_one_matter() -> None:
    """Too many candidates marked spoil the ballot of one matter.

    That is a piece of what stands on it, so the runtime role writes it and does not read it:
    `closed_ballot` shows it after the close.
    """
    op.drop_constraint(op.f("ck_paper_answer_choice_shape"), "paper_answer")
    op.create_check_constraint(
        op.f("ck_paper_answer_choice_shape"), "paper_answer", shape("'blank', 'too_many', ''")
    )
    op.drop_constraint(op.f("ck_paper_entry_spoiled_known"), "paper_entry")
    op.create_check_constraint(
        op.f("ck_paper_entry_spoiled_known"),
        "paper_entry",
        "spoiled IN ('unsigned', 'not_entitled', 'unreadable', 'not_ours', 'too_many')",
    )
    op.execute(f"REVOKE SELECT ON ballot_retirement FROM {APP}")


def downgrade() -> None:
    op.drop_column("assembly", "slices")
    op.drop_constraint(op.f("ck_consent_party_claim_admitted"), "consent_party")
    op.drop_column("consent_party", "admitted_by")
    op.drop_column("consent_party", "claim")
    op.drop_column("candidate", "photo_id")
    op.drop_column("candidate", "home")
    op.execute(f"GRANT SELECT ON ballot_retirement TO {APP}")
    op.drop_constraint(op.f("ck_paper_entry_spoiled_known"), "paper_entry")
    op.create_check_constraint(
        op.f("ck_paper_entry_spoiled_known"),
        "paper_entry",
        "spoiled IN ('unsigned', 'not_entitled', 'unreadable', 'not_ours')",
    )
    op.drop_constraint(op.f("ck_paper_answer_choice_shape"), "paper_answer")
    op.create_check_constraint(
        op.f("ck_paper_answer_choice_shape"), "paper_answer", shape("'blank', ''")
    )
    op.drop_constraint(op.f("ck_proxy_authority_hand_signed_whole"), "proxy_authority")
    op.drop_constraint(op.f("ck_proxy_authority_signing_known"), "proxy_authority")
    op.create_check_constraint(
        op.f("ck_proxy_authority_signing_known"),
        "proxy_authority",
        "signing IN ('password', 'code')",
    )
    op.drop_column("proxy_end", "reason")
    op.drop_column("proxy_authority", "scan_id")
    op.drop_column("proxy_authority", "signed_on")


def shape(words: str) -> str:
    one = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    return f"choice IN ('for', 'against', 'abstain', {words}) OR choice ~ '^{one}(;{one})*$'"
