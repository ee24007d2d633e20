"""Asking the running server for a copy of its database."""

import json
from contextlib import closing
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import BinaryIO
from urllib.parse import urlsplit

from app.admin.upkeep import UpkeepError
from app.settings import Settings

ADDRESS = "/api/admin/backup"
DATABASE = "application/vnd.sqlite3"
PROBLEM = "application/problem+json"
PATIENCE_S = 600.0
"""A copy is made before its first byte comes."""
CHUNK = 256 * 1024
LONGEST_PROBLEM = 64 * 1024
EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - asked, not listened on


class NoServerError(UpkeepError):
    """Nobody answers at the server's address."""


def download(settings: Settings, file: BinaryIO) -> None:
    """Write the server's copy of its database to `file`.

    Raises:
        NoServerError: there is no server.
        UpkeepError: the server gives no copy, or not all of it.
        OSError: the file cannot be written.
    """
    host = EVERY_ADDRESS.get(settings.host, settings.host)
    server = f"http://{host}:{settings.port}"
    with closing(HTTPConnection(host, settings.port, timeout=PATIENCE_S)) as connection:
        try:
            connection.connect()
        except OSError as error:
            raise NoServerError(f"no server answers at {server} ({error.strerror or error})") from error
        try:
            answer = _ask(connection, settings)
        except (HTTPException, OSError) as error:
            raise UpkeepError(f"The server at {server} did not answer: {error!r}.") from error
        with answer:
            _check(answer, settings, server)
            _save(answer, file, server)


def _ask(connection: HTTPConnection, settings: Settings) -> HTTPResponse:
    """Ask as a page of the app would, whatever name the app is known under outside."""
    connection.putrequest("POST", ADDRESS, skip_host=True, skip_accept_encoding=True)
    connection.putheader("Host", urlsplit(settings.public_url).netloc)
    connection.putheader("Origin", settings.public_url)
    connection.putheader("Content-Length", "0")
    if settings.operator_token:
        connection.putheader("Authorization", f"Bearer {settings.operator_token.get_secret_value()}")
    connection.endheaders()
    return connection.getresponse()


def _check(answer: HTTPResponse, settings: Settings, server: str) -> None:
    kind = answer.headers.get_content_type()
    if answer.status == HTTPStatus.OK and kind == DATABASE:
        return
    if answer.status == HTTPStatus.FORBIDDEN and kind == PROBLEM:
        raise UpkeepError(
            f"The server at {server} was started with another OPERATOR_TOKEN: set that one."
            if settings.operator_token
            else f"The server at {server} gives backups to operators alone: set its OPERATOR_TOKEN."
        )
    if answer.status in {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED} and kind == PROBLEM:
        raise UpkeepError(f"The server at {server} is of a release without backups: stop it and try again.")
    if kind == PROBLEM:
        raise UpkeepError(f"The server at {server} made no backup. {_detail(answer)}")
    raise UpkeepError(f"What answers at {server} is not genre-sorter: HTTP {answer.status}, {kind}.")


def _detail(answer: HTTPResponse) -> str:
    try:
        problem = json.loads(answer.read(LONGEST_PROBLEM))
        return f"{problem['title']}. {problem['detail']}"
    except (HTTPException, OSError, ValueError, KeyError, TypeError):
        return f"It answered {answer.status}."


def _save(answer: HTTPResponse, file: BinaryIO, server: str) -> None:
    missing = answer.length or 0
    while chunk := _read(answer):
        missing -= len(chunk)
        file.write(chunk)
    if missing:
        raise UpkeepError(f"The server at {server} ended before all of the copy had come.")


def _read(answer: HTTPResponse) -> bytes:
    try:
        return answer.read(CHUNK)
    except (HTTPException, OSError):
        return b""
