"""How a process of a deployment begins and ends: with its settings, its log, its traces, and the reason in the log where it cannot go on."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn

from pydantic import ValidationError
from pydantic_settings import SettingsError

from quiethire.domain.errors import QuietHireError
from quiethire.processes import DONE, FAILED, WRONG_USE, leave
from quiethire.settings import Settings, wrong_settings
from quiethire.telemetry import configure_logging
from quiethire.trail import tracing

logger = logging.getLogger(__name__)


def run_service(
    name: str,
    main: Callable[[Settings], Coroutine[Any, Any, None]],
    *,
    loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None,
) -> NoReturn:
    """Run `main` to its end, and end this process. Whatever ends it before is one line of the log, as all else."""
    settings = _settings(name)
    configure_logging(settings, name)
    try:
        with tracing(settings, name), asyncio.Runner(loop_factory=loop_factory) as runner:
            runner.run(main(settings))
    except QuietHireError as error:
        logger.critical("%s cannot go on: %s", name, error, extra={"kind": error.kind, "where": error.where})
        leave(FAILED)
    except Exception:
        # The last catch: a trace on many lines is a record of nobody's in a log of one object a line.
        logger.critical("%s cannot go on", name, exc_info=True, extra={"kind": "defect"})
        leave(FAILED)
    leave(DONE)


def _settings(name: str) -> Settings:
    try:
        return Settings()
    except (ValidationError, SettingsError) as error:
        # How to log is a setting as well: this is said by the defaults.
        configure_logging(Settings.model_construct(), name)
        for wrong in wrong_settings(error):
            logger.critical("%s cannot begin: %s", name, wrong, extra={"kind": wrong.kind, "where": wrong.where})
        leave(WRONG_USE)
