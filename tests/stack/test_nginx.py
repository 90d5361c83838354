"""deploy/nginx.conf in front of two servers that say what the test wants: what is kept, for whom, and asked of whom."""

import re
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from deploy.stack.home import PARTS, ROOT, Home
from deploy.stack.processes import own, unprivileged_user
from deploy.stack.programs import programs
from deploy.stack.servers import SITES, nginx
from scheduler_site.proxy_pages import write_pages
from tests.stack.client import Client
from tests.stack.conftest import free_ports
from tests.stack.waiting import until

type Headers = dict[str, str]


@dataclass(slots=True)
class Upstream:
    """The two servers; `asked` has who was asked what, with which headers."""

    ports: list[int]
    answer: Callable[[str], tuple[int, Headers]] = lambda path: (200, {})
    asked: list[tuple[int, str, str, Headers]] = field(default_factory=list)
    dropping: set[int] = field(default_factory=set)

    def paths(self) -> list[str]:
        return [path for _port, _method, path, _headers in self.asked]


def handler(upstream: Upstream) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            port = self.connection.getsockname()[1]
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            upstream.asked.append((int(port), self.command, self.path, headers))
            if port in upstream.dropping:
                self.close_connection = True
                return
            status, said = upstream.answer(self.path)
            body = b"" if status == 304 else b"x" * 2000
            self.send_response(status)
            for name, value in {"Content-Type": "text/html", "Content-Length": str(len(body)), **said}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 named by http.server
            pass

    return Handler


@pytest.fixture(scope="module")
def proxied() -> Iterator[tuple[Upstream, Home]]:
    with ExitStack() as held:
        folder = held.enter_context(tempfile.TemporaryDirectory(prefix="test-nginx-"))
        home = Home(Path(folder), free_ports(len(PARTS)))
        held.enter_context(home.prepared())
        write_pages(home.folder / "static")
        upstream = Upstream([home.port(site) for site in SITES])
        for port in upstream.ports:
            server = held.enter_context(ThreadingHTTPServer(("127.0.0.1", port), handler(upstream)))
            Thread(target=server.serve_forever, daemon=True).start()
            held.callback(server.shutdown)
        proxy = nginx(home, programs())
        held.callback(proxy.stop)
        proxy.start()
        proxy.wait()
        yield upstream, home


@pytest.fixture
def client(proxied: tuple[Upstream, Home]) -> Client:
    return Client(proxied[1].port("nginx"))


@pytest.fixture
def upstream(proxied: tuple[Upstream, Home], client: Client) -> Upstream:
    """The two servers as at first, both of which nginx asks."""
    found, _home = proxied
    found.answer = lambda path: (200, {})
    found.dropping.clear()
    until(
        lambda: [client.get("/").status for _ in range(4)] == [200] * 4 and len({port for port, *_ in found.asked}) == 2
    )
    found.asked.clear()
    return found


PUBLIC = {"Cache-Control": "public, max-age=60", "ETag": '"1"'}


def test_what_is_public_is_asked_for_once(upstream: Upstream, client: Client):
    upstream.answer = lambda path: (200, PUBLIC)
    first, second = client.get("/public/1"), client.get("/public/1")
    assert [each.headers["x-cache-status"] for each in (first, second)] == ["MISS", "HIT"]
    assert upstream.paths() == ["/public/1"]
    assert first.headers["x-request-id"] != second.headers["x-request-id"]
    assert client.get("/public/1", If_None_Match='"1"').status == 304


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"Cache-Control": "max-age=60"},
        {"Cache-Control": "private, max-age=60"},
        {"Cache-Control": "no-store"},
        {"Cache-Control": "public, max-age=60", "Set-Cookie": "sessionid=1"},
        {"Expires": "Thu, 01 Jan 2099 00:00:00 GMT"},
    ],
)
def test_nothing_else_is_kept(upstream: Upstream, client: Client, said: Headers):
    upstream.answer = lambda path: (200, said)
    path = f"/other/{len(str(said))}"
    assert [Client(client.port).get(path).status for _ in range(2)] == [200, 200]
    assert upstream.paths() == [path, path]


def test_who_has_a_cookie_is_given_nothing_kept_and_leaves_nothing(upstream: Upstream, client: Client):
    upstream.answer = lambda path: (200, PUBLIC)
    client.cookies["sessionid"] = "somebody"
    for path in ("/public/2", "/public/2"):
        assert client.get(path).headers["x-cache-status"] == "BYPASS"
    assert Client(client.port).get("/public/2").headers["x-cache-status"] == "MISS"
    assert len(upstream.asked) == 3


def test_who_has_a_cookie_may_be_answered_that_nothing_is_new(upstream: Upstream, client: Client):
    upstream.answer = lambda path: (304, {"ETag": 'W/"1"'})
    client.cookies["sessionid"] = "somebody"
    assert client.get("/page", If_None_Match='W/"1"').status == 304
    assert upstream.asked[0][3]["if-none-match"] == 'W/"1"'


