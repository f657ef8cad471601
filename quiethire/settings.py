"""All settings, in one place. Each can be set as `QUIETHIRE_<NAME>`; `docs/settings.md` lists them."""

import os
import re
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    DirectoryPath,
    Field,
    IPvAnyNetwork,
    NonNegativeInt,
    PositiveInt,
    StringConstraints,
    ValidationError,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from quiethire.domain.errors import InvalidInput
from quiethire.domain.gate import Endpoint
from quiethire.domain.matching import DECISIONS_STAY

Port = Annotated[int, Field(ge=0, le=65_535)]

RateLimits = dict[Endpoint, tuple[PositiveInt, NonNegativeInt]]
"""Endpoint → requests a minute, and so many more at once."""

TASK_QUEUE = "quiethire-task-queue"

PublicUrl = Annotated[
    str,
    StringConstraints(pattern=r"^https?://[A-Za-z0-9.\-\[\]:]+(/[A-Za-z0-9._~/\-]*)?$"),
    AfterValidator(lambda url: url.rstrip("/")),
]
"""An http(s) address without query, and without a slash at its end."""


def _address_of(*schemes: str) -> AfterValidator:
    """A URL with a host. What is wrong is told without any part of the value: it may hold a password."""

    def checked(url: str) -> str:
        try:
            parts = urlsplit(url)
            whole = parts.scheme in schemes and bool(parts.hostname or parts.scheme == "unix") and parts.port != 0
        except ValueError:
            whole = False
        if not whole:
            begins = " or ".join(f"{scheme}://" for scheme in schemes)
            raise ValueError(f"must be an address that begins with {begins}; odd characters in it are written as %XX")
        return url

    return AfterValidator(checked)


def _host_and_port(address: str) -> str:
    if not re.fullmatch(r"[^\s/@]+:[0-9]{1,5}", address):
        raise ValueError("must be host:port")
    return address


def _half_a_year(days: int) -> int:
    if 0 < days < DECISIONS_STAY.days:
        raise ValueError(f"at least {DECISIONS_STAY.days} days, or 0 for ever")
    return days


