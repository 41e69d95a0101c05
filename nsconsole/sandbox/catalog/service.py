"""The metadata catalogs of REST services: of the record service's types, and of SuiteQL's tables.

Who asks for a type in the wrong way is refused in the forms of REST services. That much is known;
the words are the sandbox's own.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from nsconsole.sandbox.catalog import record_service, suiteql
from nsconsole.sandbox.catalog.openapi import document
from nsconsole.sandbox.forms import Answer, Refusal, json_bytes
from nsconsole.sandbox.manners import unexpected

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from nsconsole.sandbox.catalog.record_service import RestType, Schema
    from nsconsole.sandbox.database import Database
    from nsconsole.sandbox.endpoint import Exchange
    from nsconsole.sandbox.schema import Tables

RECORDS_PATH = record_service.PATH
SUITEQL_PATH = "/services/rest/query/v1/suiteql/metadata-catalog"
_JSON, _SCHEMA, _OPENAPI = (
    "application/json",
    "application/schema+json",
    "application/swagger+json",
)
_ANY = ("*/*", "application/*")
_LONGEST_NAME = 100


class Catalogs:
    """The metadata catalogs of REST services; what was made once is kept until a table changes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept = _Kept(database.tables)
        self._schemas_asked = count(1)

    def records(self, exchange: Exchange) -> Answer:
        """The list of record types, or the OpenAPI document of those that `select` names.

        Of a single one also the JSON Schema: clients ask for it in this way, too.

        Raises:
            Refusal: no such type, a `select` or media type that makes no sense, not a GET.
        """
        _check_method(exchange)
        types = self._now().types
        wanted = _selected(types, exchange.request.query_params.getlist("select"), exchange.path)
        media = (_JSON, _OPENAPI, _SCHEMA) if len(wanted) == 1 else (_JSON, _OPENAPI)
        accepted = _accepted(exchange, media)
        if accepted == _SCHEMA:
            return _schema_answer(self._schema(wanted[0], exchange))
        base = exchange.address.rstrip("/").removesuffix("/metadata-catalog")
        if accepted == _OPENAPI:
            schemas = {each.name: self._schema(each, exchange) for each in wanted}
            return Answer(200, document(base, schemas), {"content-type": _OPENAPI})
        items = [_item(f"{base}/metadata-catalog/", f"{base}/", each.name) for each in wanted]
        return Answer(200, json_bytes({"items": items}), {"content-type": _JSON})

    def record(self, exchange: Exchange) -> Answer:
        """One record type, as the request's `Accept` wants it: JSON Schema unless it is OpenAPI.

        Raises:
            Refusal: no such type, another media type, not a GET.
        """
        _check_method(exchange)
        name = exchange.request.path_params["name"]
        accepted = _accepted(exchange, (_JSON, _SCHEMA, _OPENAPI))
        if name in record_service.PARTS:
            return _schema_answer({"$schema": record_service.DRAFT, **record_service.PARTS[name]})
        wanted = self._now().types.get(name.lower())
        if wanted is None:
            raise no_type(name, exchange.path)
        made = self._schema(wanted, exchange)
        if accepted == _OPENAPI:
            base = exchange.address.rpartition("/metadata-catalog/")[0]
            return Answer(200, document(base, {wanted.name: made}), {"content-type": _OPENAPI})
        return _schema_answer(made)

    def queryable(self, exchange: Exchange) -> Answer:
        """The list of SuiteQL's tables."""
        _check_method(exchange)
        _accepted(exchange, (_JSON, _SCHEMA))
        base = exchange.address.rstrip("/")
        names = [
            name
            for name, table in self._now().tables.items()
            if suiteql.described(self._now().tables, name) is table
        ]
        links = [(name, [_link("canonical", f"{base}/{name}", _JSON)]) for name in sorted(names)]
        items = [{"name": name, "links": each} for name, each in links]
        return Answer(200, json_bytes({"items": items}), {"content-type": _JSON})

    def queryable_table(self, exchange: Exchange) -> Answer:
        """The fields of one of SuiteQL's tables, or of the table of a transaction or item type.

        Raises:
            Refusal: no such table, another media type, not a GET; or a custom field that dangles.
        """
        _check_method(exchange)
        _accepted(exchange, (_JSON, _SCHEMA))
        name = exchange.request.path_params["name"]
        if exchange.behaviour.dangling_custom_fields and name.lower() in suiteql.DANGLING:
            raise unexpected()
        kept = self._now()
        table = suiteql.described(kept.tables, name.lower())
        if table is None:
            raise no_type(name, exchange.path)
        made = kept.made(("suiteql", table.name), lambda: suiteql.schema(kept.tables, table))
        return _schema_answer(made)

    def _schema(self, wanted: RestType, exchange: Exchange) -> Schema:
        every = exchange.behaviour.empty_schema_every
        if every and next(self._schemas_asked) % every == 0:
            return {"$schema": record_service.DRAFT, "type": "object"}
        kept = self._now()
        return kept.made(
            ("record", wanted.name), lambda: record_service.schema(kept.tables, wanted)
        )

    def _now(self) -> _Kept:
        tables = self._database.tables
        if self._kept.tables is not tables:
            self._kept = _Kept(tables)
        return self._kept


