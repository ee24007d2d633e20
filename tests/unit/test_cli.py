"""The command line: what it refuses to start with, in one sentence."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli import main

pytestmark = pytest.mark.usefixtures("logging_as_before")


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("TRUSTED_PROXIES=127.0.0.1,proxy", "TRUSTED_PROXIES.1"),
        ("KV_CACHE_TTL=abc", "kv_cache_ttl"),
        ("PORT=abc", "PORT"),
        ("BASE_URL=ftp://x", "BASE_URL"),
        ("SPOTIFY_CLIENT_ID=abc", "CONTACT"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, word: str
) -> None:
    (tmp_path / ".env").write_text(line)
    assert main(["serve"]) == 2
    (said,) = capsys.readouterr().err.splitlines()
    assert word in said


def test_a_settings_file_that_is_no_text_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / ".env").write_bytes(b"CONTACT=\xff\xfe")
    assert main(["serve"]) == 2
    assert ".env" in capsys.readouterr().err


def test_a_library_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--library", str(tmp_path / "nothing")]) == 2
    assert "nothing" in capsys.readouterr().err


def test_genre_families_that_are_not_sound_are_named(tmp_path: Path) -> None:
    """By a copy of the app, whose file may be spoiled."""
    app = Path(__file__).parents[2] / "app"
    shutil.copytree(app, tmp_path / "app", ignore=shutil.ignore_patterns("__pycache__"))
    families = tmp_path / "app/genres/families.toml"
    families.write_text(
        families.read_text(encoding="utf-8").replace('"rust"', '"mauve"', 1), encoding="utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", "demo"], check=False, cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 2
    (said,) = done.stderr.splitlines()
    assert said.startswith("families.toml: family.rock.hue: Input should be 'rose'")