class Settings(BaseSettings):
    """Settings of every part. A store whose address is not set is started as part of the embedded stack."""

    model_config = SettingsConfigDict(
        env_prefix="QUIETHIRE_", env_ignore_empty=True, frozen=True, extra="ignore", hide_input_in_errors=True
    )

    secrets_dir: DirectoryPath | None = Field(
        None,
        description="Directory of files that are named as these variables and hold one value each, for what should not "
        "stand in the environment; what does stand there goes first.",
    )
    data_dir: Path = Field(Path(".quiethire"), description="Where the embedded stack and the page archive keep data.")

    temporal_address: Annotated[str, AfterValidator(_host_and_port)] | None = Field(
        None, description="host:port of a Temporal frontend; unset = embedded."
    )
    temporal_namespace: str = Field("default", description="Temporal namespace.")
    temporal_port: Port = Field(7233, description="Port of the embedded Temporal server under `up`; 0 = any free one.")
    temporal_ui_port: Port = Field(8080, description="Port of its web UI under `up`; 0 = any free one.")
    postgres_dsn: str | None = Field(None, description="PostgreSQL DSN; unset = embedded.")
    clickhouse_dsn: Annotated[str, _address_of("clickhouse", "clickhousedb", "http", "https")] | None = Field(
        None, description="clickhouse://user:password@host:8123/database; unset = in-process (chDB)."
    )
    typesense_url: Annotated[str, _address_of("http", "https")] | None = Field(
        None, description="http(s)://host:8108; unset = embedded."
    )
    typesense_api_key: str = Field("", description="Typesense API key; the embedded one gets a random key.")
    redis_url: Annotated[str, _address_of("redis", "rediss", "unix")] | None = Field(
        None, description="redis://host:6379/0; unset = embedded."
    )
    archive_url: str | None = Field(
        None, description="Page archive: s3://bucket/prefix or file:///path; unset = below the data directory."
    )

    archive_keep_days: int = Field(
        30, ge=0, description="Days that the archive keeps answers which a newer one replaced; 0 = for ever."
    )
    archive_keep_last_days: int = Field(
        365, ge=0, description="Days that the archive keeps the newest answer to a request; 0 = for ever."
    )

    api_host: str = Field("127.0.0.1", description="Address the API listens on.")
    api_port: Port = Field(3000, description="Port the API listens on; 0 = any free one.")
    api_concurrency: int = Field(
        16,
        ge=1,
        description="Searches that one process of the API works on at once, and as many other readings; further ones wait "
        "for a second at most and then get 503.",
    )
    api_url: Annotated[str, _address_of("http", "https")] | None = Field(
        None, description="Where commands find a running API; unset = the local one."
    )
    public_url: PublicUrl | None = Field(
        None,
        description="Where people reach this site, for links in feeds and mails; unset = the address of the request.",
    )
    cors_origins: tuple[str, ...] = Field((), description="Origins whose scripts may call the API (a JSON list).")
    rate_limits: RateLimits = Field(
        {
            Endpoint.SEARCH: (600, 200),
            Endpoint.READ: (300, 100),
            Endpoint.EXPORT: (6, 14),
            Endpoint.WRITE: (60, 30),
            Endpoint.KEY: (60, 60),
        },
        description="Endpoint → [requests a minute, so many more at once] for an address without a key (a JSON map).",
    )
    key_rate_limits: RateLimits = Field(
        {
            Endpoint.SEARCH: (3_000, 1_000),
            Endpoint.READ: (3_000, 1_000),
            Endpoint.EXPORT: (120, 60),
            Endpoint.WRITE: (600, 200),
        },
        description="The same for an API key.",
    )
    trusted_proxies: tuple[IPvAnyNetwork, ...] = Field(
        (), description="Addresses and networks of proxies whose X-Forwarded-For is believed (a JSON list)."
    )
    operator_key: str = Field(
        "",
        max_length=200,
        pattern="^$|^[!-~]{24,}$",
        description="Key that may do everything, at least 24 characters; the embedded platform makes one.",
    )
    person_key: str = Field(
        "",
        max_length=2_000,
        pattern=r"^$|^[!-+\--~]{24,}(,[!-+\--~]{24,})*$",
        description="Master key of what is kept of persons, at least 24 characters; several with commas between: the "
        "first seals, all open. The embedded platform makes one.",
    )
    token_key: str = Field(
        "",
        max_length=2_000,
        pattern=r"^$|^[!-+\--~]{24,}(,[!-+\--~]{24,})*$",
        description="Key that access tokens of accounts are signed with, at least 24 characters; several with commas "
        "between: the first signs, all are believed. The embedded platform makes one.",
    )
    password_memory: int = Field(
        47_104, ge=8, le=1_048_576, description="KiB of memory that one hash of a password takes (argon2id)."
    )
    password_passes: int = Field(1, ge=1, le=20, description="Passes over that memory.")
    schedules: bool = Field(True, description="Create the schedules when a platform starts.")
    task_queues: tuple[str, ...] = Field(
        (), description="Task queues that a worker takes work from (a JSON list); unset = all of them."
    )
    queue_rates: dict[str, Annotated[float, Field(gt=0)]] = Field(
        {},
        description="Task queue → most activities a second that all workers together take from it (a JSON map); unset = no limit.",
    )
    metrics_port: Annotated[int, Field(ge=1, le=65_535)] | None = Field(
        None,
        description="Port for /metrics and /readyz alone. Unset: a worker has none, and the API tells both on its own port.",
    )

    sample_every: float = Field(
        30,
        gt=0,
        le=60,
        description="Seconds between two readings of what a worker does not count itself: queues, index, disk, memory. "
        "Counting postings by the million takes a part of one.",
    )

    user_agent: str = Field(
        "QuietHireBot/0.1 (+https://quiethire.example/bot)", description="How the crawler names itself."
    )
    host_map: dict[str, str] = Field(
        {}, description='Host → address:port, e.g. {"northwind.example": "127.0.0.1:8099"}: for demo and tests only.'
    )
    dns_servers: tuple[str, ...] = Field(
        (), description="address[:port] of name servers that discovery asks (a JSON list); unset = the system's."
    )
    fetch_ports: tuple[Port, ...] = Field(
        (80, 443, 8080, 8443),
        description="Ports that are fetched: the web's two and their usual stand-ins (a JSON list).",
    )
    fetch_timeout: float = Field(
        30.0, gt=0, description="Seconds for one fetch, from first byte asked to last byte read."
    )
    fetch_max_bytes: int = Field(10_000_000, ge=1, description="Most bytes of one decoded body.")
    fetch_concurrency: int = Field(50, ge=1, description="Most fetches at once in one process.")
    host_concurrency: int = Field(1, ge=1, description="Most fetches at once to one host.")
    host_delay_min: float = Field(
        1.0,
        ge=0,
        description="Least seconds between two fetches from one host; twice as long as the last answer took, if longer.",
    )
    host_delay_max: float = Field(
        30.0, ge=0, description="Most seconds between two fetches from one host by that rule."
    )
    crawl_delay_max: float = Field(
        30.0, ge=0, description="Most seconds that a Crawl-delay of robots.txt is kept to; a longer one is reported."
    )
    chromium_path: Path | None = Field(None, description="Chromium to render with; unset = found by itself.")
    browser: bool = Field(True, description="Render script shells with Chromium where there is one.")
    browser_driver: str = Field(
        "playwright.async_api", description="Importable module that drives Chromium, Playwright or compatible with it."
    )
    browser_args: tuple[str, ...] = Field(
        (), description="Further options for Chromium (a JSON list); those that would lead past the guard are refused."
    )
    browser_pages: int = Field(500, ge=1, description="Pages after which the browser is replaced by a new one.")
    browser_memory: int = Field(
        1_000_000_000, ge=1, description="Bytes that all processes of the browser may hold before it is replaced."
    )
    proxies: tuple[str, ...] = Field(
        (),
        description="http(s)://user:password@host:port of forward proxies (a JSON list); where set, nothing is fetched without one.",
    )
    proxy_check_url: str = Field("https://example.com/", description="What a proxy must reach to count as healthy.")
    proxy_check_seconds: float = Field(300.0, gt=0, description="Seconds between two checks of all proxies.")

    serpapi_key: str = Field(
        "", description="SerpAPI key for discovery by search-engine queries; unset = that is left out."
    )
    github_token: str = Field(
        "", description="GitHub token for discovery by repository search; unset = GitHub's lower limits."
    )
    github_client_id: str = Field("", description="OAuth client for signing in by GitHub; unset = off.")
    github_client_secret: str = Field("", description="Its secret.")
    google_client_id: str = Field("", description="OAuth client for signing in by Google; unset = off.")
    google_client_secret: str = Field("", description="Its secret.")

    smtp_host: str | None = Field(None, description="Mail server for alerts; unset = no alerts by e-mail.")
    smtp_port: Annotated[int, Field(ge=1, le=65_535)] = Field(587, description="Its port.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How the connection to it is secured; none: for a relay on this machine."
    )
    smtp_username: str = Field("", description="User name there; unset = no login.")
    smtp_password: str = Field("", description="Password there.")
    smtp_from: str | None = Field(
        None, description="Address that alerts come from; unset = alerts@ and the site's host."
    )
    alert_digest_hour: int = Field(7, ge=0, le=23, description="Hour, in UTC, at which daily alerts go out.")
    alert_failing_days: int = Field(
        5, ge=1, description="Days after which a webhook or an address that takes nothing is switched off."
    )

    match_shards: int = Field(
        1,
        ge=1,
        le=256,
        description="Parts of a match run: each takes its share of the candidates, on any match worker.",
    )
    person_keep_days: int = Field(
        730,
        ge=0,
        description="Days after which a person who never came back is erased; 0 = never. Who gets the daily mail is here.",
    )
    decision_keep_days: Annotated[int, AfterValidator(_half_a_year)] = Field(
        365,
        ge=0,
        description="Days that the log of decisions is kept, 183 at least; what is a match still stays; 0 = for ever.",
    )
    embedding_url: str | None = Field(
        None,
        description="Address of an OpenAI-compatible API whose embeddings are used, such as https://host/v1; unset = the local model.",
    )
    embedding_model: str = Field("", description="Its model; it must give vectors of 384 components.")
    embedding_key: str = Field("", description="Key for it; unset = none is sent.")
    prose_url: str | None = Field(
        None,
        description="Address of an OpenAI-compatible API whose chat model rephrases reasons; unset = they stay as they are.",
    )
    prose_model: str = Field("", description="Its model.")
    prose_key: str = Field("", description="Key for it; unset = none is sent.")

    otlp_endpoint: PublicUrl | None = Field(
        None,
        description="Address of a collector of traces, OTLP over HTTP, such as http://collector:4318; unset = no traces.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Least level that is logged.")
    log_json: bool = Field(True, description="JSON lines on stderr; false = plain text.")

    @classmethod
    def settings_customise_sources(  # noqa: D102 - the base class says it
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the base class's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - likewise; its directory is named in a class's text
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        folder = os.environ.get("QUIETHIRE_SECRETS_DIR")
        # A directory that is not there is told by the field's own check.
        files = (SecretsSettingsSource(settings_cls, folder),) if folder and Path(folder).is_dir() else ()
        return init_settings, env_settings, *files

    @cached_property
    def data_path(self) -> Path:
        """The data directory, absolute."""
        return self.data_dir.expanduser().absolute()

    @cached_property
    def cache_path(self) -> Path:
        """See `cache_folder`."""
        return cache_folder(self.data_path)

    @cached_property
    def site(self) -> str:
        """Where people reach this site as far as settings tell, without a slash at its end."""
        return self.public_url or f"http://{self.api_host}:{self.api_port}"


def wrong_settings(error: ValidationError | SettingsError) -> list[InvalidInput]:
    """What is wrong with settings, by the names that they are set by; never a value, which may hold a password."""
    if isinstance(error, ValidationError):
        return [
            InvalidInput(
                wrong["msg"].removeprefix("Value error, "),
                where=f"QUIETHIRE_{'.'.join(str(part) for part in wrong['loc']).upper()}",
                hint="see docs/settings.md",
                kind="wrong_setting",
            )
            for wrong in error.errors()
        ]
    # A list or a map that is no JSON.
    field = re.search(r'field "(\w+)"', str(error))
    name = f"QUIETHIRE_{field[1].upper()}" if field else "QUIETHIRE_*"
    hint = 'lists and maps are JSON, such as ["a", "b"] or {"a": "b"}; see docs/settings.md'
    return [InvalidInput("is no JSON", where=name, hint=hint, kind="wrong_setting")]


def existing(path: Path) -> Path:
    """The path, or the nearest directory above it that is there: it says on which disk the path will lie."""
    return next(each for each in (path, *path.parents) if each.exists())


def cache_folder(data_dir: Path) -> Path:
    """Where what is made of installed packages is kept, once for a user: servers, the model, tables of skills.

    Below the user's cache directory, or below the data directory where that cannot be written. Raises InvalidInput where neither can.
    """
    cache = user_cache() or _writable(data_dir / "cache")
    if cache is None:
        raise InvalidInput(
            "cannot be written", where=str(data_dir), hint="set QUIETHIRE_DATA_DIR", kind="data_dir_unusable"
        )
    return cache


def user_cache() -> Path | None:
    """Our part of the user's cache directory; None where it cannot be written, or is another's: what is loaded from it is run."""
    configured = os.environ.get("XDG_CACHE_HOME", "")
    base = Path(configured) if configured.startswith("/") else Path(os.path.expanduser("~/.cache"))  # noqa: PTH111  Path's own raises for a user without a home
    cache = _writable(base / "quiethire")
    return cache if cache is not None and cache.stat().st_uid == os.geteuid() else None


def _writable(folder: Path) -> Path | None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None


def required(address: str | None, name: str) -> str:
    """The value of a setting that has no default where it is used. Raises InvalidInput where it is not set."""
    if address is None:
        raise InvalidInput("is not set", where=f"QUIETHIRE_{name}", hint="set it, or use 'quiethire up'")
    return address