def test_what_the_client_claims_to_be_is_not_passed_on(upstream: Upstream, client: Client):
    answer = client.get("/", X_Request_ID="mine", X_Forwarded_For="8.8.8.8", X_Forwarded_Proto="https")
    headers = upstream.asked[0][3]
    assert (headers["x-forwarded-for"], headers["x-forwarded-proto"]) == ("127.0.0.1", "http")
    assert headers["x-request-id"] == answer.headers["x-request-id"] != "mine"
    assert headers["host"] == f"127.0.0.1:{client.port}"


def test_pages_are_packed_here_unless_the_site_has(upstream: Upstream, client: Client):
    assert client.get("/").headers["content-encoding"] == "gzip"
    upstream.answer = lambda path: (200, {"Content-Encoding": "br"})
    assert client.get("/packed").headers["content-encoding"] == "br"


@pytest.mark.parametrize(("method", "asked", "status"), [("GET", 2, 200), ("POST", 1, 503)])
def test_only_what_changes_nothing_is_asked_of_the_other(
    upstream: Upstream, client: Client, method: str, asked: int, status: int
):
    """Where one takes a request and drops the connection, a change may have been made."""
    upstream.dropping = set(upstream.ports[:1])

    def dropped() -> tuple[int, int] | None:
        """How many were asked and what came of it, once it is the one that drops that is asked first."""
        upstream.asked.clear()
        answer = client.ask(method, "/change")
        return (len(upstream.asked), answer.status) if upstream.asked[0][0] in upstream.dropping else None

    assert until(dropped) == (asked, status)


def test_where_none_answers_a_page_says_so(upstream: Upstream, client: Client):
    upstream.dropping = set(upstream.ports)
    answer = client.get("/")
    assert (answer.status, answer.headers["retry-after"]) == (503, "10")
    assert "The schedule cannot be reached just now" in answer.text
    assert f"<code>{answer.headers['x-request-id']}</code>" in answer.text
    assert client.get("/errors/503.html").status == 404  # not for the asking


def raw(port: int, request: bytes) -> bytes:
    """All that comes back for these bytes."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize(
    "request_line",
    ["GET /?" + "x" * 40_000, "GET / HTTP/1.1\r\nHost: here\r\nCookie: " + "x" * 40_000, "GET / HTTP/1.1\r\nHost: a b"],
)
def test_what_cannot_be_read_is_answered_like_the_sites_own_errors(
    upstream: Upstream, client: Client, request_line: str
):
    line = request_line if "HTTP/1.1" in request_line else f"{request_line} HTTP/1.1\r\nHost: here"
    answer = raw(client.port, f"{line}\r\nConnection: close\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"<h1>Not understood</h1>" in answer
    assert upstream.asked == []


def test_pages_of_the_proxy_are_whole_without_the_site(upstream: Upstream, client: Client):
    """With the sheets that the site's own error pages name, which nginx has, and nothing inline."""
    upstream.dropping = set(upstream.ports)
    answer = client.get("/")
    assert answer.headers["content-security-policy"] == "default-src 'self'; frame-ancestors 'none'"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    linked = re.findall(r'(?:href|src)="(/static/[^"]+)"', answer.text)
    assert "/static/css/base.css" in linked
    assert [path for path in linked if not (ROOT / path.removeprefix("/")).is_file()] == []
    assert re.findall(r"<style|style=|<script>", answer.text) == []


def test_the_sites_own_503_is_not_asked_for_twice(upstream: Upstream, client: Client):
    upstream.answer = lambda path: (503, {})
    assert (client.get("/busy").status, upstream.paths()) == (503, ["/busy"])


def test_guessing_passwords_is_slowed_down_and_looking_is_not(upstream: Upstream, client: Client):
    assert {client.get("/sign-in/").status for _ in range(40)} == {200}
    upstream.asked.clear()
    answers = [client.post("/sign-in/", username="a", password=str(n)) for n in range(30)]
    assert [each.status for each in answers[:20]] == [200] * 20
    refused = answers[-1]
    assert (refused.status, refused.headers["retry-after"]) == (429, "60")
    assert "<h1>Too many attempts</h1>" in refused.text
    assert len(upstream.asked) < 30


def test_metrics_and_large_uploads_are_refused_before_the_site(upstream: Upstream, client: Client):
    large = client.ask("POST", "/import/", "x" * (10 * 2**20 + 1))
    assert [client.get("/metrics").status, client.get("/metrics/x").status, large.status] == [404, 404, 413]
    assert "<h1>Too large</h1>" in large.text
    assert upstream.asked == []


def test_a_static_file_that_only_the_new_site_has_comes_from_there(
    proxied: tuple[Upstream, Home], upstream: Upstream, client: Client
):
    static = proxied[1].folder / "static"
    for name in ("app.0123456789ab.js", "app.js"):
        (static / name).write_text("let here = 1\n")
        own(static / name, unprivileged_user())
    kept = [client.get(f"/static/{name}").headers["cache-control"] for name in ("app.0123456789ab.js", "app.js")]
    assert kept == ["public, max-age=31536000, immutable", "no-cache"]
    assert upstream.asked == []
    assert client.get("/static/new.aaaaaaaaaaaa.js").status == 200
    assert upstream.paths() == ["/static/new.aaaaaaaaaaaa.js"]
