"""By which words a case is found."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import TenantModel, tenant_reference


class ComplaintWords(TenantModel):
    """The pairs of characters in what was reported, under the case's own id; never changed.

    A number is the community above the pair (see rules.searching): one index then holds the
    pairs of each community by themselves. It stands beside the case, because a case changes at
    every step and each change would write all its pairs anew.
    """

    __tablename__ = "complaint_words"
    __table_args__ = (
        tenant_reference("id", "complaint"),
        Index(
            "ix_complaint_words_words",
            "words",
            postgresql_using="gin",
            postgresql_with={"gin_pending_list_limit": "512"},
        ),
    )

    words: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
