"""A small real mail server on this machine, that can be down, refuse, or hang up."""

import email
import email.policy
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage


class _Session(socketserver.StreamRequestHandler):
    """One connection: the few verbs of SMTP that a client needs."""

    server: "MailServer"

    def handle(self) -> None:
        self.say("220 here")
        for line in self.rfile:
            verb = line[:4].strip().upper()
            if verb == b"QUIT":
                self.say("221 bye")
                return
            if verb == b"DATA":
                if not self.data():
                    return
            elif verb == b"RCPT" and self.server.refuses:
                self.say(self.server.refuses)
            else:
                self.say("250 ok")

    def data(self) -> bool:
        """Take a message; False where we hang up after it, without a word."""
        self.say("354 go on")
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        if self.server.refuses_content:
            self.say(self.server.refuses_content)
            return True
        message = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
        self.server.messages.append(message)
        if self.server.hangs_up:
            return False
        self.say("250 taken")
        return True

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


class MailServer(socketserver.ThreadingTCPServer):
    """What came is in `messages`."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Session)
        self.messages: list[EmailMessage] = []
        self.refuses = ""  # what it answers to every recipient
        self.refuses_content = ""
        self.hangs_up = False

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def keys(self) -> list[str]:
        return [message["Message-ID"] for message in self.messages]


@contextmanager
def mail_server(port: int = 0) -> Iterator[MailServer]:
    """A mail server that runs until the block ends."""
    with MailServer(port) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def mailer(port: int) -> dict[str, dict[str, object]]:
    """The MAILERS of a site that sends through it."""
    options = {"host": "127.0.0.1", "port": port, "timeout": 5}
    return {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}


__all__ = ["MailServer", "mail_server", "mailer"]
