"""The wire to NetSuite: values and errors here; `nsconsole.netsuite.client` makes the calls.

Importing this package costs no HTTP stack, so a screen may show an error or build an operation
before anything is sent.
"""

from nsconsole.netsuite.account import Endpoint, TbaCredentials, endpoint
from nsconsole.netsuite.errors import Failure, NetSuiteError, Outcome
from nsconsole.netsuite.restlet import (
    MAX_OPERATIONS,
    Operation,
    OperationError,
    OperationKind,
    OperationResult,
    Ping,
    RestletAddress,
)
from nsconsole.netsuite.suiteql import Page

__all__ = [
    "MAX_OPERATIONS",
    "Endpoint",
    "Failure",
    "NetSuiteError",
    "Operation",
    "OperationError",
    "OperationKind",
    "OperationResult",
    "Outcome",
    "Page",
    "Ping",
    "RestletAddress",
    "TbaCredentials",
    "endpoint",
]
