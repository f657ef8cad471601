"""`quiethire fetch` and `quiethire robots`, as they are typed."""

import base64
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from quiethire_command import ROOT, Ended, typed

PROSE = b"<html><title>Jobs</title>" + b"<p>You look after the timetables of forty trains.</p>" * 20
ROBOTS = b"User-agent: *\nDisallow: /private\nAllow: /careers\n"


@dataclass
class Site:
    port: int
    asked: list[str] = field(default_factory=list)

    def quiethire(self, *arguments: str, stdin: str = "", **settings: str) -> Ended:
        given = {
            "QUIETHIRE_HOST_DELAY_MIN": "0",
            "QUIETHIRE_BROWSER": "false",
            "QUIETHIRE_HOST_MAP": json.dumps({"*.example": f"127.0.0.1:{self.port}"}),
        }
        return typed(*arguments, stdin=stdin, **given | settings)


@pytest.fixture
def site(tmp_path) -> Iterator[Site]:
    """A site of four pages at every host below .example; the command runs without a platform."""
    pages = {
        "/robots.txt": (200, {}, ROBOTS),
        "/careers": (302, {"Location": "https://jobs.northwind.example/list"}, b""),
        "/list": (200, {"Content-Type": "text/html; charset=utf-8"}, PROSE),
        "/shell": (
            200,
            {"Content-Type": "text/html"},
            b"<div id=root></div><script>document.body.append('Jobs')</script>",
        ),
        "/inside": (302, {"Location": "http://169.254.169.254/"}, b""),
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(f"{self.headers['Host']}{self.path}")
            status, headers, body = pages.get(self.path, (404, {}, b""))
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site = Site(server.server_port)
    asked = site.asked
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield site
    server.shutdown()
    thread.join()
    server.server_close()


def test_fetch_shows_each_hop_and_why_the_page_came_that_way(site, tmp_path):
    ended = site.quiethire("fetch", "https://northwind.example/careers", QUIETHIRE_DATA_DIR=str(tmp_path))
    assert ended.code == 0
    assert ended.err == ""
    shown = ended.out.splitlines()
    for said in ("1  https://northwind.example/careers", "2  https://jobs.northwind.example/list"):
        assert any(line.strip() == said for line in shown)
    assert any("robots" in line and "Allow: /careers (line 3)" in line for line in shown)
    assert any("guard" in line and "127.0.0.1" in line for line in shown)
    assert any("answer" in line and "302" in line for line in shown)
    assert f"✓ http   200 text/html, {len(PROSE):,} bytes" in ended.out
    assert "without scripts" in ended.out
    assert list(tmp_path.iterdir()) == [], "nothing is kept"


def test_fetch_gives_one_json_object_with_hops_times_and_way(site):
    report = site.quiethire("fetch", "https://northwind.example/careers", "--json").json
    assert (report["way"], report["status"], report["size"], report["error"]) == ("http", 200, len(PROSE), None)
    assert report["final_url"] == "https://jobs.northwind.example/list"
    assert report["content_type"] == "text/html; charset=utf-8"
    first, second = report["hops"]
    assert (first["status"], second["status"]) == (302, 200)
    assert first["robots"] | {"seconds": 0} == {
        "allowed": True,
        "rule": "Allow: /careers (line 3)",
        "source": "file",
        "crawl_delay": None,
        "seconds": 0,
    }
    for hop in report["hops"]:
        assert hop["allowed"]
        assert hop["addresses"] == ["127.0.0.1"]
        assert all(hop[name] >= 0 for name in ("waited", "lookup", "connect", "answer"))
    assert site.asked == [
        "northwind.example/robots.txt",
        "northwind.example/careers",
        "jobs.northwind.example/robots.txt",
        "jobs.northwind.example/list",
    ]


def test_fetch_says_which_rule_of_robots_txt_closes_a_page(site):
    ended = site.quiethire("fetch", "https://northwind.example/private/7")
    assert ended.code == 1
    assert "refused" in ended.out
    assert "Disallow: /private (line 2)" in ended.out + ended.err
    assert site.asked == ["northwind.example/robots.txt"]
    report = site.quiethire("fetch", "https://northwind.example/private/7", "--json").json
    assert (report["way"], report["error"]["kind"], report["hops"][0]["robots"]["allowed"]) == ("none", "robots", False)


def test_fetch_ends_at_a_redirect_that_leads_inside(site):
    ended = site.quiethire("fetch", "https://northwind.example/inside", "--json")
    assert ended.code == 1
    report = ended.json
    assert report["error"]["kind"] == "private_address"
    assert [hop["allowed"] for hop in report["hops"]] == [True, False]


def test_fetch_renders_a_script_shell_and_says_so_where_it_cannot(site, chromium):
    url = "https://northwind.example/shell"
    report = site.quiethire(
        "fetch", url, "--json", QUIETHIRE_BROWSER="true", QUIETHIRE_CHROMIUM_PATH=str(chromium)
    ).json
    assert report["way"] == "browser"
    assert report["render"] > 0
    assert "shell" in report["why"]
    report = site.quiethire("fetch", url, "--json").json
    assert (report["way"], report["render"]) == ("http", None)
    assert "no browser" in report["why"]


def test_fetch_of_what_is_not_there_fails_and_of_no_url_is_wrong_use(site):
    ended = site.quiethire("fetch", "https://northwind.example/missing")
    assert (ended.code, "404" in ended.err) == (1, True)
    ended = site.quiethire("fetch", "northwind")
    assert (ended.code, ended.out) == (2, "")
    assert "http" in ended.err


VERDICTS = {
    "http://127.0.0.1/": "private_address",
    "http://2130706433/": "private_address",
    "http://[::ffff:169.254.169.254]/latest/": "private_address",
    "http://localhost./": "private_name",
    "http://metadata.google.internal/": "private_name",
    "http://8.8.8.8:22/": "port",
    "https://user:secret@8.8.8.8/": "credentials",
    "file:///etc/passwd": "invalid_url",
    "http://[fe80::1%25eth0]/": "invalid_url",
    "https://no-such-host.invalid/": "host_not_found",
    "http://8.8.8.8/": None,
    "http://[2001:4860:4860::8888]:8080/a?b=c#d": None,
}


@pytest.mark.parametrize("url", VERDICTS)
def test_a_dry_run_gives_the_guards_verdict_alone(site, url):
    ended = site.quiethire("fetch", url, "--dry-run", "--json")
    verdict = ended.json
    assert ended.code == 0
    assert ended.err == ""
    assert verdict["allowed"] is (VERDICTS[url] is None)
    assert verdict["kind"] == (VERDICTS[url] or "public")
    assert verdict["reason"]
    assert verdict["url"] == url
    assert site.asked == []


def test_a_dry_run_speaks_to_people_too(site):
    shown = site.quiethire("fetch", "http://10.0.0.1/", "--dry-run").out
    assert "refused   10.0.0.1" in shown
    assert "a private address" in shown
    assert "refused   [::1]" in site.quiethire("fetch", "http://[::1]/", "--dry-run").out
    assert "allowed   8.8.8.8" in site.quiethire("fetch", "http://8.8.8.8/", "--dry-run").out


def test_the_host_map_is_the_only_way_to_loopback_and_off_by_default(site):
    url = "https://northwind.example/list"
    verdict = site.quiethire("fetch", url, "--dry-run", "--json").json
    assert (verdict["allowed"], verdict["kind"], verdict["port"]) == (True, "mapped", site.port)
    verdict = site.quiethire("fetch", url, "--dry-run", "--json", QUIETHIRE_HOST_MAP="").json
    assert (verdict["allowed"], verdict["kind"]) == (False, "host_not_found")
    assert site.quiethire("fetch", url, QUIETHIRE_HOST_MAP="").code == 1
    assert site.asked == []


def test_a_dry_run_loads_no_client_of_a_server():
    program = "import atexit, sys; atexit.register(lambda: print(*sys.modules)); from quiethire.cli import main; main()"
    ended = subprocess.run(
        [sys.executable, "-c", program, "fetch", "http://8.8.8.8/", "--dry-run"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    loaded = set(ended.stdout.split())
    assert loaded.isdisjoint({"temporalio", "httpx", "psycopg", "redis", "fastapi", "playwright", "quiethire.platform"})
    assert "services.crawler.guard" in loaded


def case(robots: bytes, url: str, ua: str = "QuietHireBot/0.1 (+https://quiethire.example/bot)", **more: object) -> str:
    return json.dumps({"robots_b64": base64.b64encode(robots).decode(), "url": url, "ua": ua, **more})


def test_robots_answers_line_by_line_in_order(site, tmp_path):
    lines = [
        case(ROBOTS, "https://x.example/private/1"),
        case(ROBOTS, "https://x.example/careers", id="b"),
        case(b"user-agent: quiethirebot\ndisallow: /\n", "https://x.example/", id=3),
        case(b"user-agent: quiethirebot\ndisallow: /\n", "https://x.example/", "OtherBot"),
        case(b"", "https://x.example/"),
    ]
    answers = [
        {"allowed": False, "rule": "Disallow: /private (line 2)"},
        {"id": "b", "allowed": True, "rule": "Allow: /careers (line 3)"},
        {"id": 3, "allowed": False, "rule": "Disallow: / (line 2)"},
        {"allowed": True, "rule": None},
        {"allowed": True, "rule": None},
    ]
    (tmp_path / "cases.jsonl").write_text("\n".join(lines))
    ended = site.quiethire("robots", "--jsonl", str(tmp_path / "cases.jsonl"))
    assert (ended.code, [json.loads(line) for line in ended.out.splitlines()]) == (0, answers)
    assert site.quiethire("robots", "--jsonl", "-", stdin="\n".join(lines)).out == ended.out
    assert site.asked == []


def test_what_a_stranger_wrote_into_robots_txt_does_nothing_to_a_terminal(site):
    ended = site.quiethire(
        "robots",
        "--jsonl",
        "-",
        stdin=case(b"user-agent: *\ndisallow: /\x1b[31m\x07", "https://x.example/\x1b[31m\x07"),
    )
    assert json.loads(ended.out) == {"allowed": False, "rule": "Disallow: /%1B[31m%07 (line 2)"}


def test_robots_names_bad_lines_and_answers_the_others(site):
    bad = ["no json", json.dumps({"url": "https://x.example/"}), '{"robots_b64": "*", "url": "x", "ua": "y"}']
    ended = site.quiethire("robots", "--jsonl", "-", stdin="\n".join([*bad, case(ROBOTS, "https://x.example/")]))
    assert ended.code == 3
    assert [json.loads(line)["allowed"] for line in ended.out.splitlines()] == [True]
    assert [f"-:{number}" in ended.err for number in (1, 2, 3)] == [True] * 3


def test_robots_answers_the_corpus(site, corpus):
    cases = json.loads((corpus / "robots" / "google_spec_cases.json").read_bytes())
    standard = [case for case in cases if case["type"] == "STANDARD"]
    ended = site.quiethire("robots", "--jsonl", "-", stdin="\n".join(map(json.dumps, standard)))
    assert [json.loads(line)["allowed"] for line in ended.out.splitlines()] == [case["allowed"] for case in standard]


@pytest.mark.parametrize(
    "arguments", [["robots"], ["robots", "--jsonl", "/no/such/file"], ["fetch"], ["fetch", "a", "b"]]
)
def test_wrong_use_is_exit_code_2(site, arguments):
    ended = site.quiethire(*arguments)
    assert (ended.code, ended.out) == (2, "")


@pytest.mark.parametrize("command", ["fetch", "robots"])
def test_help_shows_an_example_and_the_exit_codes(site, command):
    shown = site.quiethire(command, "--help").out
    assert f"quiethire {command} " in shown
    assert "Exit codes" in shown


def test_a_screenshot_is_saved_beside_the_report(site, chromium, tmp_path):
    file = tmp_path / "page.png"
    ended = site.quiethire(
        "fetch",
        "https://jobs.northwind.example/list",
        "--screenshot",
        str(file),
        "--json",
        QUIETHIRE_BROWSER="true",
        QUIETHIRE_CHROMIUM_PATH=str(chromium),
    )
    assert ended.code == 0, ended.err
    assert ended.json["screenshot"] == str(file)
    assert file.read_bytes().startswith(b"\x89PNG")


def test_without_a_browser_the_command_says_that_there_is_no_screenshot(site, tmp_path):
    file = tmp_path / "page.png"
    ended = site.quiethire("fetch", "https://jobs.northwind.example/list", "--screenshot", str(file), "--json")
    assert (ended.code, ended.json["error"]["kind"]) == (1, "no_browser")
    assert not file.exists()
    assert site.quiethire("fetch", "https://a.example/", "--screenshot", str(file), "--dry-run").code == 2


def test_the_command_goes_past_no_proxy(site):
    ended = site.quiethire(
        "fetch", "http://public.test/", "--json", QUIETHIRE_PROXIES='["http://ann:s3cret@127.0.0.1:9"]'
    )
    assert ended.code == 1
    assert "s3cret" not in ended.out + ended.err
