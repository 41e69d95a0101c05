"""The record service's types as an OpenAPI document.

Facts: Oracle, "Working with OpenAPI 3.0 Metadata".
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from nsconsole.sandbox.catalog.record_service import PARTS, PATH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nsconsole.sandbox.catalog.record_service import Schema

_ERROR: Schema = {
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "o:errorDetails": {"type": "array", "items": {"type": "object"}},
    },
}


def document(server: str, schemas: Mapping[str, Schema]) -> bytes:
    """The document of these record types, on a server whose record service is at `server`."""
    paths: Schema = {}
    for name in schemas:
        paths[f"/{name}"] = {
            "get": _operation(name, "Get list of records", f"{name}Collection"),
            "post": _operation(name, "Insert record", None, takes=name),
        }
        paths[f"/{name}/{{id}}"] = {
            "get": _operation(name, "Get record", name),
            "patch": _operation(name, "Update record", None, takes=name),
            "delete": _operation(name, "Remove record", None),
        }
    collections = {f"{name}Collection": _collection(name) for name in schemas}
    made = {
        "openapi": "3.0.1",
        "info": {"title": "NetSuite REST Record API", "version": "v1"},
        "servers": [{"url": server}],
        "paths": paths,
        "components": {"schemas": {**PARTS, "nsError": _ERROR, **schemas, **collections}},
    }
    text = json.dumps(made, ensure_ascii=False, separators=(",", ":"))
    return text.replace(f'"{PATH}/', '"#/components/schemas/').encode(errors="backslashreplace")


def _operation(tag: str, summary: str, answer: str | None, *, takes: str | None = None) -> Schema:
    failed = {"description": "Error response", "content": _content("nsError")}
    fine: Schema = {"description": summary}
    made: Schema = {"tags": [tag], "summary": summary}
    if takes is not None:
        made["requestBody"] = {"content": _content(takes)}
    if answer is None:
        return {**made, "responses": {"204": fine, "default": failed}}
    return {
        **made,
        "responses": {"200": {**fine, "content": _content(answer)}, "default": failed},
    }


def _content(name: str) -> Schema:
    schema = {"$ref": f"#/components/schemas/{name}"}
    return {"application/vnd.oracle.resource+json": {"schema": schema}}


def _collection(name: str) -> Schema:
    return {
        "type": "object",
        "properties": {
            "links": {"type": "array", "items": {"$ref": "#/components/schemas/nsLink"}},
            "totalResults": {"type": "integer"},
            "count": {"type": "integer"},
            "hasMore": {"type": "boolean"},
            "offset": {"type": "integer"},
            "items": {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}},
        },
    }
