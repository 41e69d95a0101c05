"""What a service can refuse, each with a sentence that says what is wrong and what to do."""


class ServiceError(Exception):
    """Something could not be done; the base of all that a door has to show."""


class BadInputError(ServiceError):
    """What was given cannot be used; nothing was stored."""


class RefusedError(ServiceError):
    """This operator may not do this: role, edit token, own proposal, or the claim was taken."""


class NetSuiteUnavailableError(ServiceError):
    """NetSuite cannot be reached, or refuses the credentials."""


class TamperedError(ServiceError):
    """What is stored is no longer what was staged or approved."""
