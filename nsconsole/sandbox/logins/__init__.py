"""Logging in: token-based authentication, OAuth 2.0, and the lock behind five failures."""


class LoginRefusedError(Exception):
    """A login that failed; the message is the reason of the Login Audit Trail, never sent.

    `error` is what OAuth 2.0 calls it in the answer; None for token-based authentication.
    """

    def __init__(self, reason: str, *, error: str | None = None) -> None:
        super().__init__(reason)
        self.error = error
