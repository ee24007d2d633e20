"""One port for two apps: the simulator under its prefix, the product everywhere else."""

from starlette.types import ASGIApp, Receive, Scope, Send

from app.demo.options import PREFIX


class PathDispatcher:
    """Sends http requests under the prefix to the simulator, and everything else to the app.

    It stands in front of the app's middleware, so that calls to the simulator are neither counted, logged nor
    refused as the product's own. The lifespan belongs to the app alone.
    """

    def __init__(self, simulator: ASGIApp, app: ASGIApp, *, front_prefix: str = PREFIX) -> None:
        self.simulator = simulator
        self.app = app
        self.front_prefix = front_prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from the simulator or the app, by the path."""
        if scope["type"] == "http" and self._is_inside(scope["path"]):
            inner = {**scope, "root_path": scope.get("root_path", "") + self.front_prefix}
            await self.simulator(inner, receive, send)
        else:
            await self.app(scope, receive, send)

    def _is_inside(self, path: str) -> bool:
        return path == self.front_prefix or path.startswith(self.front_prefix + "/")
