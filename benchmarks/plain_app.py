"""What the app is measured against, served as `genre-sorter serve` serves it.

    python -m benchmarks.plain_app same | hello

`same` is the app without our middleware, with uvicorn's log of requests in the place of ours; `hello` is
FastAPI with one route and no log.
"""

import logging
import sys

import uvicorn
from fastapi import FastAPI

from app.main import create_app
from app.settings import Settings

HELLO = "/hello"


def same() -> FastAPI:
    app = create_app(Settings())
    app.user_middleware.clear()
    return app


def hello() -> FastAPI:
    app = FastAPI()

    @app.get("/healthz")
    @app.get(HELLO)
    async def say_hello() -> dict[str, str]:
        return {"hello": "world"}

    return app


def main() -> None:
    logging.basicConfig(level=logging.INFO)
    what = sys.argv[1]
    app = {"same": same, "hello": hello}[what]()
    uvicorn.run(app, port=Settings().port, access_log=what == "same", server_header=False, log_config=None)


if __name__ == "__main__":
    main()
