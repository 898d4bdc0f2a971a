"""The workspace: the one directory in which everything a firm does with Yuelao lives, and its settings.

    yuelao.toml         settings, for people to edit
    secret.key          the key of the pseudonyms and of the sessions, readable by its owner only
    lake/               Parquet, the truth of all history
    operations.sqlite   what the call centre does (unless `database_url` names a PostgreSQL)
    models/ reports/ recordings/ extracts/
"""

import os
import secrets
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from yuelao.common.errors import Refused

SETTINGS_FILE = "yuelao.toml"
_SECRET_FILE = "secret.key"


class Settings(BaseModel):
    """What `yuelao.toml` may say."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pack: str = Field(description="The pack the workspace was made from: telecom or generic.")
    timezone: str = Field("Asia/Shanghai", description="Where calling hours and dates are counted.")
    language: Literal["zh", "en"] = Field("zh", description="Language of screens before a person chooses.")
    currency: str = Field("CNY", description="ISO 4217 code of every amount.")
    engine: Literal["duckdb", "spark"] = Field("duckdb", description="Engine of the warehouse.")
    database_url: str = Field("", description="PostgreSQL of the operations; empty means operations.sqlite.")
    global_holdout: float = Field(
        0.02, ge=0, lt=1, description="Share of customers that no campaign ever contacts, so that all of it is measured."
    )
    memory_limit: str = Field("", description="Memory the warehouse may use, as '8GB'; empty means its own default.")
    max_line_bytes: int = Field(1_048_576, ge=1_024, description="Longest line of a CSV extract, in bytes.")
    session_hours: int = Field(12, ge=1, le=168, description="How long a sign-in lasts, in hours.")
    lease_minutes: int = Field(15, ge=1, le=240, description="How long an agent keeps a task without a sign of life.")

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"no time zone is called {name!r}") from error
        return name


@dataclass(frozen=True)
class Workspace:
    """An opened workspace: where things are, and the settings."""

    path: Path
    settings: Settings

    @property
    def lake(self) -> Path:
        return self.path / "lake"

    @property
    def models(self) -> Path:
        return self.path / "models"

    @property
    def reports(self) -> Path:
        return self.path / "reports"

    @property
    def extracts(self) -> Path:
        return self.path / "extracts"

    @property
    def database_url(self) -> str:
        """The SQLAlchemy URL of the operations."""
        return self.settings.database_url or f"sqlite:///{self.path / 'operations.sqlite'}"

    @property
    def timezone(self) -> ZoneInfo:
        return ZoneInfo(self.settings.timezone)

    @property
    def secret(self) -> str:
        """The workspace's key."""
        return (self.path / _SECRET_FILE).read_text(encoding="ascii").strip()


def create_workspace(path: Path, pack: str) -> Workspace:
    """Make an empty workspace at `path`; refused where one already is, or where other files lie."""
    path = path.resolve()
    if (path / SETTINGS_FILE).exists():
        raise Refused("There already is a workspace here", where=str(path), hint="Use it, or choose another directory")
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise Refused("The directory is not empty", where=str(path), hint="Choose a new or an empty directory")
    path.mkdir(parents=True, exist_ok=True)
    _write_secret(path / _SECRET_FILE)
    for name in ("lake", "models", "reports", "recordings", "extracts"):
        (path / name).mkdir()
    (path / SETTINGS_FILE).write_text(_settings_text(pack), encoding="utf-8")
    return open_workspace(path)


def open_workspace(path: Path) -> Workspace:
    """Open the workspace at `path`; refused where there is none or its settings are wrong."""
    path = path.resolve()
    file = path / SETTINGS_FILE
    if not file.is_file():
        raise Refused(
            "This is not a workspace", where=str(path), hint="Make one with `yuelao -w DIRECTORY init --pack telecom`"
        )
    try:
        return Workspace(path, Settings(**tomllib.loads(file.read_text(encoding="utf-8"))))
    except tomllib.TOMLDecodeError as error:
        raise Refused(f"The settings cannot be read: {error}", where=str(file), hint="Correct the line named") from error
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise Refused(f"Setting {name}: {first['msg']}", where=str(file), hint="See docs/operations.md") from error


def _write_secret(file: Path) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as stream:
        stream.write(secrets.token_hex(32) + "\n")


def _settings_text(pack: str) -> str:
    lines = ["# Settings of this workspace. Remove the # before a setting to change it.", f'pack = "{pack}"', ""]
    for name, field in Settings.model_fields.items():
        if name == "pack":
            continue
        default = f'"{field.default}"' if isinstance(field.default, str) else str(field.default)
        lines += [f"# {field.description}", f"# {name} = {default}", ""]
    return "\n".join(lines)
