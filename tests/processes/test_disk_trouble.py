"""A database that cannot be used, at the start and while the app runs: told in one line, nothing is lost."""

import json
import os
import resource
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.kv.stores.database_files import wal_of
from tests.e2e.listener import Listener
from tests.e2e.server import running, until
from tests.processes.servers import App, Simulator

NewListener = Callable[[App], Listener]
BOUND_BY_RIGHTS = ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if os.geteuid() == 0 else ()
"""Before a command: file modes hold for it, also where tests run as root."""
SENTENCE = "Nothing you did before is lost"


@pytest.fixture
def app(tmp_path: Path, simulator: Simulator) -> Iterator[App]:
    app = App(tmp_path, simulator)
    yield app
    app.kill()


# At the start.


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory, simulator: Simulator) -> bytes:
    """A database that an app has made and kept something in."""
    with running(App(tmp_path_factory.mktemp("sound"), simulator)) as app, Listener(app.url) as listener:
        listener.sign_in()
    return app.database.read_bytes()


def files(app: App) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in app.folder.iterdir() if file.name != "server.log"}


def damage(app: App) -> None:
    with app.database.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 4096)


def cut_off(app: App) -> None:
    with app.database.open("r+b") as file:
        file.truncate(app.database.stat().st_size // 2)


def replace(app: App) -> None:
    app.database.write_text("a letter to the bank")


def make_read_only(app: App) -> None:
    app.database.chmod(0o400)


def make_folder_read_only(app: App) -> None:
    app.folder.chmod(0o500)


def come_from_a_later_release(app: App) -> None:
    with sqlite3.connect(app.database) as connection:
        connection.execute("PRAGMA user_version = 99")
        connection.execute("PRAGMA journal_mode = delete")
    connection.close()


def be_of_another_program(app: App) -> None:
    with sqlite3.connect(app.database) as connection:
        connection.execute("PRAGMA application_id = 1")
        connection.execute("PRAGMA journal_mode = delete")
    connection.close()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (damage, "is damaged"),
        (cut_off, "is damaged"),
        (replace, "is damaged"),
        (make_read_only, "is read-only"),
        (make_folder_read_only, "or its folder cannot be written"),
        (come_from_a_later_release, "later release"),
        (be_of_another_program, "another program"),
    ],
)
def test_a_start_that_cannot_be_says_why_in_one_line_and_leaves_everything_as_it_is(
    app: App, sound: bytes, spoil: Callable[[App], None], said: str
) -> None:
    (app.folder / "server.log").touch()
    app.database.touch(0o600)
    app.database.write_bytes(sound)
    spoil(app)
    before = files(app)
    app.wrapper = BOUND_BY_RIGHTS
    assert app.launch().wait(timeout=30) == 3
    (line,) = [line for line in app.log().splitlines() if str(app.database) in line]
    assert said in json.loads(line)["event"]
    assert "Traceback" not in app.log()
    assert files(app) == before


# While the app runs.


@pytest.fixture
def limited(app: App) -> Callable[[int | None], None]:
    """Let the app write at most so many bytes into a file, which fails as on a full disk; None: no longer."""

    def limit(size: int | None) -> None:
        assert app.process
        soft = resource.RLIM_INFINITY if size is None else size
        resource.prlimit(app.process.pid, resource.RLIMIT_FSIZE, (soft, resource.RLIM_INFINITY))

    return limit


def events(app: App, name: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in app.log().splitlines() if line.startswith("{")]
    return [line for line in lines if line["event"] == name]


def refused(app: App) -> httpx.Response:
    """Try to sign in in vain; return what the browser shows."""
    with Listener(app.url) as somebody:
        answer = somebody.agree()
    assert answer.status_code == 503
    assert str(app.folder) not in answer.text
    return answer


def test_a_full_disk_loses_nothing_and_the_app_goes_on_once_there_is_room(
    app: App, new_listener: NewListener, limited: Callable[[int | None], None]
) -> None:
    app.start()
    earlier = [new_listener(app) for _ in range(5)]
    limited(wal_of(app.database).stat().st_size)
    for _ in range(3):
        assert SENTENCE in refused(app).text
    assert httpx.get(f"{app.url}/readyz").status_code == 503
    assert all(listener.json("/session")["authenticated"] for listener in earlier)
    (told,) = events(app, "store.trouble")
    assert str(app.database) in told["problem"]
    assert not events(app, "store.recovered")

    limited(None)
    later = new_listener(app)
    until(lambda: httpx.get(f"{app.url}/readyz").is_success, "the queue's end")
    assert len(events(app, "store.recovered")) == 1
    app.kill()
    app.start()
    assert all(listener.json("/session")["authenticated"] for listener in [*earlier, later])


def test_a_database_deleted_under_the_app_is_neither_written_to_nor_made_anew(
    app: App, new_listener: NewListener
) -> None:
    app.start()
    earlier = new_listener(app)
    app.database.unlink()
    assert "Storage is not in its place" in refused(app).text
    refused(app)
    assert earlier.json("/session")["authenticated"]
    assert [line["trouble"] for line in events(app, "store.trouble")] == ["misplaced"]

    app.kill()
    assert app.launch().wait(timeout=30) == 3
    assert f"{app.database} is missing but {app.database.name}-wal is there" in app.log()
    assert not app.database.exists()
