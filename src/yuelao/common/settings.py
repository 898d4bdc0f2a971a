"""The workspace: the one directory in which everything a firm does with Yuelao lives, and its settings.

yuelao.toml         settings, for people to edit
secret.key          the key of the pseudonyms, readable by its owner only
lake/               Parquet, the truth of all history
operations.sqlite   what the call centre does (unless `database_url` names a PostgreSQL)
models/ reports/ recordings/ extracts/
"""

import json
import os
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from yuelao.common.errors import Refused, nearest

SETTINGS_FILE = "yuelao.toml"
WORKSPACE_VARIABLE = "YUELAO_WORKSPACE"
_SECRET_FILE = "secret.key"

EngineName = Literal["duckdb", "spark"]


class Settings(BaseModel):
    """What `yuelao.toml` may say."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pack: str = Field(description="The pack the workspace was made from: telecom or generic.")
    timezone: str = Field("Asia/Shanghai", description="Where calling hours and dates are counted.")
    language: Literal["zh", "en"] = Field("zh", description="Language of screens before a person chooses.")
    currency: str = Field("CNY", description="ISO 4217 code of every amount.")
    engine: EngineName = Field("duckdb", description="What builds the customer view: duckdb or, on a cluster, spark.")
    database_url: str = Field("", description="PostgreSQL of the operations; empty means operations.sqlite.")
    global_holdout: float = Field(
        0.02, ge=0, lt=1, description="Share of customers that no campaign contacts, so that all of it is measured."
    )
    memory_limit: str = Field("", description="Memory the warehouse may use, as '8GB'; empty means its own default.")
    threads: int = Field(0, ge=0, le=1024, description="Cores the warehouse may use; 0 means all of them.")
    max_line_bytes: int = Field(1_048_576, ge=1_024, description="Longest line of a CSV extract, in bytes.")
    session_hours: int = Field(12, ge=1, le=168, description="How long a sign-in lasts, in hours.")
    call_cost: float = Field(
        6.0, gt=0, description="What a call costs with the seat's time, whoever answers, where calls are weighed by it."
    )
    lease_minutes: int = Field(15, ge=1, le=240, description="How long an agent keeps a task without a sign of life.")
    webhook_secret: str = Field(
        "", description="What the SMS gateway sends as X-Webhook-Secret with customers' replies; empty: none are taken."
    )
    retrain_after_days: int = Field(92, ge=1, description="A model in use is trained again after so many days.")
    retrain_pause_days: int = Field(7, ge=1, description="It is not tried again earlier than so many days after a try.")
    retrain_new_share: float = Field(
        0.2, gt=0, description="… or when so many outcomes came since, of the rarer kind, as a share of those learned."
    )
    retrain_drift: float = Field(
        0.6, ge=0.5, le=1, description="… or when customers of then and now are told apart with a higher AUC, surely."
    )
    retrain_auc_loss: float = Field(
        0.01,
        ge=0,
        le=1,
        description="… or when on later outcomes its AUC is surely lower than said, by more than this.",
    )
    retrain_calibration_loss: float = Field(
        0.1, ge=0, description="… or when what it foresees is surely further off than said, as a share of what happens."
    )

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
        """The key of the pseudonyms."""
        return (self.path / _SECRET_FILE).read_text(encoding="ascii").strip()


def create_workspace(path: Path, pack: str, overrides: Mapping[str, str] | None = None) -> Workspace:
    """Make an empty workspace at `path`; refused where one already is, or where other files lie.

    `overrides` are settings that differ from their defaults, as text ("global_holdout": "0").
    """
    path = path.resolve()
    chosen = _check_overrides(pack, overrides or {})
    if (path / SETTINGS_FILE).exists():
        raise Refused("There already is a workspace here", where=str(path), hint="Use it, or choose another directory")
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise Refused("The directory is not empty", where=str(path), hint="Choose a new or an empty directory")
    path.mkdir(parents=True, exist_ok=True)
    _make_private(path)
    _write_private(path / _SECRET_FILE, secrets.token_hex(32) + "\n")
    for name in ("lake", "models", "reports", "recordings", "extracts"):
        (path / name).mkdir()
    _write_private(path / SETTINGS_FILE, _settings_text(chosen))
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
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        hint = "Correct it, and save it as UTF-8"
        raise Refused(f"The settings cannot be read: {error}", where=str(file), hint=hint) from error
    except ValidationError as error:
        raise _wrong_setting(error, str(file)) from error


def _make_private(path: Path) -> None:
    """Let nobody but the owner enter: names and numbers lie in it, in files of several programs."""
    try:
        path.chmod(0o700)
    except PermissionError as error:
        hint = "Choose a directory of your own"
        raise Refused("The directory belongs to another account", where=str(path), hint=hint) from error


def _write_private(file: Path, text: str) -> None:
    """Make a file that only its owner may read."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        stream.write(text)


def _check_overrides(pack: str, overrides: Mapping[str, str]) -> dict[str, str | int | float]:
    unknown = [name for name in overrides if name not in Settings.model_fields]
    if unknown:
        hint = nearest(unknown[0], list(Settings.model_fields))
        raise Refused(f"There is no setting called {unknown[0]!r}", where="--set", hint=hint)
    try:
        settings = Settings.model_validate({**overrides, "pack": pack})
    except ValidationError as error:
        raise _wrong_setting(error, "--set") from error
    return {name: getattr(settings, name) for name in ("pack", *overrides)}


def _wrong_setting(error: ValidationError, where: str) -> Refused:
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"])
    return Refused(f"Setting {name}: {first['msg']}", where=where, hint="docs/operations.md lists every setting")


def _settings_text(chosen: Mapping[str, str | int | float]) -> str:
    lines = ["# Settings of this workspace. Remove the # before a setting to change it.", ""]
    for name, field in Settings.model_fields.items():
        mark = "" if name in chosen else "# "
        lines += [f"# {field.description}", f"{mark}{name} = {json.dumps(chosen.get(name, field.default))}", ""]
    return "\n".join(lines)
