"""The private key of the account's certificate: RSA of 3072 bits, as most who log in by one use.

It opens nothing but sandboxes, so all have the same. Written out because the library that could
make one takes longer to import than all of the sandbox to start.
"""

from __future__ import annotations

import base64
import hashlib
import math

_BITS = 1536  # of each prime
_EXPONENT = 65537
_OFFSETS = (("p", 362), ("q", 552))  # to the next prime from the number of that name
_ALGORITHM = bytes.fromhex("300d06092a864886f70d0101010500")  # rsaEncryption, of RFC 8017
_INTEGER, _OCTETS, _SEQUENCE = 0x02, 0x04, 0x30


def pem() -> str:
    """The key as a PEM text: PKCS #8 (RFC 5208) around an RSAPrivateKey (RFC 8017)."""
    p, q = (_number(name) + offset for name, offset in _OFFSETS)
    d = pow(_EXPONENT, -1, math.lcm(p - 1, q - 1))
    numbers = (0, p * q, _EXPONENT, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p))
    key = _der(_SEQUENCE, b"".join(map(_integer, numbers)))
    whole = _der(_SEQUENCE, _integer(0) + _ALGORITHM + _der(_OCTETS, key))
    encoded = base64.b64encode(whole).decode()
    lines = [encoded[start : start + 64] for start in range(0, len(encoded), 64)]
    return "\n".join(["-----BEGIN PRIVATE KEY-----", *lines, "-----END PRIVATE KEY-----", ""])


def _number(name: str) -> int:
    """An odd number of the prime's length, its two highest bits set."""
    digest = hashlib.shake_256(f"sandbox certificate {name}".encode()).digest(_BITS // 8)
    return int.from_bytes(digest) | 0b11 << (_BITS - 2) | 1


def _integer(value: int) -> bytes:
    return _der(_INTEGER, value.to_bytes(value.bit_length() // 8 + 1))


def _der(tag: int, content: bytes) -> bytes:
    """A value in the distinguished encoding of ASN.1 (X.690)."""
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    size = length.to_bytes((length.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(size))) + size + content
