"""One connection of a client: uvicorn's, with NetSuite's manners and an end to its patience."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from nsconsole.sandbox.forms import Refusal, rest_error

if TYPE_CHECKING:
    import asyncio
    from typing import Any

PATIENCE_SECONDS = 60.0
"""How long a request may take to arrive; a client that dribbles is cut off then."""


class Connection(H11Protocol):
    """Puts itself within reach of the application, as `scope["state"]["connection"]`.

    `heard` is the monotonic clock when something came over it last.
    """

    transport: asyncio.Transport
    heard = float("-inf")
    _impatience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401 - as asyncio has it
        """Begin to wait for a request."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "connection": self}
        self._wait_for_request()

    def data_received(self, data: bytes) -> None:
        """Wait on while the request is in parts."""
        self.heard = time.monotonic()
        super().data_received(data)
        self._wait_for_request()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP in the form of NetSuite's REST services."""
        del msg
        if self.conn.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            self.transport.close()  # an answer is on its way already
            return
        detail = "The request could not be understood by the server due to malformed syntax."
        answer = rest_error(Refusal(400, "INVALID_REQUEST", detail))
        headers = [*answer.headers.items(), ("content-length", str(len(answer.body)))]
        for event in (
            h11.Response(status_code=400, headers=[*headers, ("connection", "close")]),
            h11.Data(data=answer.body),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _wait_for_request(self) -> None:
        if self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            self._stop_waiting()
        elif self._impatience is None:
            self._impatience = self.loop.call_later(PATIENCE_SECONDS, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._impatience is not None:
            self._impatience.cancel()
            self._impatience = None
