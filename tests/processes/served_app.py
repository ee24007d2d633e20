"""The app as `genre-sorter serve` serves it, on a disk and in a time that a test decides about.

`python -m tests.processes.served_app`. Everything under /control is in front of the app, not part of it.
"""

import asyncio
import os
import sys

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app import cli
from app.demo.dispatcher import PathDispatcher
from app.main import create_app
from app.observability import configure_logging
from app.services import Services
from app.settings import Settings
from tests.processes.faults import Faults, MovedClock, Told
from tests.processes.value_routes import VALUE, Value, router

CONTROL = "/control"
AHEAD_S = "TEST_CLOCK_AHEAD_S"


def main() -> int:
    settings = Settings()
    configure_logging(settings.log_format)
    faults = Faults(float(os.environ.get(AHEAD_S, "0")))
    app = create_app(settings, clock=MovedClock(faults), opener=faults.open)
    app.include_router(router)
    served = PathDispatcher(control(faults), app, front_prefix=CONTROL)
    return cli._serve(served, settings, cli._stop_of(app))


def control(faults: Faults) -> Starlette:
    async def tell(request: Request) -> Response:
        faults.tell(Told.model_validate_json(await request.body()))
        return Response(status_code=204)

    async def look(request: Request) -> Response:
        snapshot = services_of(request).kv.snapshot()
        return JSONResponse(
            {
                "tasks": len(asyncio.all_tasks()),
                "waiting_calls": faults.waiting_calls,
                "reads": faults.reads,
                "misses": {kind: counts.misses for kind, counts in snapshot.kinds.items()},
                "depth": snapshot.queue.depth,
            }
        )

    async def queue(request: Request) -> Response:
        """Queue a value outside every request of the app."""
        await services_of(request).kv.put_later(VALUE(request.path_params["name"]), Value(text="queued"))
        return Response(status_code=204)

    return Starlette(
        routes=[
            Route("/", look),
            Route("/tell", tell, methods=["POST"]),
            Route("/queue/{name}", queue, methods=["POST"]),
        ]
    )


def services_of(request: Request) -> Services:
    services: Services = request.state.services
    return services


if __name__ == "__main__":
    sys.exit(main())
