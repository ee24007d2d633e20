"""Static files: kept for ever under the hash of their tree, checked on every use without it."""

from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from app.assets import STATIC

FOR_EVER = "public, max-age=31536000, immutable"
CHECK_ALWAYS = "no-cache"


class CachedStaticFiles(StaticFiles):
    """The static tree with one Cache-Control value."""

    def __init__(self, cache_control: str) -> None:
        super().__init__(directory=STATIC)
        self.cache_control = cache_control

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the file, or a line that is not cached: no limit counts what is asked for here.

        A page would be made for it, with a look at who is signed in.
        """
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            return PlainTextResponse(error.detail, error.status_code)
        response.headers["Cache-Control"] = self.cache_control
        return response
