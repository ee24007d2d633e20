"""The app and its simulator on one real port, in a thread, on a store that the test can look into."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from app.clock import Clock
from app.demo.dispatcher import PathDispatcher
from app.demo.library import built_in_library
from app.demo.options import SimulatorOptions
from app.demo.simulator import build_simulator
from app.kv.stores import StoreOpener
from app.main import create_app
from app.settings import Settings
from benchmarks.main_job import free_port
from tests.e2e.server import FAST, until


@contextmanager
def served(folder: Path, opener: StoreOpener, clock: Clock | None = None) -> Iterator[str]:
    """Serve the demo on a store that `opener` opens; give the address."""
    settings = Settings(
        _env_file=None,
        port=free_port(),
        base_url="",
        kv_url=f"sqlite:///{folder}/genre-sorter.db",
        **{name.lower(): value for name, value in FAST.items()},  # type: ignore[arg-type]
    ).as_demo()
    app = create_app(settings, clock=clock, opener=opener)
    options = SimulatorOptions(base_url=settings.public_url, static_root=app.state.templating.static_root)
    both = PathDispatcher(build_simulator(built_in_library(), options), app)
    config = uvicorn.Config(both, port=settings.port, log_config=None, access_log=False, lifespan="on")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started, "the server's start")
    try:
        yield settings.public_url
    finally:
        server.should_exit = True
        thread.join()
