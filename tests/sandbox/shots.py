"""Requests as nobody means them: right ones, spoiled, for every endpoint and door of a sandbox."""

import itertools
import json
import random
import re
from dataclasses import dataclass
from urllib.parse import quote

from . import corpus
from .corpus import CATALOG, GOVERNANCE, JSON, RECORDS_CATALOG, RESTLET, SCRIPT, SUITEQL, TOKEN

TOKENS = re.compile(r"\w+|\s+|'[^']*'|.")


@dataclass(frozen=True)
class Shot:
    """A request: of which kind it is, and what of it is sent; `signed` ones get a login too."""

    kind: str
    method: str
    target: str
    body: bytes = b""
    headers: tuple[tuple[str, str | None], ...] = ()
    signed: bool = True


class Maker:
    """Makes requests by a seed: the same seed, the same requests."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self._numbers = itertools.count(1)

    def shot(self) -> Shot:
        """A new request."""
        kinds = {
            self.suiteql: 35,
            self.restlet: 25,
            self.door: 14,
            self.path: 12,
            self.catalog: 9,
            self.token: 5,
        }
        return self.random.choices(list(kinds), kinds.values())[0]()

    def suiteql(self) -> Shot:
        query = self._one(corpus.QUERIES)
        if self.chance(0.6):
            query = self._spoiled_query(query)
        given = {"q": query}
        if "?" in query or self.chance(0.05):
            given["params"] = [self._junk() for _ in range(self.random.randrange(4))]
        page = self._one(corpus.PAGES) if self.chance(0.3) else "?limit=100"
        headers = (("Prefer", "transient"),) if self.chance(0.97) else ()
        return self._json("suiteql", "POST", SUITEQL + page, given, headers)

    def restlet(self) -> Shot:
        given = self._one(corpus.CALLS)
        if self.chance(0.85):
            given = {"operations": [self._operation() for _ in range(self._one((1, 1, 1, 2, 5)))]}
        if self.chance(0.15):
            given = self.spoiled(given)
        query = self._spoiled_text(SCRIPT) if self.chance(0.05) else SCRIPT
        target = f"{RESTLET}?{quote(query, safe='=&')}"
        return self._json("restlet", self._method("POST"), target, given)

    def catalog(self) -> Shot:
        name = self._one(("customer", "salesOrder", "transaction", "item", "customrecord_x", "%20"))
        detail = json.dumps({"scriptId": name, "detailType": "SS_ANAL"})
        target = self._one(
            (
                *(CATALOG, f"{CATALOG}/{name}", f"{CATALOG}/{self._spoiled_path(name)}"),
                *(f"{CATALOG}?select={name}", f"{CATALOG}?select={name},%20vendor"),
                f"{CATALOG}?select={_quoted(self._junk())}",
                *(f"{SUITEQL}/metadata-catalog", f"{SUITEQL}/metadata-catalog/{name}", GOVERNANCE),
                f"{RECORDS_CATALOG}?action=getRecordTypes&data={_quoted(json.dumps(self._junk()))}",
                f"{RECORDS_CATALOG}?action=getRecordTypeDetail&data={_quoted(detail)}",
            )
        )
        accept = ("Accept", self._one(corpus.ACCEPTS))
        return Shot("catalog", self._method("GET"), target, headers=(accept,))

    def token(self) -> Shot:
        form = self.spoiled(
            {
                "grant_type": "client_credentials",
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "client_assertion": "e30.e30.AA",
            }
        )
        pairs = form.items() if isinstance(form, dict) else [("x", form)]
        body = "&".join(f"{name}={_quoted(value)}" for name, value in pairs).encode()
        kind = self._one(("application/x-www-form-urlencoded", *corpus.TYPES))
        headers = (("Content-Type", kind),)
        return Shot("token", "POST", TOKEN, self._wrapped(body), headers, signed=False)

    def path(self) -> Shot:
        target = self._one(corpus.PATHS)
        if self.chance(0.5):
            target = self._spoiled_path(target)
        headers = tuple(self.random.sample(corpus.HEADERS, self.random.randrange(4)))
        body = self._wrapped(b'{"q":"SELECT 1 FROM dual"}') if self.chance(0.5) else b""
        method = self._one(corpus.METHODS)
        return Shot("path", method, target, body, headers, signed=self.chance(0.6))

    def door(self) -> Shot:
        method, name, given = self._one(corpus.DOORS)
        if self.chance(0.6):
            given = self.spoiled(given)
        if self.chance(0.1):
            name = self._spoiled_path(name)
        if name != "ledger":  # which nobody may clear here
            method = self._method(method)
        body = b"" if given is None else self._wrapped(json.dumps(given).encode())
        return Shot("door", method, f"/sandbox/{name}", body, signed=False)

    def chance(self, share: float) -> bool:
        """True in about that share of cases."""
        return self.random.random() < share

    def spoiled(self, value):
        """The same JSON value with one of its parts replaced, renamed, doubled or gone."""
        if isinstance(value, dict) and value and self.chance(0.85):
            return self._spoiled_object(value)
        if isinstance(value, list) and value and self.chance(0.85):
            place = self.random.randrange(len(value))
            rest = value[place + self.random.randrange(2) :]
            return [*value[:place], self.spoiled(value[place]), *rest]
        if isinstance(value, str) and self.chance(0.5):
            return self._spoiled_text(value)
        return self._junk()

    def spoiled_login(self, header: str) -> str:
        """A header with a character too many or too few, in one of fifty cases."""
        return self._spoiled_text(header).replace("\n", " ") if self.chance(0.02) else header

    def _spoiled_object(self, value: dict) -> dict:
        key = self._one(list(value))
        rest = {name: each for name, each in value.items() if name != key}
        match self.random.randrange(8):
            case 0:
                return rest
            case 1:
                return {**rest, self._one(("", "id", "x", "ünï", "__proto__")): value[key]}
            case _:
                return {**value, key: self.spoiled(value[key])}

    def _spoiled_text(self, text: str) -> str:
        place = self.random.randrange(len(text) + 1)
        rest = text[place + self.random.randrange(3) :]
        return text[:place] + self._one(corpus.SPOILING_TEXT) + rest

    def _spoiled_path(self, path: str) -> str:
        place = self.random.randrange(1, len(path) + 1)
        return path[:place] + self._one(corpus.SPOILING_PATH) + path[place:]

    def _spoiled_query(self, query: str) -> str:
        tokens = TOKENS.findall(query)
        for _ in range(self.random.randrange(1, 4)):
            tokens = self._spoiled_tokens(tokens) or [" "]
        return "".join(tokens)

    def _spoiled_tokens(self, tokens: list[str]) -> list[str]:
        place = self.random.randrange(len(tokens))
        before, token, after = tokens[:place], tokens[place], tokens[place + 1 :]
        match self.random.randrange(6):
            case 0:
                return before + after[self.random.randrange(2) :]
            case 1:
                return [*before, self._one(tokens), " ", token, *after]
            case 2:
                return [*before, self._one(corpus.WORDS), *after]
            case 3:
                return [*before, f" {self._one(corpus.WORDS)} ", token, *after]
            case 4:
                depth = self._one((1, 2, 50, 900))
                return [*before, "(" * depth, token, ")" * depth, *after]
            case _:
                return before + TOKENS.findall(self._one(corpus.QUERIES))

    def _json(self, kind, method, target, given, headers=()) -> Shot:
        body = self._wrapped(json.dumps(given).encode())
        media = self._one(corpus.TYPES) if self.chance(0.08) else JSON
        return Shot(kind, method, target, body, (*headers, ("Content-Type", media)))

    def _wrapped(self, body: bytes) -> bytes:
        """The body; in one of ten cases cut short, not UTF-8, with a byte order mark, or deep."""
        match self.random.randrange(50):
            case 0:
                return body[: self.random.randrange(len(body) + 1)]
            case 1:
                return body.replace(b"e", b"\xff", 1)
            case 2:
                return b"\xef\xbb\xbf" + body
            case 3:
                return b"[" * 5000
            case 4:
                return body.decode("latin-1").encode("utf-16")
        return body

    def _operation(self) -> dict:
        operation = {"request_id": f"fuzz-{next(self._numbers)}", **self._one(corpus.OPERATIONS)}
        return self.spoiled(operation) if self.chance(0.6) else operation

    def _method(self, usual: str) -> str:
        return self._one(corpus.METHODS) if self.chance(0.05) else usual

    def _junk(self):
        return self._one(corpus.JUNK)

    def _one(self, choices):
        return self.random.choice(choices)


def _quoted(value: object) -> str:
    return quote(str(value), errors="replace")
