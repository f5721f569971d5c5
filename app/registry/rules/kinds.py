"""Kinds and states of what stands in the register (业主名册)."""

from __future__ import annotations

from enum import StrEnum


class UnitKind(StrEnum):
    """Kind of an exclusive part (专有部分)."""

    DWELLING = "dwelling"
    SHOP = "shop"
    PARKING = "parking"
    OTHER = "other"


class AreaSource(StrEnum):
    """Where an area comes from, in this order (建筑物区分所有权解释 art. 8)."""

    REGISTER = "register"
    MEASURED = "measured"
    CONTRACT = "contract"


class SaleState(StrEnum):
    """Unsold and sold-but-undelivered units are the developer's (建筑物区分所有权解释 art. 9)."""

    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    UNSOLD = "unsold"


class OwnerKind(StrEnum):
    """自然人、法人或其他组织、建设单位."""

    NATURAL = "natural"
    LEGAL = "legal"
    DEVELOPER = "developer"


class Relation(StrEnum):
    """How a person stands to a unit (业主、家人、租户)."""

    OWNER = "owner"
    FAMILY = "family"
    TENANT = "tenant"


class ClaimState(StrEnum):
    """State of a resident's claim to a unit; it ends when the unit passes to somebody else."""

    PENDING = "pending"
    APPROVED = "approved"
    REFUSED = "refused"
    ENDED = "ended"


class ImportState(StrEnum):
    """State of an owner register import."""

    CHECKING = "checking"
    FAULTY = "faulty"
    CHECKED = "checked"
    APPLYING = "applying"
    APPLIED = "applied"
    UNCHANGED = "unchanged"
    FAILED = "failed"


UNIT_KIND_TITLES = {
    UnitKind.DWELLING: "住宅",
    UnitKind.SHOP: "商铺",
    UnitKind.PARKING: "车位",
    UnitKind.OTHER: "其他",
}
AREA_SOURCE_TITLES = {
    AreaSource.REGISTER: "不动产登记",
    AreaSource.MEASURED: "实测面积",
    AreaSource.CONTRACT: "购房合同",
}
SALE_STATE_TITLES = {
    SaleState.DELIVERED: "已交付",
    SaleState.UNDELIVERED: "已售未交付",
    SaleState.UNSOLD: "未售",
}
OWNER_KIND_TITLES = {
    OwnerKind.NATURAL: "自然人",
    OwnerKind.LEGAL: "单位",
    OwnerKind.DEVELOPER: "建设单位",
}
RELATION_TITLES = {
    Relation.OWNER: "业主",
    Relation.FAMILY: "业主家人",
    Relation.TENANT: "租户",
}
CLAIM_STATE_TITLES = {
    ClaimState.PENDING: "等待核对",
    ClaimState.APPROVED: "已通过",
    ClaimState.REFUSED: "未通过",
    ClaimState.ENDED: "已失效",
}
IMPORT_STATE_TITLES = {
    ImportState.CHECKING: "正在检查",
    ImportState.FAULTY: "有错误，未导入",
    ImportState.CHECKED: "检查通过，待导入",
    ImportState.APPLYING: "正在导入",
    ImportState.APPLIED: "已导入",
    ImportState.UNCHANGED: "没有变化",
    ImportState.FAILED: "未能处理",
}
