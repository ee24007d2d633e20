"""What is kept of operators."""

from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict

OPERATOR_SESSION_LIFE = timedelta(hours=12)


class OperatorSession(BaseModel):
    """A browser in which somebody gave the operators' token."""

    model_config = ConfigDict(frozen=True)

    created_at: datetime

    @property
    def ends_at(self) -> datetime:
        """The moment from which it is dead, whatever a cache or a store still holds."""
        return self.created_at + OPERATOR_SESSION_LIFE
