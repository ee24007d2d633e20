"""`genre-sorter backup`: from the file, from what answers where the server should be, and what it refuses."""

import asyncio
import http.server
import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.admin.backup_command import backup
from app.admin.upkeep import UpkeepError
from app.clock import SystemClock
from app.kv.store import Put
from app.kv.stores.sqlite import SQLiteStore
from app.kv.stores.sqlite_copy import check_copy
from app.settings import Settings

FullDisk = Callable[[], AbstractContextManager[None]]

PROBLEM = "application/problem+json"
DATABASE = "application/vnd.sqlite3"


@dataclass
class Answer:
    """What answers where the server should be, and what it was asked."""

    status: int = 200
    kind: str = DATABASE
    body: bytes = b""
    promised: int | None = None
    asked: list[dict[str, str]] = field(default_factory=list)

    def problem(self, status: int, detail: str) -> None:
        self.status, self.kind = status, PROBLEM
        self.body = json.dumps({"title": "No", "detail": detail}).encode()


@pytest.fixture
def answer() -> Answer:
    return Answer()


@pytest.fixture
def port(answer: Answer) -> Iterator[int]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            answer.asked.append({"path": self.path, **{name.lower(): v for name, v in self.headers.items()}})
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(answer.promised or len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


@pytest.fixture
def target(tmp_path: Path) -> Path:
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups" / "today.db"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "data" / "kv.db"


@pytest.fixture
def settings(database: Path, port: int) -> Settings:
    return Settings(_env_file=None, kv_url=f"sqlite:///{database}", port=port)


async def fill(path: Path) -> None:
    store = SQLiteStore(path, SystemClock())
    await store.open()
    await store.apply([Put(f"key:{number}", b"1", None) for number in range(1200)])
    await store.close()


@pytest.fixture
def stopped(database: Path) -> None:
    """A database that nobody has open."""
    asyncio.run(fill(database))


@pytest.fixture
def in_use(stopped: None, database: Path) -> Iterator[None]:
    """A database that somebody else has open."""
    holder = sqlite3.connect(database, isolation_level=None)
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    yield
    holder.close()


def refused(settings: Settings, target: Path, *, force: bool = False) -> str:
    """Try in vain; return why, and see that nothing was left or changed."""
    before = {path: path.read_bytes() for path in target.parent.iterdir() if path.is_file()}
    with pytest.raises(UpkeepError) as raised:
        backup(settings, target, force=force)
    assert {path: path.read_bytes() for path in target.parent.iterdir() if path.is_file()} == before
    return str(raised.value)


def test_a_file_that_nobody_has_open_is_copied(
    stopped: None, settings: Settings, database: Path, target: Path, answer: Answer
) -> None:
    assert (
        backup(settings, target, force=False)
        == f"{target}: {target.stat().st_size:,} bytes, 1,200 keys, checked."
    )
    assert check_copy(target, called=target) == 1200
    assert target.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in target.parent.iterdir()] == ["today.db"]
    assert [path.name for path in database.parent.iterdir()] == ["kv.db"]
    assert not answer.asked


def test_what_waits_in_a_spill_file_is_told_to_be_missing(
    stopped: None, settings: Settings, database: Path, target: Path
) -> None:
    spill = database.with_name("kv-spill.jsonl")
    spill.touch()
    assert f"see {spill}" in backup(settings, target, force=False)


def test_a_file_that_is_there_is_written_over_only_when_that_is_said(
    stopped: None, settings: Settings, target: Path
) -> None:
    target.write_text("precious")
    assert "--force" in refused(settings, target)
    backup(settings, target, force=True)
    assert check_copy(target, called=target) == 1200


@pytest.fixture
def sound(tmp_path: Path) -> bytes:
    asyncio.run(fill(tmp_path / "sound.db"))
    return (tmp_path / "sound.db").read_bytes()


def test_the_server_is_asked_while_it_has_the_database(
    in_use: None, settings: Settings, target: Path, answer: Answer, sound: bytes
) -> None:
    answer.body = sound
    told = Settings(
        _env_file=None,
        kv_url=settings.kv_url,
        port=settings.port,
        host="0.0.0.0",  # noqa: S104 - what a container has
        base_url="https://music.example",
        secret_key="s" * 32,
        operator_token="token",
    )
    backup(told, target, force=False)

    assert target.read_bytes() == sound
    (asked,) = answer.asked
    assert asked["path"] == "/api/admin/backup"
    assert asked["host"] == "music.example"
    assert asked["origin"] == "https://music.example"
    assert asked["authorization"] == "Bearer token"


def test_the_server_is_asked_too_when_the_file_was_taken_away(
    settings: Settings, target: Path, answer: Answer, sound: bytes, database: Path
) -> None:
    answer.body = sound
    backup(settings, target, force=False)
    assert target.read_bytes() == sound
    assert "authorization" not in answer.asked[0]
    assert not database.exists()


