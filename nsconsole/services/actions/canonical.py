"""Canonical JSON: one text for one value, so that a digest can stand for what a person approved."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


_encoder = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)


def canonical_json(value: object) -> str:
    """Give `value` as JSON with sorted keys, no spaces and no escapes beyond what JSON needs.

    Raises ValueError for NaN and infinities, which are not JSON.
    """
    return _encoder.encode(value)


def digest(value: Mapping[str, Any]) -> str:
    """Give the SHA-256 of a value's canonical JSON, as 64 hex digits."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()
