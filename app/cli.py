"""The command line: `genre-sorter serve`, `demo`, `backup` and `restore`."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

import uvicorn
from fastapi import FastAPI
from pydantic import ValidationError
from pydantic_settings import SettingsError
from starlette.applications import Starlette
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import __version__
from app.admin.backup_command import backup
from app.admin.restore_command import restore
from app.admin.restored_rows import Outdated
from app.admin.upkeep import UpkeepError
from app.clock import SystemClock
from app.demo.dispatcher import PathDispatcher
from app.demo.library import LibraryError, built_in_library, load_library
from app.demo.options import SimulatorOptions
from app.demo.playback import Playback
from app.demo.simulator import build_simulator
from app.demo.state import StateFileError
from app.demo.switches import Switches
from app.genres.families_file import FamiliesFileError
from app.keyspaces import ALL, ENDED_BY_RESTORE
from app.kv.stores import SQLITE
from app.main import create_app
from app.observability import configure_logging
from app.settings import DEMO_CLIENT_ID, Settings
from app.templating import STATIC_PREFIX

GRACEFUL_S = 10
SIMULATOR_FILE = "simulator.json"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status.

    2 says that a setting or argument is wrong, 1 that the work could not be done.
    """
    arguments = _parser().parse_args(argv)
    try:
        return _run(arguments)
    except ValidationError as error:
        return _refuse("\n".join(_sentence(problem) for problem in error.errors()))
    except SettingsError as error:  # a list or mapping that is not JSON
        return _refuse(f"{error}: it must be JSON, as .env.example shows")
    except UnicodeDecodeError:
        return _refuse(".env is not a UTF-8 text")
    except (FamiliesFileError, LibraryError, StateFileError) as error:
        return _refuse(str(error))
    except UpkeepError as error:
        print(error, file=sys.stderr)
        return 1


def _run(arguments: argparse.Namespace) -> int:
    port = getattr(arguments, "port", None)
    settings = Settings(**({"port": port} if port else {}))
    configure_logging(settings.log_format)
    if arguments.command == "backup":
        return _report(backup(settings, arguments.path, force=arguments.force), settings)
    if arguments.command == "restore":
        outdated = Outdated.of(ALL, ENDED_BY_RESTORE)
        done = restore(settings, arguments.path, outdated=outdated, now=SystemClock().now())
        return _report(done, settings)
    app, stopping = _build(arguments, settings)
    return _serve(app, settings, stopping)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="genre-sorter", description="Sorts a Spotify library by genre.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="serve the app; without Spotify credentials, the demo")
    demo = commands.add_parser("demo", help="serve the demo, whatever the credentials")
    demo.add_argument(
        "--library", type=Path, metavar="FOLDER", help="a folder with tracks.jsonl and artists.jsonl"
    )
    demo.add_argument(
        "--songs",
        type=int,
        metavar="N",
        help="give everybody N generated songs of their own, up to 1,000,000",
    )
    demo.add_argument("--oddities", action="store_true", help="give everybody every oddity of real libraries")
    demo.add_argument(
        "--simulator-only", action="store_true", help="only the simulated Spotify and MusicBrainz"
    )
    for command in (serve, demo):
        command.add_argument("--port", type=int, help="instead of PORT")
    _add_upkeep(commands)
    return parser


def _add_upkeep(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    keep = commands.add_parser(
        "backup",
        help="write a copy of the database, also while the server runs",
        description="Writes a copy of the database that KV_URL names. While a server has it open, the one at "
        "HOST and PORT is asked for the copy, with OPERATOR_TOKEN.",
    )
    keep.add_argument("path", type=Path, metavar="PATH", help="the file to write")
    keep.add_argument("--force", action="store_true", help="write over a file that is there")
    bring_back = commands.add_parser(
        "restore",
        help="put a backup in the place of the database, while no server runs",
        description="Puts a backup in the place of the database that KV_URL names. The database until now is "
        "kept beside it under a dated name. Everybody has to sign in again.",
    )
    bring_back.add_argument("path", type=Path, metavar="PATH", help="the backup")


def _report(done: str, settings: Settings) -> int:
    print(done)
    if settings.demo:
        print("This is the demo's database: its people and playlists are made up.")
    return 0


def _build(arguments: argparse.Namespace, settings: Settings) -> tuple[ASGIApp, Callable[[], None]]:
    """Return what to serve, and what to do when the process is told to end."""
    if arguments.command == "serve" and not settings.demo:
        app = create_app(settings)
        return app, _stop_of(app)
    if getattr(arguments, "simulator_only", False):
        return PathDispatcher(_simulator(settings, arguments), Starlette()), _nothing
    settings = settings.as_demo()
    app = create_app(settings)
    return PathDispatcher(_simulator(settings, arguments), app), _stop_of(app)


def _stop_of(app: FastAPI) -> Callable[[], None]:
    """Return what ends the app's event streams; the app has it only once it has started."""

    def stop() -> None:
        app.state.stop()

    return stop


def _simulator(settings: Settings, arguments: argparse.Namespace) -> ASGIApp:
    """Return the simulator for the app of these settings; a lone one may stand in for the real Spotify."""
    folder = getattr(arguments, "library", None)
    library = load_library(folder) if folder else built_in_library()
    options = SimulatorOptions(
        base_url=settings.public_url,
        client_id=settings.spotify_client_id or DEMO_CLIENT_ID,
        redirect_uris=(settings.redirect_uri, *SimulatorOptions.model_fields["redirect_uris"].default),
        state_path=_state_path(settings),
        switches=Switches(
            songs=getattr(arguments, "songs", None) or 0,
            oddities=getattr(arguments, "oddities", False),
            playback=Playback(kind="in_turn"),
        ),
        static_root=f"{settings.public_url}{STATIC_PREFIX}",
    )
    return build_simulator(library, options)


def _state_path(settings: Settings) -> Path | None:
    if not settings.kv_url.startswith(SQLITE):
        return None
    return Path(settings.kv_url.removeprefix(SQLITE)).parent / SIMULATOR_FILE


def _nothing() -> None:
    """Nothing has to be told."""


class Server(uvicorn.Server):
    """Ends open event streams as soon as it is told to stop, so that the wait for requests is short."""

    def __init__(self, config: uvicorn.Config, stopping: Callable[[], None]) -> None:
        super().__init__(config)
        self.stopping = stopping

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take a signal to stop."""
        self.stopping()
        super().handle_exit(sig, frame)


def _serve(app: ASGIApp, settings: Settings, stopping: Callable[[], None]) -> int:
    config = uvicorn.Config(
        _plain_start(app),
        host=settings.host,
        port=settings.port,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # TrustedProxies reads them, which notes as well whom it does not believe
        log_config=None,
        timeout_graceful_shutdown=GRACEFUL_S,
    )
    server = Server(config, stopping)
    server.run()
    return 0 if server.started else 1


def _plain_start(app: ASGIApp) -> ASGIApp:
    """Say in one line why the app cannot start, instead of with a traceback."""

    async def started(scope: Scope, receive: Receive, send: Send) -> None:
        async def shortened(message: Message) -> None:
            if message["type"] == "lifespan.startup.failed":
                message["message"] = message["message"].strip().rpartition("\n")[2].partition(": ")[2]
            await send(message)

        await app(scope, receive, shortened if scope["type"] == "lifespan" else send)

    return started


def _sentence(problem: object) -> str:
    place = ".".join(str(part) for part in problem["loc"]).upper()  # type: ignore[index]
    return f"{place}: {problem['msg']}" if place else str(problem["msg"])  # type: ignore[index]


def _refuse(message: str) -> int:
    print(message, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
