"""Somebody's browser, as far as a test of servers needs one: cookies, forms, and what was answered."""

import gzip
import http.client
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

from tests.stack.program import PASSWORD

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. Header names in small letters; one that came more than once has its values parted by newlines."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        body = gzip.decompress(self.body) if self.headers.get("content-encoding") == "gzip" else self.body
        return body.decode()

    def json(self) -> Any:
        return json.loads(self.text)


@dataclass(slots=True)
class Client:
    """Asks the server at a port of this machine, each time over a new connection."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def post(self, path: str, **fields: str) -> Answer:
        """Send a form, with the token of the last page that had one."""
        body = urlencode({"csrfmiddlewaretoken": self.token, **fields})
        return self.ask("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})

    def ask(self, method: str, path: str, body: str | None = None, headers: Mapping[str, str] | None = None) -> Answer:
        """Raises OSError or HTTPException if there is no whole answer within a minute."""
        said = {"Accept-Encoding": "gzip", **(headers or {})}
        if self.cookies:
            said["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, said)
            response = connection.getresponse()
            found: dict[str, str] = {}
            for name, value in response.getheaders():
                known = found.get(name.lower())
                found[name.lower()] = value if known is None else f"{known}\n{value}"
            answer = Answer(response.status, found, response.read())
        finally:
            connection.close()
        for line in filter(None, found.get("set-cookie", "").split("\n")):
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
                if morsel["max-age"] == "0":
                    del self.cookies[name]
        if "text/html" in found.get("content-type", "") and (token := TOKEN.search(answer.text)):
            self.token = token[1]
        return answer

    def sign_in(self, username: str) -> "Client":
        """Through the page, as people do."""
        assert self.get("/sign-in/").status == 200
        answer = self.post("/sign-in/", username=username, password=PASSWORD)
        assert answer.status == 302, answer.text
        return self
