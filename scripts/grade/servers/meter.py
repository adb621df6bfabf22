"""How much output a client may receive: a limit of bytes a second."""

import time


class Meter:
    """The allowance of one client. It grows with the time, up to that of one second."""

    def __init__(self, limit: int, fault: str) -> None:
        self.limit = limit
        self.fault = fault
        self.allowance = float(limit)
        self.refilled = time.monotonic()

    def allowed(self) -> int:
        """So many bytes the client may receive now. Very few of them are not worth a write."""
        if self.fault == "output_limit_of_each_write":
            return self.limit
        self._refill()
        return int(self.allowance) if self.wait() == 0 else 0

    def spend(self, count: int) -> None:
        self.allowance -= count

    def wait(self) -> float:
        """The seconds until the client may receive more."""
        self._refill()
        missing = self.limit / 20 - self.allowance
        return max(missing, 0) / self.limit

    def _refill(self) -> None:
        now = time.monotonic()
        self.allowance += (now - self.refilled) * self.limit
        self.allowance = min(self.allowance, float(self.limit))
        self.refilled = now
