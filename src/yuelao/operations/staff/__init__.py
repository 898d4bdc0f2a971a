"""Staff: users, their roles and what each role may do, signing in and out."""

from yuelao.operations.staff.queries import find_user, session_user, users
from yuelao.operations.staff.rules import PERMISSIONS, ROLES, Role, may, require
from yuelao.operations.staff.schemas import Attempt, SignedIn, User
from yuelao.operations.staff.service import (
    add_user,
    authenticate,
    deactivate,
    end_session,
    password_hash,
    set_language,
    set_password,
    start_session,
    try_password,
)

__all__ = [
    "PERMISSIONS",
    "ROLES",
    "Attempt",
    "Role",
    "SignedIn",
    "User",
    "add_user",
    "authenticate",
    "deactivate",
    "end_session",
    "find_user",
    "may",
    "password_hash",
    "require",
    "session_user",
    "set_language",
    "set_password",
    "start_session",
    "try_password",
    "users",
]