def no_rights(answer: Answer) -> None:
    answer.problem(403, "This is for operators")


def old_release(answer: Answer) -> None:
    answer.problem(404, "There is no page")


def busy(answer: Answer) -> None:
    answer.problem(409, "Ask again when it is ready.")


def no_room(answer: Answer) -> None:
    answer.problem(503, "Is there room for a second one?")


def odd_problem(answer: Answer) -> None:
    answer.status, answer.kind, answer.body = 500, PROBLEM, b"{}"


def stranger(answer: Answer) -> None:
    answer.kind, answer.body = "text/html", b"<h1>It works!</h1>"


def cut_off(answer: Answer) -> None:
    answer.promised = len(answer.body) + 5


def unsound(answer: Answer) -> None:
    answer.body = answer.body[:8192]


@pytest.mark.parametrize(
    ("prepare", "said"),
    [
        (no_rights, "gives backups to operators alone: set its OPERATOR_TOKEN"),
        (old_release, "of a release without backups"),
        (busy, "Ask again when it is ready."),
        (no_room, "Is there room for a second one?"),
        (odd_problem, "It answered 500."),
        (stranger, "is not genre-sorter"),
        (cut_off, "ended before all of the copy had come"),
        (unsound, "today.db is damaged"),
    ],
)
def test_what_the_server_does_not_give_is_told_in_a_sentence(
    settings: Settings,
    target: Path,
    answer: Answer,
    sound: bytes,
    prepare: Callable[[Answer], None],
    said: str,
) -> None:
    answer.body = sound
    prepare(answer)
    assert said in refused(settings, target)


def test_a_wrong_token_is_told(settings: Settings, target: Path, answer: Answer) -> None:
    answer.problem(403, "This is for operators")
    with_token = Settings(_env_file=None, kv_url=settings.kv_url, port=settings.port, operator_token="wrong")
    assert "started with another OPERATOR_TOKEN" in refused(with_token, target)


@pytest.fixture
def nobody(settings: Settings) -> Settings:
    """Settings that name a port where nobody listens."""
    return settings.model_copy(update={"port": 1})


def test_neither_server_nor_file(nobody: Settings, target: Path, database: Path) -> None:
    said = refused(nobody, target)
    assert f"There is no database at {database}, and no server answers at http://127.0.0.1:1" in said
    assert not database.exists()


def test_a_database_in_use_by_a_server_somewhere_else(
    in_use: None, nobody: Settings, target: Path, database: Path
) -> None:
    assert f"{database} is in use, but no server answers at http://127.0.0.1:1" in refused(nobody, target)


def test_a_server_that_answers_nonsense(settings: Settings, target: Path, answer: Answer) -> None:
    answer.kind = "x" * 100_000
    assert "did not answer" in refused(settings, target)


def test_a_problem_that_is_cut_off(settings: Settings, target: Path, answer: Answer) -> None:
    answer.problem(503, "Is there room?")
    answer.body = answer.body[:20]
    assert "It answered 503." in refused(settings, target)


def test_a_damaged_database_gives_no_backup(
    stopped: None, settings: Settings, database: Path, target: Path
) -> None:
    with database.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 4096)
    assert "is damaged" in refused(settings, target)


def test_places_where_no_backup_can_be(
    stopped: None, settings: Settings, database: Path, target: Path
) -> None:
    with pytest.raises(UpkeepError, match="There is no folder"):
        backup(settings, database.parent / "none" / "x.db", force=False)
    with pytest.raises(UpkeepError, match="is a folder"):
        backup(settings, target.parent, force=True)
    for path in (database, database.with_name("kv.db-wal")):
        assert "is the database itself" in refused(settings, path, force=True)
    (target.parent / "link.db").symlink_to(database)
    assert "is the database itself" in refused(settings, target.parent / "link.db", force=True)


def test_a_folder_where_nothing_can_be_written(stopped: None, settings: Settings) -> None:
    with pytest.raises(UpkeepError, match="could not be written"):
        backup(settings, Path("/proc/backup.db"), force=False)


def test_a_store_that_is_no_file(target: Path) -> None:
    settings = Settings(_env_file=None, kv_url="memory://")
    assert "there is no database file" in refused(settings, target)


def test_a_disk_without_room_for_the_file(
    stopped: None, full_disk: FullDisk, settings: Settings, target: Path
) -> None:
    with full_disk():
        told = refused(settings, target)
    assert f"{target} could not be written" in told


def test_a_disk_without_room_for_what_the_server_gives(
    sound: bytes, full_disk: FullDisk, settings: Settings, target: Path, answer: Answer
) -> None:
    answer.body = sound
    with full_disk():
        told = refused(settings, target)
    assert f"{target} could not be written" in told
