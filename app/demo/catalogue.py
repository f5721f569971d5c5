"""A catalogue of the demo community's own: ours, with one item that has a limit of its own."""

from __future__ import annotations

from dataclasses import replace

from app.complaints.actions.catalogue import check_catalogue, publish_import, upload_catalogue
from app.complaints.queries import catalogue
from app.complaints.rules.catalogue import SHIPPED
from app.complaints.rules.catalogue_lines import Column, cells_of
from app.complaints.rules.spans import Span, Unit
from app.core.files.actions import Upload
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.demo.stage import Stage
from app.kit.writing import csv_table

CODE = "property.greenery"
LIMIT = Span(10, Unit.WORKING_DAYS)
BASIS = "物业服务合同里约定的绿化养护周期（演示）"


def load(stage: Stage) -> None:
    """Upload, check and publish it, once."""
    community_id, office = stage.community.id, stage.accounts.get("staff")
    if office is None:
        return
    with transaction(Scope(community_id=community_id)):
        if catalogue.current(community_id) is not SHIPPED:
            return
        own = [
            replace(item, limit=LIMIT, basis=BASIS) if item.code == CODE else item
            for item in SHIPPED.items.values()
        ]
        table = csv_table([column.value for column in Column], map(cells_of, own))
        import_id = upload_catalogue(
            community_id, Upload("社区事项目录.csv", table), uploaded_by=office
        )
        check_catalogue(community_id, import_id)
        publish_import(
            community_id,
            import_id,
            seen=0,
            note="绿化养护按合同约定放宽到 10 个工作日",
            published_by=office,
        )
