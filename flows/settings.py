"""The settings of a workspace: ``tactful.toml``, read strictly and checked as a whole.

Every problem of the file is reported at once, with its line and the nearest valid name. Settings are frozen: what a
run decides depends on them, and their hash (:func:`settings_sha256`) enters the run id.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
    ValidationError,
    model_validator,
)

from flows.settings_problems import problems_of
from flows.toml_lines import decode_error_line
from policies.errors import Problem, RuleFileError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "Feed",
    "OptOutFeeds",
    "Organisation",
    "Paths",
    "Recipient",
    "Rep",
    "Retention",
    "Settings",
    "load_settings",
    "parse_settings",
    "settings_sha256",
    "without_effect",
]

# Read and checked, but nothing is done about them in this version.
_WITHOUT_EFFECT: Final = ("retention", "sender")
# What says where and when a run happens, not what it decides: left out of the hash that enters the run id.
_NOT_DECISIVE: Final = frozenset({"clock", "paths", "database_url", "recipient", "recall_days", *_WITHOUT_EFFECT})


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = "is no IANA time zone, such as Europe/Berlin"
        raise ValueError(message) from error
    return name


def _instant(value: object) -> object:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        message = "needs an offset, such as 2026-10-14T06:30:00Z"
        raise ValueError(message)
    return value.astimezone(UTC)


def _like(pattern: str, words: str) -> AfterValidator:
    """A check by pattern that says in words what is wanted."""
    wanted = re.compile(pattern)

    def check(value: str) -> str:
        if wanted.fullmatch(value) is None:
            message = f"must be {words}"
            raise ValueError(message)
        return value

    return AfterValidator(check)


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
ZoneName = Annotated[Text, AfterValidator(_zone)]
Instant = Annotated[datetime, BeforeValidator(_instant), AfterValidator(_aware)]
Domain = Annotated[
    Text, StringConstraints(to_lower=True), _like(r"[^@\s/]+\.[^@\s/]+", "a mail domain, such as example.com")
]
WebAddress = Annotated[Text, _like(r"https?://\S+", "a web address that begins with https://")]
Country = Annotated[str, _like(r"[A-Z]{2}", "a country as two capital letters, such as US")]
Name = Annotated[str, _like(r"[a-z0-9][a-z0-9-]{0,62}", "lower-case letters, digits and hyphens")]
Days = Annotated[StrictInt, Field(ge=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Organisation(_Strict):
    """Who writes: what disclosures name, and the zone in which its working day begins and ends."""

    name: Text
    postal_address: Text
    privacy_notice_url: WebAddress
    timezone: ZoneName
    domains: tuple[Domain, ...] = ()  # own mail domains: whoever is there is own staff
    reply_address: Text | None = None


class Rep(_Strict):
    """One person who contacts people, and how many a day."""

    name: Text
    daily_budget: Annotated[StrictInt, Field(ge=0)]


class Feed(_Strict):
    """One source of opt-outs that must be fresh before anything is published.

    ``full``: each file is the whole list, so that one with less than ``shrink_percent`` of the rows of the one before
    does not count as a delivery. A feed of changes says ``full = false``.
    """

    name: Text
    max_age_hours: Annotated[StrictInt, Field(ge=1)]
    min_rows: Annotated[StrictInt, Field(ge=0)] = 0
    full: StrictBool = True
    shrink_percent: Annotated[StrictInt, Field(ge=0, le=100)] = 50


class OptOutFeeds(_Strict):
    """The opt-out feeds; having none must be said (``none = true``), leaving them out is no answer."""

    none: StrictBool = False
    feed: tuple[Feed, ...] = ()

    @model_validator(mode="after")
    def _says_one_thing(self) -> OptOutFeeds:
        if self.none == bool(self.feed):
            message = "must either list feeds ([[optout_feeds.feed]]) or say none = true"
            raise ValueError(message)
        return self


class Recipient(_Strict):
    """A system that every opt-out must be carried to, and within how many hours (left out: as the rules say)."""

    name: Name
    format: Literal["hubspot", "salesforce", "csv"]
    within_hours: Annotated[StrictInt, Field(ge=1)] | None = None


class Paths(_Strict):
    """Folders of the workspace, relative to it or absolute."""

    data: Text = "data"
    rules: Text = "rules"
    keys: Text = "keys"


class Retention(_Strict):
    """For how many days files of people are to be kept. Without effect so far: they stay until removed by hand."""

    lists_days: Days | None = None
    briefs_days: Days | None = None
    rejects_days: Days | None = None
    quarantine_days: Days | None = None
    runs_days: Days | None = None


class Settings(_Strict):
    """The whole of ``tactful.toml``."""

    workspace_id: Name
    clock: Instant | None = None  # taken for now everywhere, where given
    database_url: Text | None = None  # None: SQLite in the data folder
    unsubscribe_base_url: WebAddress | None = None  # without effect unless https: one click asks for it (RFC 8058)
    organisation: Organisation
    sender: dict[Country, dict[str, Text]] = Field(default_factory=dict)  # by country; without effect so far
    reps: tuple[Rep, ...] = ()
    optout_feeds: OptOutFeeds
    recipient: tuple[Recipient, ...] = ()
    recall_days: Days = 30  # so long a recall names who was handed out and must not be contacted any more
    paths: Paths = Paths()
    retention: Retention = Retention()

    @property
    def unsubscribe_base(self) -> str | None:
        """What an unsubscribe token is put behind to make a link; None without an https address."""
        base = self.unsubscribe_base_url
        if base is None or not base.lower().startswith("https://"):
            return None
        return base if base.endswith(("/", "=")) else f"{base}/"

    @model_validator(mode="after")
    def _reps_differ(self) -> Settings:
        names = [rep.name.casefold() for rep in self.reps]
        if len(set(names)) < len(names):
            message = "two reps have the same name; each needs a queue file of their own"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _recipients_differ(self) -> Settings:
        names = [recipient.name for recipient in self.recipient]
        if len(set(names)) < len(names):
            message = "two recipients have the same name; each needs a file of its own"
            raise ValueError(message)
        return self


def parse_settings(text: str, file: str) -> Settings:
    """Read the text of a ``tactful.toml``; ``file`` is its name in messages.

    Raises ``RuleFileError`` with every problem of the text, each with its line.
    """
    try:
        return Settings.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        line = decode_error_line(str(error))
        problem = Problem(file, line, "This is not valid TOML here.", "Mend the syntax of this line or the one above.")
        raise RuleFileError([problem]) from error
    except ValidationError as error:
        raise RuleFileError(problems_of(error, Settings, text, file)) from None


def load_settings(path: Path) -> Settings:
    """Read ``tactful.toml``; raises ``RuleFileError`` naming every bad line, ``OSError`` when it cannot be read."""
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        problem = Problem(path.name, line, "This is not UTF-8 text.", "Save the file as UTF-8.")
        raise RuleFileError([problem]) from None
    return parse_settings(text, path.name)


def settings_sha256(settings: Settings) -> str:
    """SHA-256 over the settings a decision may depend on: not clock, paths, database and what has no effect."""
    decisive = settings.model_dump(mode="json", exclude=set(_NOT_DECISIVE))
    return hashlib.sha256(json.dumps(decisive, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def without_effect(settings: Settings) -> tuple[str, ...]:
    """The keys a file gives that this version does nothing about."""
    given: list[str] = [name for name in _WITHOUT_EFFECT if name in settings.model_fields_set]
    if settings.unsubscribe_base_url is not None and settings.unsubscribe_base is None:
        given.append("unsubscribe_base_url")
    return tuple(given)
