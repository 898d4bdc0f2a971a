"""Staff as data."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from yuelao.operations.staff.rules import Role, may, require


class User(BaseModel):
    """A person who may sign in; never carries the password."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    name: str
    role: Role
    display_name: str
    team: str | None
    language: str | None
    active: bool

    def may(self, permission: str) -> bool:
        """Whether the user's role holds the permission."""
        return may(self.role, permission)

    def require(self, permission: str) -> None:
        """Forbidden unless the user's role holds the permission."""
        require(self.role, permission)


class SignedIn(BaseModel):
    """A user with a live session, and the token that every form of this session must carry."""

    model_config = ConfigDict(frozen=True)

    user: User
    csrf_token: str
    ends_at: datetime


class Attempt(BaseModel):
    """A password that was tried against a stored hash; `newer` is its hash by the present rules, if they changed."""

    model_config = ConfigDict(frozen=True)

    stored: str
    right: bool
    newer: str | None
