"""Answers that break HTTP: none at all, a cut connection, half a body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from nsconsole.sandbox.connection import Connection


class Cut(Response):
    """The connection is cut without an answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Cut it, and wait until it is."""
        del send
        connection(scope).transport.abort()
        await _gone(receive)


class Silence(Response):
    """No answer, until the client goes away or the sandbox stops."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait; then cut the connection, so that nothing can be taken for an answer."""
        del send
        try:
            await _gone(receive)
        finally:
            connection(scope).transport.abort()


class Truncated(Response):
    """The first half of a body that was promised whole."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the headers and half of the body; then close the connection."""
        headers = {"type": "http.response.start", "status": self.status_code}
        await send({**headers, "headers": self.raw_headers})
        half = bytes(self.body)[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        connection(scope).transport.close()
        await _gone(receive)


def connection(scope: Scope) -> Connection:
    """The connection that a request came over, which the server puts within reach."""
    found: Connection = scope["state"]["connection"]
    return found


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
