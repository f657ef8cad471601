"""The `quiethire` command."""

import typer

from quiethire.cli.archive import archive
from quiethire.cli.crawl import crawl
from quiethire.cli.demo import demo
from quiethire.cli.find import job, search, stats
from quiethire.cli.index import index
from quiethire.cli.run import migrate, serve, up

app = typer.Typer(
    name="quiethire",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="""Finds companies, reads their career pages and ATS boards, and turns them into one clean, current,
searchable set of job postings, matched to people with reasons.

**Begin**

    quiethire demo                    the whole job over a made-up web
    quiethire up                      keep it running; page on port 3000

**Crawl and search**

    quiethire crawl https://jobs.ashbyhq.com/acme
    quiethire crawl northwind.example
    quiethire search "data engineer" --remote --min-salary 70k

Results go to stdout, talk to stderr; `--json` gives one JSON object. A command uses the platform that runs on
QUIETHIRE_DATA_DIR (default: .quiethire), or starts one for itself and stops it again.

Exit codes: 0 done, 1 failed, 2 wrong use, 3 partly done.
""",
)
app.command(rich_help_panel="Run")(demo)
app.command(rich_help_panel="Run")(up)
app.command(rich_help_panel="Work")(crawl)
app.add_typer(archive, name="archive", rich_help_panel="Work")
app.command(rich_help_panel="Ask")(search)
app.command(rich_help_panel="Ask")(job)
app.command(rich_help_panel="Ask")(stats)
app.add_typer(index, name="index", rich_help_panel="Operate")
app.command(rich_help_panel="Operate")(migrate)
app.command(rich_help_panel="Operate")(serve)


def main() -> None:
    """The entry point of the installed command."""
    app()
