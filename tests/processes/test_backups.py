"""A backup through the running server under load, and the same state again after a restore."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.listener import Listener
from tests.processes.servers import App, Simulator

TOKEN = "operators-only"


@pytest.fixture
def app(tmp_path: Path, simulator: Simulator) -> Iterator[App]:
    app = App(tmp_path, simulator, OPERATOR_TOKEN=TOKEN)
    app.start()
    yield app
    app.kill()


def sign_in_again(listener: Listener) -> None:
    """Sign in as before: Spotify does not ask again."""
    assert listener.see("/auth/spotify?next=/genres").url.path == "/genres"


def test_a_backup_made_under_load_brings_everything_back_but_sessions(
    app: App, new_listener: Callable[[App], Listener]
) -> None:
    listener = new_listener(app).scan()
    library = listener.library()
    ended = threading.Event()

    def load() -> None:
        while not ended.is_set():
            with Listener(app.url) as somebody:
                somebody.sign_in()

    visitors = [threading.Thread(target=load) for _ in range(4)]
    for visitor in visitors:
        visitor.start()
    made = app.command("backup", "monday.db")
    ended.set()
    for visitor in visitors:
        visitor.join()
    assert made.returncode == 0, made.stderr
    assert "keys, checked" in made.stdout
    assert listener.json("/session")["authenticated"]

    later = new_listener(app)
    refused = app.command("restore", "monday.db")
    assert refused.returncode == 1
    assert "is open in another genre-sorter process" in refused.stderr
    app.stop()
    app.database.write_bytes(b"spoiled by something")
    assert app.launch().wait(timeout=30) == 3

    restored = app.command("restore", "monday.db")
    assert restored.returncode == 0, restored.stderr
    assert "Kept from before" in restored.stdout
    app.start()
    for somebody in (listener, later):
        assert not somebody.json("/session")["authenticated"]
    sign_in_again(listener)
    assert listener.library() == library


def test_whoever_has_not_the_servers_token_gets_no_backup(app: App) -> None:
    app.env["OPERATOR_TOKEN"] = "another"
    refused = app.command("backup", "monday.db")
    assert refused.returncode == 1
    assert refused.stderr.strip().endswith("was started with another OPERATOR_TOKEN: set that one.")
    assert not (app.folder / "monday.db").exists()


def test_a_database_deleted_under_the_app_is_saved_by_its_backup(
    app: App, new_listener: Callable[[App], Listener]
) -> None:
    """What the log line of the running app tells its operator to do."""
    listener = new_listener(app).scan()
    library = listener.library()
    app.database.unlink()
    saved = app.command("backup", "saved.db")
    assert saved.returncode == 0, saved.stderr
    app.kill()
    assert app.command("restore", "saved.db").returncode == 0
    app.start()
    sign_in_again(listener)
    assert listener.library() == library
