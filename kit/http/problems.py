"""RFC 9457 problems. The one place where HTTP numbers stand; `code` is stable, nothing of the input is repeated."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import asyncpg
import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from kit.errors import Contended, KeyMisused, NotFound, OutcomeUnknown, Refused, Retry, VersionMismatch
from kit.identity import Forbidden, KeysUnavailable, Unauthenticated
from kit.vault import Shredded, UnknownPerson
from policy import UnknownArea

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:minsheng:problem:"
RETRY_AFTER_SECONDS = 1

TITLES = {
    "malformed_json": "The body is not JSON",
    "invalid_fields": "Some fields are not as the command wants them",
    "nul_character": "The body contains a NUL character",
    "missing_idempotency_key": "The Idempotency-Key header is missing",
    "bad_idempotency_key": "The Idempotency-Key header is not 1 to 200 printable characters",
    "bad_if_match": "The If-Match header is not a version number",
    "missing_if_match": "An approval must say which version was seen (If-Match)",
    "id_in_body": "The id stands in the path and must not be repeated in the body",
    "body_too_large": "The body is too large",
    "wrong_media_type": "The body's media type is not accepted here",
    "key_misused": "The idempotency key was used with another body",
    "version_mismatch": "The stream has another version than If-Match says",
    "contended": "Others changed the same things each time; repeat with the same key",
    "outcome_unknown": "The outcome is unknown; repeat with the same key to learn it",
    "unavailable": "Passing trouble; repeat later",
    "not_found": "There is no such thing",
    "unknown_area": "The district has no area with this code",
    "no_policy": "No policy pack is in force on the business day",
    "beyond_calendar": "The working-day calendar does not reach that far",
    "shredded": "The personal data of this person was destroyed",
    "internal": "Something went wrong on our side",
}


class Problem(Exception):
    """A problem found at the door of HTTP itself."""

    def __init__(self, status: int, code: str, **extra: Any) -> None:
        super().__init__(code)
        self.status, self.code, self.extra = status, code, extra


def document(error: Exception) -> tuple[int, dict[str, Any]]:
    """Status and problem document of an error."""
    status, code, extra = _of(error)
    return status, {"type": f"{TYPE}{code}", "title": TITLES.get(code) or code.replace("_", " "), "status": status, "code": code, **extra}


def _of(error: Exception) -> tuple[int, str, dict[str, Any]]:
    match error:
        case Problem():
            return error.status, error.code, error.extra
        case Unauthenticated():
            return HTTPStatus.UNAUTHORIZED, f"token_{error.code}", {"detail": error.detail}
        case Forbidden():
            return HTTPStatus.FORBIDDEN, error.code, {}
        case NotFound():
            return HTTPStatus.NOT_FOUND, error.code, {"params": error.params}
        case Refused():
            return HTTPStatus.CONFLICT, error.code, {"params": error.params}
        case KeyMisused():
            return HTTPStatus.UNPROCESSABLE_ENTITY, "key_misused", {}
        case VersionMismatch():
            return HTTPStatus.PRECONDITION_FAILED, "version_mismatch", {"expected": error.expected, "actual": error.actual}
        case ValidationError() | RequestValidationError():
            return HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_fields", {"errors": _fields(error)}
        case _:
            return _trouble(error)


def _trouble(error: Exception) -> tuple[int, str, dict[str, Any]]:
    match error:
        case OutcomeUnknown():
            return HTTPStatus.SERVICE_UNAVAILABLE, "outcome_unknown", {}
        case Contended():
            return HTTPStatus.SERVICE_UNAVAILABLE, "contended", {}
        case (
            Retry() | KeysUnavailable() | ConnectionError() | TimeoutError() | asyncpg.PostgresConnectionError() | asyncpg.InterfaceError()
        ):
            return HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", {}
        case asyncpg.OperatorInterventionError() | asyncpg.InsufficientResourcesError():  # the database stops, starts or is full
            return HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", {}
        case UnknownArea():
            return HTTPStatus.UNPROCESSABLE_ENTITY, "unknown_area", {}
        case UnknownPerson():
            return HTTPStatus.NOT_FOUND, "not_found", {}
        case Shredded():
            return HTTPStatus.GONE, "shredded", {}
        case HTTPException():
            return error.status_code, HTTPStatus(error.status_code).phrase.lower().replace(" ", "_"), {}
        case _:
            return HTTPStatus.INTERNAL_SERVER_ERROR, "internal", {}


def _fields(error: ValidationError | RequestValidationError) -> list[dict[str, str]]:
    """Which field, what is wrong; never what was sent."""
    found = error.errors(include_url=False, include_input=False) if isinstance(error, ValidationError) else error.errors()
    return [{"field": ".".join(str(part) for part in one["loc"]), "code": one["type"], "detail": _plain(one)} for one in found]


def _plain(one: Mapping[str, Any]) -> str:
    if one["type"] in {"value_error", "assertion_error"}:
        return str(one["msg"]).removeprefix("Value error, ")
    if one["type"] == "json_invalid":
        return "not JSON"
    return str(one["msg"])


def response(error: Exception) -> Response:
    """The answer to an error."""
    status, problem = document(error)
    headers = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else {}
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(getattr(error, "retry_after", RETRY_AFTER_SECONDS))
    return Response(msgspec.json.encode(problem, enc_hook=str), status, headers, MEDIA_TYPE)


async def _handler(_request: Request, error: Exception) -> Response:
    return response(error)


EXPECTED = (
    Problem, Unauthenticated, Forbidden, Refused, KeyMisused, VersionMismatch, ValidationError, RequestValidationError, Retry, KeysUnavailable,
    UnknownArea, UnknownPerson, Shredded, HTTPException, ConnectionError, TimeoutError, asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError, asyncpg.OperatorInterventionError, asyncpg.InsufficientResourcesError,
)  # fmt: skip
"""What has an answer of its own; anything else is our fault, logged with its trace and answered 500 without detail."""


def install(app: FastAPI) -> None:
    """Every error of the app answers with a problem document."""
    for kind in (*EXPECTED, Exception):
        app.add_exception_handler(kind, _handler)
