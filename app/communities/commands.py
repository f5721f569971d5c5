"""`flask communities …`"""

from __future__ import annotations

import csv
from pathlib import Path

import click
from flask.cli import AppGroup

from app.communities.actions import ImportFaulty, import_divisions
from app.communities.rules import COLUMNS

communities_commands = AppGroup("communities", help="Divisions and the communities in them.")
MOST_SHOWN = 50


@communities_commands.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_command(file: Path) -> None:
    """Bring in divisions from a CSV FILE with the columns code, parent_code, level, name.

    All or nothing; needs DATABASE_OWNER_URL. Doing it again changes nothing.
    """
    try:
        text = file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise click.ClickException(f"{file} is not UTF-8 text.") from None
    reader = csv.DictReader(text.splitlines())
    missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
    if missing:
        raise click.ClickException(f"{file} lacks the columns {', '.join(missing)}.")
    try:
        imported = import_divisions(reader)
    except ImportFaulty as faulty:
        for error in faulty.errors[:MOST_SHOWN]:
            click.echo(f"第 {error.line} 行：{error.sentence}", err=True)
        raise click.ClickException(f"共 {len(faulty.errors)} 行有误，一行也没有导入。") from None
    click.echo(
        f"区划 {imported.regions} 个、社区 {imported.communities} 个，"
        f"新增或改名 {imported.changed} 个。"
    )
