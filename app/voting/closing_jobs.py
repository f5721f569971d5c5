"""What follows the count: who is told of a late count, a recount and the end; the package."""

from __future__ import annotations

from uuid import UUID

from app.core.access.roles import OFFICE_ROLES
from app.core.notifications.actions import notify
from app.core.outbox.messages import handles
from app.core.tenancy import current_community
from app.people import queries as people
from app.voting.actions.archiving import make_archive
from app.voting.actions.packaging import make_package
from app.voting.models import Assembly
from app.voting.queries import assemblies, places, roll


@handles("voting.count_late")
def tell_of_late_count(assembly_id: str) -> None:
    """Tell the office once that the count is due and paper still waits to be entered."""
    assembly = _assembly(assembly_id)
    notify(
        assembly.community_id,
        people.accounts_with_roles(assembly.community_id, OFFICE_ROLES),
        title=f"计票已超过一个工作日：{assembly.title}",
        body="还有收回的纸质选票没有录入，录完才能计票公示。",
        url=f"/c/{places.code_of(assembly.community_id)}/assemblies/{assembly.id}",
        once_key=f"voting.count_late:{assembly_id}",
    )


@handles("voting.recounted")
def tell_of_recount(assembly_id: str, counting: int) -> None:
    """Tell everybody on the roll that the votes were counted again."""
    assembly = _assembly(assembly_id)
    notify(
        assembly.community_id,
        roll.member_accounts(assembly.community_id, assembly.id),
        title=f"已复核计票：{assembly.title}",
        body="在街道监督下重新计了票，两次的结果都可以看到。",
        url=f"{_address(assembly)}/result",
        once_key=f"voting.recounted:{assembly_id}:{counting}",
    )


@handles("voting.final")
def tell_of_end(assembly_id: str) -> None:
    """Tell everybody on the roll that the decision stands, and those who must file it."""
    assembly = _assembly(assembly_id)
    notify(
        assembly.community_id,
        roll.member_accounts(assembly.community_id, assembly.id),
        title=f"决定生效：{assembly.title}",
        body="结果公示期满，决定对全体业主有约束力。",
        url=f"{_address(assembly)}/result",
        once_key=f"voting.final:{assembly_id}",
    )
    notify(
        assembly.community_id,
        people.accounts_with_roles(assembly.community_id, OFFICE_ROLES),
        title=f"该办备案了：{assembly.title}",
        body="决定已经生效，请按清单办理备案和告知。",
        url=f"/c/{places.code_of(assembly.community_id)}/assemblies/{assembly.id}/filing",
        once_key=f"voting.to_file:{assembly_id}",
    )


@handles("voting.archive")
def make_file(archive_id: str) -> None:
    """Make the package of the whole file."""
    make_archive(current_community(), UUID(archive_id))


@handles("voting.package")
def make_package_of_count(archive_id: str) -> None:
    """Make the public or the sealed package of a count."""
    make_package(current_community(), UUID(archive_id))


def _assembly(assembly_id: str) -> Assembly:
    assembly = assemblies.assembly(current_community(), UUID(assembly_id))
    if assembly is None:
        raise LookupError(assembly_id)
    return assembly


def _address(assembly: Assembly) -> str:
    return f"/c/{places.code_of(assembly.community_id)}/votes/{assembly.id}"
