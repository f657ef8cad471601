"""A worker's process that sends what is due, for tests that kill it: settings come as JSON."""

import asyncio
import json
import sys
from types import SimpleNamespace

from temporalio.testing import ActivityEnvironment

from activities.alerting import AlertActivities
from quiethire.settings import Settings
from quiethire.storage import postgres
from services.alerts.mail import Mailer
from services.alerts.message import Links
from services.alerts.webhook import WebhookPoster
from services.crawler.delivery import open_poster


async def main() -> None:
    settings = Settings(**json.loads(sys.argv[1]))
    links = Links(settings.site)
    async with postgres.open_pool(settings.postgres_dsn) as pool, open_poster(settings) as poster:
        clients = SimpleNamespace(
            settings=settings,
            alerts=postgres.PostgresAlerts(pool, postgres.MasterKeys(settings.person_key)),
            keys=postgres.PostgresApiKeys(pool),
            mailer=Mailer(settings, links),
            webhooks=WebhookPoster(poster, links),
            matcher=None,
            postings=None,
            clusters=None,
            index=None,
        )
        result = await ActivityEnvironment().run(AlertActivities(clients).send_alerts)
    sys.stdout.write(result.model_dump_json())


asyncio.run(main())
