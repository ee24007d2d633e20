"""HEAD, as monitors and link checkers send it, answered by the routes of GET."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class HeadAsGet:
    """Lets routes answer HEAD like GET. The server leaves the body out; a stream ends after its first part.

    Inside what counts visitors and writes the access line, to which it stays a HEAD, and inside what
    compresses, which needs the body to tell its length.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Go on, as a GET."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return
        ended = False

        async def send_first(message: Message) -> None:
            nonlocal ended
            if ended:
                return
            await send(message)
            if message.get("more_body"):
                ended = True
                await send({"type": "http.response.body"})

        asked = {**scope, "method": "GET"}
        await self.app(asked, receive, send_first)
        scope["route"] = asked.get("route")  # for the access line
