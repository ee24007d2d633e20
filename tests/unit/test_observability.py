"""Logs: one line an event, no secrets."""

import io
import json
from typing import Literal

import pytest
import structlog

from app.observability import configure_logging

Form = Literal["console", "json"]
FORMS: tuple[Form, ...] = ("console", "json")


pytestmark = pytest.mark.usefixtures("logging_as_before")


@pytest.mark.parametrize("form", FORMS)
def test_a_line_break_in_a_value_begins_no_line(form: Form, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(form)
    structlog.get_logger().warning("spotify.refused", message="Bad\napp.ready forged\r\nmore")
    assert len(capsys.readouterr().err.splitlines()) == 1


def _fail(token: str) -> None:
    raise RuntimeError(len(token))


@pytest.mark.parametrize("form", FORMS)
def test_a_traceback_shows_no_local_variables(form: Form, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(form)
    try:
        _fail("yranac"[::-1])  # the line itself is in the traceback
    except RuntimeError:
        structlog.get_logger().exception("request.failed")
    logged = capsys.readouterr().err
    assert "RuntimeError: 6" in logged
    assert "canary" not in logged


@pytest.mark.parametrize("form", FORMS)
def test_fields_named_after_secrets_are_hidden_also_inside_others(
    form: Form, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging(form)
    structlog.get_logger().info("x", access_token="canary", headers={"Authorization": "canary"})
    logged = capsys.readouterr().err
    assert "canary" not in logged
    assert logged.count("[redacted]") == 2


class Gone(io.StringIO):
    """What nobody reads any more."""

    def write(self, _text: str) -> int:
        raise BrokenPipeError


@pytest.mark.parametrize("form", FORMS)
def test_a_line_that_cannot_be_written_fails_nobody(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", Gone())
    configure_logging(form)
    structlog.get_logger().info("request.done")


def test_json_lines_are_json(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("json")
    structlog.get_logger().info("app.ready", url="http://127.0.0.1")
    assert json.loads(capsys.readouterr().err)["event"] == "app.ready"
