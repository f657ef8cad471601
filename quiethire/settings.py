"""All settings, in one place. Each can be set as `QUIETHIRE_<NAME>`; `docs/settings.md` lists them."""

from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, IPvAnyNetwork, NonNegativeInt, PositiveInt, StringConstraints
from pydantic_settings import BaseSettings, SettingsConfigDict

from quiethire.domain.gate import Endpoint

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


class Settings(BaseSettings):
    """Settings of every part. A store whose address is not set is started as part of the embedded stack."""

    model_config = SettingsConfigDict(env_prefix="QUIETHIRE_", env_ignore_empty=True, frozen=True, extra="ignore")

    data_dir: Path = Field(Path(".quiethire"), description="Where the embedded stack and the page archive keep data.")

    temporal_address: str | None = Field(None, description="host:port of a Temporal frontend; unset = embedded.")
    temporal_namespace: str = Field("default", description="Temporal namespace.")
    temporal_port: Port = Field(7233, description="Port of the embedded Temporal server under `up`; 0 = any free one.")
    temporal_ui_port: Port = Field(8080, description="Port of its web UI under `up`; 0 = any free one.")
    postgres_dsn: str | None = Field(None, description="PostgreSQL DSN; unset = embedded.")
    clickhouse_dsn: str | None = Field(
        None, description="clickhouse://user:password@host:8123/database; unset = in-process (chDB)."
    )
    typesense_url: str | None = Field(None, description="http(s)://host:8108; unset = embedded.")
    typesense_api_key: str = Field("", description="Typesense API key; the embedded one gets a random key.")
    redis_url: str | None = Field(None, description="redis://host:6379/0; unset = embedded.")
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
    api_url: str | None = Field(None, description="Where commands find a running API; unset = the local one.")
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
    schedules: bool = Field(True, description="Create the schedules when a platform starts.")
    metrics_port: int | None = Field(None, description="Port for a worker's /metrics; unset = none of its own.")

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
    fetch_timeout: float = Field(30.0, description="Seconds for one fetch, from first byte asked to last byte read.")
    fetch_max_bytes: int = Field(10_000_000, description="Most bytes of one decoded body.")
    fetch_concurrency: int = Field(50, description="Most fetches at once in one process.")
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
        2_000_000_000, ge=1, description="Bytes that all processes of the browser may hold before it is replaced."
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

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Least level that is logged.")
    log_json: bool = Field(True, description="JSON lines on stderr; false = plain text.")

    @cached_property
    def data_path(self) -> Path:
        """The data directory, absolute."""
        return self.data_dir.expanduser().absolute()

    @cached_property
    def site(self) -> str:
        """Where people reach this site as far as settings tell, without a slash at its end."""
        return self.public_url or f"http://{self.api_host}:{self.api_port}"
