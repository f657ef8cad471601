"""Which pages are rendered."""

import pytest

from services.crawler.shell import is_script_shell

SCRIPT = b'<script src="/main.js"></script>'
TEXT = b"<p>" + b"We build the rails of the energy market. " * 12 + b"</p>"


@pytest.mark.parametrize(
    "html",
    [
        b'<!doctype html><html><head><title>Jobs at a very good company</title></head><body><div id="root"></div>'
        + SCRIPT,
        b"<html><body><app-root></app-root>" + SCRIPT,
        b"<html><head><style>" + b"a{color:red}" * 200 + b"</style></head><body>" + SCRIPT,
        b"<body><noscript>You need to enable JavaScript to run this app." + b" Please." * 50 + b"</noscript>" + SCRIPT,
        b"<body><header>" + TEXT + b'</header><div class="x" id="__next"> </div>' + SCRIPT,
        b"<body><!-- " + b"comment " * 200 + b"--><script>" + b"var a = 1;" * 500 + b"</script>",
    ],
)
def test_script_shells(html):
    assert is_script_shell(html)


@pytest.mark.parametrize(
    "html",
    [
        b"<body><p>Closed</p></body>",
        b"<body>" + TEXT + SCRIPT,
        b'<body><div id="root">' + TEXT + b"</div>" + SCRIPT,
        b'<body><script type="application/ld+json">{"@type": "JobPosting"}</script>',
        b"",
    ],
)
def test_pages_that_say_something_without_scripts(html):
    assert not is_script_shell(html)


@pytest.mark.parametrize(
    "unit", [b"<script ", b"<!--", b"<div", b"<div id=root", b'<div id="root" ', b"<", b"</", b"<a>"]
)
@pytest.mark.timeout(20)
def test_hostile_repetition_is_read_in_linear_time(unit):
    is_script_shell(b"<script>1</script>" + unit * (2_000_000 // len(unit)))
