"""The breaker as a drain uses it."""

from dataclasses import dataclass

from nsconsole.services.pushes import breaker as service

REASON = "NetSuite failed (HTTP 503)"


@dataclass(frozen=True)
class Calls:
    """Enters the breaker and answers it, each time in a transaction of its own."""

    workspace: object

    def enter(self):
        return self._do(service.enter, self.workspace.now())

    def succeed(self, pass_):
        self._do(service.succeeded, pass_, self.workspace.now())

    def fail(self, pass_):
        self._do(service.failed, pass_, self.workspace.now(), REASON)

    def give_back(self, pass_):
        self._do(service.given_back, pass_)

    def _do(self, work, *arguments):
        with self.workspace.database.writing() as connection:
            return work(connection, *arguments)