class _Kept:
    """What was made of the tables of one moment."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.types = record_service.record_types(tables)
        self._made: dict[tuple[str, str], Schema] = {}

    def made(self, key: tuple[str, str], make: Callable[[], Schema]) -> Schema:
        """What `make` makes, once; two threads at once may both make it."""
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]


def _schema_answer(schema: Schema) -> Answer:
    return Answer(200, json_bytes(schema), {"content-type": _SCHEMA})


def _item(catalog: str, service: str, name: str) -> Schema:
    links = [
        _link("canonical", catalog + name, _JSON),
        _link("alternate", catalog + name, _OPENAPI),
        _link("alternate", catalog + name, _SCHEMA),
        _link("describes", service + name, None),
    ]
    return {"name": name, "links": links}


def _link(relation: str, href: str, media_type: str | None) -> Schema:
    made: Schema = {"rel": relation, "href": href}
    return {**made, "mediaType": media_type} if media_type else made


def _selected(types: Mapping[str, RestType], selects: list[str], path: str) -> list[RestType]:
    """The types that `select` names, all without one."""
    if not selects:
        return list(types.values())
    names = ",".join(selects).split(",")
    if any(not name or not name.replace("_", "").isalnum() for name in names):
        raise Refusal(
            400,
            "INVALID_REQUEST",
            "The request could not be understood by the server due to malformed syntax.",
        )
    for name in names:
        if name.lower() not in types:
            raise no_type(name, path)
    return [types[name] for name in dict.fromkeys(map(str.lower, names))]


def _accepted(exchange: Exchange, known: tuple[str, ...]) -> str:
    """The first media type of `Accept` that is known; the first of all without the header."""
    wanted = exchange.request.headers.get("accept", "*/*")
    for part in wanted.split(","):
        media_type = part.partition(";")[0].strip().lower()
        if media_type in _ANY:
            return known[0]
        if media_type in known:
            return media_type
    raise Refusal(
        400,
        "INVALID_HEADER",
        f"Invalid value of the request header Accept. Supported values are: {', '.join(known)}.",
        about={"o:errorHeader": "Accept"},
    )


def _check_method(exchange: Exchange) -> None:
    if exchange.request.method not in ("GET", "HEAD"):
        raise Refusal(405, "METHOD_NOT_ALLOWED", "The request method is not allowed here.")


def no_type(name: str, path: str) -> Refusal:
    """There is no record type `name`, which `path` asks for."""
    shown, where = (
        text if len(text) <= _LONGEST_NAME else f"{text[:_LONGEST_NAME]}…" for text in (name, path)
    )
    message = f"Record type '{shown}' does not exist."
    return Refusal(404, "NONEXISTENT_ID", message, about={"o:errorUrl": where})
