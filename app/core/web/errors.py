"""Refusals and failures become a page (or JSON) with a clear sentence and a way on."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import structlog
from flask import Flask, Response, jsonify, make_response, render_template, request
from flask_limiter.errors import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from redis.exceptions import RedisError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from app.kit.refusal import NotFound, Refusal

log = structlog.get_logger()
Dialect = Callable[[int, str, Mapping[str, str]], Response]
_dialects: dict[str, Dialect] = {}
_TITLES = {
    400: "这次提交没有成功",
    403: "请重新提交",
    404: "没有找到这个页面",
    405: "没有找到这个页面",
    409: "现在还不能这样做",
    413: "文件太大了",
    415: "这种内容不能接收",
    422: "有内容需要修改",
    429: "操作太频繁了",
    500: "出了点问题",
    503: "系统正在恢复",
}
_SENTENCES = {
    400: "收到的内容不完整。请返回上一页再试一次。",
    404: NotFound.sentence,
    405: NotFound.sentence,
    413: "上传的内容太大。请减少照片数量或换小一点的文件。",
    429: "请稍等一分钟再试。",
    500: "系统没能完成这次操作,已经记录下来。您填写的内容没有被保存,请稍后再试。",
    503: "数据服务暂时连不上,正在自动恢复。请过几秒钟再试,已经确认成功的内容不会丢失。",
}


def answers_below(path: str) -> Callable[[Dialect], Dialect]:
    """Declare who words refusals and failures below a path: (status, sentence, errors) → answer."""

    def register(dialect: Dialect) -> Dialect:
        _dialects[path] = dialect
        return dialect

    return register


def wants_json() -> bool:
    """Whether the caller is a program rather than a browser."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return request.path.startswith("/api/") or best == "application/json"


def answer(
    status: int,
    sentence: str,
    *,
    code: str,
    errors: Mapping[str, str] | None = None,
) -> Response:
    """The page or JSON that tells of a refusal or failure."""
    for path, dialect in _dialects.items():
        if request.path.startswith(path):
            return dialect(status, sentence, errors or {})
    if wants_json():
        response = jsonify(error=code, message=sentence, errors=dict(errors or {}))
    else:
        response = make_response(
            render_template(
                "errors/refusal.html",
                status=status,
                title=_TITLES.get(status, _TITLES[400]),
                sentence=sentence,
                next_url=request.referrer if request.method == "POST" else "/",
                next_label="返回修改" if request.method == "POST" else "回到首页",
            )
        )
    response.status_code = status
    return response


def init_errors(app: Flask) -> None:
    """Register the handlers."""

    @app.errorhandler(Refusal)
    def refused(refusal: Refusal) -> Response:
        return answer(
            refusal.status,
            refusal.sentence,
            code=refusal.code,
            errors=getattr(refusal, "errors", None),
        )

    @app.errorhandler(CSRFError)
    def forged(_error: CSRFError) -> Response:
        return answer(
            403, "这个页面打开太久或不是从本站打开的。请返回刷新页面后再提交。", code="csrf"
        )

    @app.errorhandler(RateLimitExceeded)
    def too_often(_error: RateLimitExceeded) -> Response:
        return answer(429, _SENTENCES[429], code="too_many")

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response:
        status = error.code or 500
        if status < 400:  # noqa: PLR2004 - a redirect raised by routing
            return error.get_response()  # type: ignore[return-value]
        response = answer(status, _SENTENCES.get(status, _SENTENCES[400]), code=str(status))
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
        return response

    @app.errorhandler(OperationalError)
    @app.errorhandler(PoolTimeout)
    @app.errorhandler(RedisError)
    def unavailable(error: Exception) -> Response:
        log.warning("dependency_unavailable", reason=type(error).__name__)
        response = answer(503, _SENTENCES[503], code="unavailable")
        response.headers["Retry-After"] = "3"
        return response

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Response:
        log.error("request_failed", endpoint=request.endpoint, exc_info=error)
        return answer(500, _SENTENCES[500], code="failed")
