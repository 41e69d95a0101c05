"""Operators: who may do what, and the edit token that proves who decides."""

import base64
import getpass
import hashlib
import hmac
import os
import re
import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row
from sqlalchemy.exc import IntegrityError

from nsconsole.services.audit_trail import SYSTEM, Entry, append
from nsconsole.services.errors import BadInputError, RefusedError
from nsconsole.services.workspace import Workspace
from nsconsole.store import operators as store

_NAME = re.compile(r"[\w.@+-]{1,64}")
_COST = {"n": 2**14, "r": 8, "p": 1}  # about 50 ms and 16 MB a guess


class Role(StrEnum):
    """What an operator may do: look; decide; and say who may."""

    VIEWER = "viewer"
    REVIEWER = "reviewer"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Operator:
    """Somebody known to the workspace. `login` is the OS user who is taken to be them."""

    name: str
    login: str | None
    role: Role
    disabled: bool


@dataclass(frozen=True, slots=True)
class Authority:
    """Proof that an operator gave their edit token; only `authenticate` makes one.

    Whatever it is used for checks it again, in its own transaction: a token that was rotated or an
    operator who was disabled since is refused.
    """

    operator: Operator
    token_hash: str

    def __repr__(self) -> str:
        return f"Authority({self.operator.name!r}, {self.operator.role.value})"


def find_operator(workspace: Workspace, *, name: str | None, login: str) -> Operator | None:
    """Find the operator called `name`; if None, the one whose login is the OS user's."""
    with workspace.database.reading() as connection:
        row = store.named(connection, name) if name else store.for_login(connection, login)
    return _operator(row) if row else None


def whoami(workspace: Workspace) -> Operator | None:
    """Find who sits here: the operator that is set, else the one whose login is the OS user's."""
    return find_operator(workspace, name=workspace.settings.operator, login=os_login())


def os_login() -> str:
    """Give the OS user's name; their number where it has none, as in some containers."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid-{os.getuid()}"


def authenticate(workspace: Workspace, operator: Operator | None, token: str | None) -> Authority:
    """Check an edit token. Raises RefusedError if the operator or the token is not known."""
    if operator is None:
        raise RefusedError(
            "you are not an operator of this workspace: set NSCONSOLE_OPERATOR to one who is, or "
            "ask an admin for `nsconsole operator add`"
        )
    if not token:
        raise RefusedError(f"{operator.name}'s edit token is needed: set NSCONSOLE_EDIT_TOKEN")
    with workspace.database.reading() as connection:
        row = store.named(connection, operator.name)
    if row is None or row.disabled_at is not None:
        raise RefusedError(f"operator {operator.name} is disabled")
    if not _matches(token, row.token_hash):
        raise RefusedError(f"that is not {operator.name}'s edit token")
    return Authority(_operator(row), row.token_hash)


def require(connection: Connection, authority: Authority, *roles: Role) -> None:
    """Check, inside the transaction of a change, that an authority still holds.

    Raises RefusedError if it does not, or if the operator's role is not one of `roles`.
    """
    name = authority.operator.name
    row = store.named(connection, name)
    if row is None or row.disabled_at is not None:
        raise RefusedError(f"operator {name} is disabled")
    if not hmac.compare_digest(row.token_hash, authority.token_hash):
        raise RefusedError(f"{name}'s edit token was changed; give the new one")
    if row.role not in roles:
        needed = " or ".join(role.value for role in roles)
        raise RefusedError(f"{name} is a {row.role}; this takes the role {needed}")


def first_operator(workspace: Workspace, name: str, *, login: str) -> tuple[Operator, str]:
    """Make a new workspace's first operator, an admin; give the edit token, shown this once.

    Raises RefusedError if the workspace has operators already.
    """
    token = _new_token()
    with workspace.database.writing() as connection:
        others = store.everybody(connection)
        if others:
            raise RefusedError(
                f"this workspace has operators already ({others[0].name}); an admin adds more "
                "with `nsconsole operator add`"
            )
        operator = _add(workspace, connection, name, Role.ADMIN, token, login=login)
        detail = {"role": operator.role.value, "login": login}
        entry = Entry(SYSTEM, "operator_added", f"operator:{name}", detail)
        append(connection, workspace.now(), [entry])
    return operator, token


def add_operator(
    workspace: Workspace, authority: Authority, name: str, role: Role
) -> tuple[Operator, str]:
    """Add an operator (admin); give the edit token, shown this once."""
    token = _new_token()
    try:
        with workspace.database.writing() as connection:
            require(connection, authority, Role.ADMIN)
            operator = _add(workspace, connection, name, role, token, login=None)
            _tell(workspace, connection, authority, "operator_added", name, role=role.value)
    except IntegrityError as error:
        raise BadInputError(f"there is an operator called {name} already") from error
    return operator, token


def rotate_token(workspace: Workspace, authority: Authority, name: str) -> tuple[Operator, str]:
    """Replace an operator's edit token (admin); the old one stops working at once."""
    token = _new_token()
    with workspace.database.writing() as connection:
        require(connection, authority, Role.ADMIN)
        operator = _known(connection, name)
        store.set_token(connection, name, _hash(token))
        _tell(workspace, connection, authority, "token_rotated", name)
    return operator, token


