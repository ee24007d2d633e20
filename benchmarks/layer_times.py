"""What each layer of middleware takes of a request."""

import statistics
import tempfile
import time
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.main import create_app
from app.observability import configure_logging
from app.settings import Settings

RUNS, REQUESTS = 5, 1000
SETTINGS = Settings(
    _env_file=None,
    kv_url="memory://",
    spotify_client_id="benchmark",
    contact="benchmark@example.org",
    log_format="json",
)
HEADERS = {"host": "127.0.0.1:8000", "cookie": "session=" + "x" * 90, "x-forwarded-for": "203.0.113.7"}


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    await JSONResponse({"hello": "world"})(scope, receive, send)


async def nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def nowhere(_: Message) -> None:
    pass


async def layer_times() -> dict[str, float]:
    """Return the microseconds that each layer adds to an answer of nothing, outermost first."""
    app = create_app(SETTINGS)
    with (
        tempfile.TemporaryDirectory() as folder,
        (Path(folder) / "log").open("w") as log,
        redirect_stderr(log),
    ):
        configure_logging(SETTINGS.log_format)
        async with app.router.lifespan_context(app) as state:
            layers: dict[str, ASGIApp] = {"": answer}
            for one in app.user_middleware:
                layer: Any = one.cls
                layers[layer.__name__] = layer(answer, *one.args, **one.kwargs)
            runs = [
                {name: await took_us(layer, state) for name, layer in layers.items()} for _ in range(RUNS)
            ]
    return {name: statistics.median(run[name] - run[""] for run in runs) for name in layers if name}


async def took_us(layer: ASGIApp, state: Any) -> float:
    headers = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
    scope = {"type": "http", "method": "GET", "path": "/session", "query_string": b"", "headers": headers}
    scope |= {"client": ("127.0.0.1", 1), "scheme": "http", "server": ("127.0.0.1", 8000)}
    started = time.process_time()
    for _ in range(REQUESTS):
        await layer({**scope, "state": dict(state)}, nothing, nowhere)
    return (time.process_time() - started) / REQUESTS * 1e6
