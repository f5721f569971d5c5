"""Levels of the region tree and the settings a community may choose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any


class RegionLevel(StrEnum):
    """省, 市, 区县, 街道(乡镇)."""

    PROVINCE = "province"
    CITY = "city"
    DISTRICT = "district"
    STREET = "street"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Choices of a community; each default is this product's own and not an official figure."""

    proxy_limit: int = 3
    parking_spaces_vote: bool = False
    covenant_threshold_numerator: int = 2
    covenant_threshold_denominator: int = 3
    covenant_publication_days: int = 7
    complaint_days_ordinary: int = 5
    contract_filing_days: int = 15

    @classmethod
    def from_choices(cls, choices: Mapping[str, Any]) -> Settings:
        """The defaults with a community's own choices over them; unknown names are ignored."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in choices.items() if name in known})