def disable_operator(workspace: Workspace, authority: Authority, name: str) -> Operator:
    """Take an operator's rights away (admin). The last admin stays: RefusedError."""
    with workspace.database.writing() as connection:
        require(connection, authority, Role.ADMIN)
        _known(connection, name)
        left = [
            row
            for row in store.everybody(connection)
            if row.role == Role.ADMIN and row.disabled_at is None and row.name != name
        ]
        if not left:
            raise RefusedError(f"{name} is the last admin; make another one first")
        store.disable(connection, name, workspace.now())
        _tell(workspace, connection, authority, "operator_disabled", name)
        return _known(connection, name)


def check_name(name: str) -> None:
    """Raise BadInputError for what cannot be an operator's name."""
    if not _NAME.fullmatch(name):
        raise BadInputError("an operator's name is letters, digits and . @ + - _, at most 64")


def list_operators(workspace: Workspace) -> list[Operator]:
    """List all operators by name."""
    with workspace.database.reading() as connection:
        return [_operator(row) for row in store.everybody(connection)]


def _known(connection: Connection, name: str) -> Operator:
    row = store.named(connection, name)
    if row is None:
        raise BadInputError(f"there is no operator called {name}")
    return _operator(row)


def _operator(row: Row[Any]) -> Operator:
    return Operator(row.name, row.login, Role(row.role), row.disabled_at is not None)


def _add(
    workspace: Workspace,
    connection: Connection,
    name: str,
    role: Role,
    token: str,
    *,
    login: str | None,
) -> Operator:
    check_name(name)
    row = {"name": name, "login": login, "role": role.value, "token_hash": _hash(token)}
    store.add(connection, row | {"created_at": workspace.now()})
    return Operator(name, login, role, disabled=False)


def _tell(
    workspace: Workspace,
    connection: Connection,
    authority: Authority,
    event: str,
    name: str,
    **detail: object,
) -> None:
    entry = Entry(authority.operator.name, event, f"operator:{name}", detail)
    append(connection, workspace.now(), [entry])


def _new_token() -> str:
    return secrets.token_urlsafe(24)


def _hash(token: str) -> str:
    salt = secrets.token_bytes(16)
    parts = [*map(str, _COST.values()), *map(_b64, (salt, _scrypt(token, salt, **_COST)))]
    return "$".join(["scrypt", *parts])


def _matches(token: str, stored: str) -> bool:
    _, n, r, p, salt, wanted = stored.split("$")
    found = _scrypt(token, base64.b64decode(salt), n=int(n), r=int(r), p=int(p))
    return hmac.compare_digest(found, base64.b64decode(wanted))


def _scrypt(token: str, salt: bytes, *, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(token.encode(errors="surrogatepass"), salt=salt, n=n, r=r, p=p, dklen=32)


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
