"""The sandbox's own doors: what really happened, another user at work, a schema that drifts."""


class DoorError(Exception):
    """A request to a door that makes no sense; the message says what is wrong."""
