"""What the service promises, as checks that say in words which promise was broken."""


class BrokenPromiseError(AssertionError):
    """The service did what it says it never does."""


class Promises:
    """The promises of one run.

    A promise may break inside the service, in a task whose errors are swallowed there; so the first break is
    also kept, for the run to raise it when everything is at rest.
    """

    def __init__(self) -> None:
        self.broken: BrokenPromiseError | None = None

    def hold(self, kept: object, words: str) -> None:
        """Hold the service to one promise."""
        if not kept:
            self.broken = self.broken or BrokenPromiseError(words)
            raise self.broken
