"""Who the simulated account is, and the one token that may log in to it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

ACCOUNT_ID = "1234567_SB1"


@dataclass(frozen=True, slots=True)
class Account:
    """The account id (upper case, underscore: also the OAuth realm) and its TBA credentials."""

    id: str
    consumer_key: str
    consumer_secret: str = field(repr=False)
    token_id: str
    token_secret: str = field(repr=False)


def account(seed: int) -> Account:
    """The account of a seed: the same seed has the same credentials, 64 hex digits each."""
    return Account(
        id=ACCOUNT_ID,
        consumer_key=_digits(seed, "consumer key"),
        consumer_secret=_digits(seed, "consumer secret"),
        token_id=_digits(seed, "token id"),
        token_secret=_digits(seed, "token secret"),
    )


def _digits(seed: int, purpose: str) -> str:
    return hashlib.sha256(f"sandbox {seed} {purpose}".encode()).hexdigest()
