"""How each of NetSuite's surfaces says no: REST web services, RESTlets, the token endpoint."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nsconsole.sandbox.forms import Answer, Refusal, json_bytes, rest_error, restlet_error

if TYPE_CHECKING:
    from collections.abc import Callable

    from nsconsole.sandbox.behaviour import Behaviour
    from nsconsole.sandbox.logins import LoginRefusedError

# In the user's language, as the Spanish one was seen; clients must go by the code.
_TOO_MANY = {
    "en": "Request limit exceeded.",
    "de": "Die maximale Anzahl von Anfragen wurde überschritten.",
    "es": "Se excedio el limite de solicitudes.",
    "fr": "La limite de requêtes a été dépassée.",
    "it": "Il limite di richieste è stato superato.",
    "ja": "リクエストの上限を超えました。",
    "pt": "O limite de solicitações foi excedido.",
}


@dataclass(frozen=True, slots=True)
class Manners:
    """One surface: the scope that a bearer token needs for it, and its refusals.

    Without a scope it needs neither a login nor a place in the pool.

    `form` makes an answer of a refusal, the request's content type and the behaviour; `bad_login`
    and `overload` are the refusals of every such request.
    """

    scope: str | None
    form: Callable[[Refusal, str, Behaviour], Answer]
    bad_login: Callable[[LoginRefusedError], Refusal]
    overload: Callable[[Behaviour], Refusal]

    def answer(self, refusal: Refusal, content_type: str, behaviour: Behaviour) -> Answer:
        """The answer that refuses; an overload may say when to come back."""
        answer = self.form(refusal, content_type, behaviour)
        if behaviour.retry_after is None or answer.status not in (429, 503):
            return answer
        headers = {**answer.headers, "retry-after": str(behaviour.retry_after)}
        return Answer(answer.status, answer.body, headers)

    def unauthorized(
        self, refused: LoginRefusedError, account_id: str, content_type: str, behaviour: Behaviour
    ) -> Answer:
        """The answer to a bad login, with the challenge of its scheme; it never says why."""
        answer = self.answer(self.bad_login(refused), content_type, behaviour)
        scheme = "OAuth" if refused.error is None else "Bearer"
        challenge = (
            f'{scheme} realm="{account_id}", error="{refused.error or "token_rejected"}", '
            'error_description="Invalid login attempt."'
        )
        return Answer(answer.status, answer.body, {**answer.headers, "www-authenticate": challenge})


def unexpected() -> Refusal:
    """The error of which NetSuite tells nothing but an id."""
    error_id = "".join(secrets.choice(string.ascii_lowercase) for _ in range(20))
    return Refusal(500, "UNEXPECTED_ERROR", f"An unexpected error occurred. Error ID: {error_id}")


def unavailable() -> Refusal:
    """What NetSuite says while its database is offline."""
    return Refusal(503, "UNEXPECTED_ERROR", "The service is temporarily unavailable.")


def _status(refused: LoginRefusedError) -> int:
    return 400 if refused.error == "invalid_request" else 401


def _rest_form(refusal: Refusal, _: str, behaviour: Behaviour) -> Answer:
    return rest_error(refusal, behaviour.error_type)


def _restlet_form(refusal: Refusal, content_type: str, _: Behaviour) -> Answer:
    return restlet_error(refusal, content_type)


def _token_form(refusal: Refusal, _: str, behaviour: Behaviour) -> Answer:
    if refusal.status != 400:
        return rest_error(refusal, behaviour.error_type)
    headers = {"content-type": "application/json; charset=UTF-8", "cache-control": "no-store"}
    return Answer(400, json_bytes({"error": refusal.code}), headers)


def _rest_login(refused: LoginRefusedError) -> Refusal:
    return Refusal(
        _status(refused),
        "INVALID_LOGIN",
        "Invalid login attempt. For more details, see the Login Audit Trail in the "
        "NetSuite UI at Setup > Users/Roles > User Management > View Login Audit Trail.",
    )


def _restlet_login(refused: LoginRefusedError) -> Refusal:
    return Refusal(_status(refused), "INVALID_LOGIN_ATTEMPT", "Invalid login attempt.")


def _token_login(refused: LoginRefusedError) -> Refusal:
    return Refusal(400, refused.error or "invalid_grant", "Invalid login attempt.")


def _rest_overload(_: Behaviour) -> Refusal:
    return Refusal(
        429, "CONCURRENCY_LIMIT_EXCEEDED", "Concurrent request limit exceeded. Request blocked."
    )


def _restlet_overload(behaviour: Behaviour) -> Refusal:
    return Refusal(400, "SSS_REQUEST_LIMIT_EXCEEDED", _TOO_MANY[behaviour.language])


REST = Manners("rest_webservices", _rest_form, _rest_login, _rest_overload)
RESTLET = Manners("restlets", _restlet_form, _restlet_login, _restlet_overload)
TOKEN = Manners(None, _token_form, _token_login, _rest_overload)
OPEN = Manners(None, _restlet_form, _restlet_login, _restlet_overload)
