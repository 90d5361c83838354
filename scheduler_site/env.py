"""Settings come from the environment only. These helpers are the one way to read it."""

import os
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str = "") -> str:
    """The variable NAME, or the content of the file that NAME_FILE names (for secrets), or the default.

    An empty NAME hides no file. Raises ImproperlyConfigured when the file cannot be read.
    """
    path = os.environ.get(f"{name}_FILE")
    if os.environ.get(name) or not path:
        return os.environ.get(name, default)
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE: cannot read {path} ({error.strerror}).") from error


def flag(name: str, *, default: bool) -> bool:
    """A yes-or-no variable. Raises ImproperlyConfigured for anything that is neither."""
    value = text(name).lower()
    if value in {"", "1", "true", "yes", "on", "0", "false", "no", "off"}:
        return value in {"1", "true", "yes", "on"} if value else default
    raise ImproperlyConfigured(f"{name}={value!r}: expected 1, true, yes, on or 0, false, no, off.")


def number(name: str, default: int, *, least: int = 0, most: int | None = None) -> int:
    """A whole number from `least` to `most`. Raises ImproperlyConfigured for anything else."""
    value = text(name)
    if not value:
        return default
    try:
        found = int(value)
    except ValueError:
        found = least - 1
    if found < least or (most is not None and found > most):
        allowed = f"of at least {least}" if most is None else f"from {least} to {most}"
        raise ImproperlyConfigured(f"{name}={value!r}: expected a whole number {allowed}.")
    return found


def port(name: str, default: int) -> int:
    """A port's number. Raises ImproperlyConfigured for anything else."""
    return number(name, default, least=1, most=65535)


def listener(name: str) -> str:
    """[address:]port, or blank. Raises ImproperlyConfigured for anything else."""
    value = text(name)
    given = value.rpartition(":")[2]
    if value and not (given.isdecimal() and 0 < int(given) < 65536):
        raise ImproperlyConfigured(f"{name}={value!r}: expected a port from 1 to 65535, or address:port.")
    return value


def choice(name: str, default: str, *allowed: str) -> str:
    """One of several words. Raises ImproperlyConfigured for any other."""
    value = text(name) or default
    if value not in allowed:
        raise ImproperlyConfigured(f"{name}={value!r}: expected {', '.join(allowed[:-1])} or {allowed[-1]}.")
    return value


def zone(name: str, default: str) -> str:
    """A time zone's name. Raises ImproperlyConfigured where there is no such zone."""
    value = text(name) or default
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ImproperlyConfigured(f"{name}={value!r}: expected a time zone such as America/New_York.") from error
    return value


def address(name: str, *schemes: str) -> str:
    """An address of one of these kinds, or blank. Raises ImproperlyConfigured for anything else."""
    value = text(name)
    begins = [f"{scheme}://" for scheme in schemes]
    if value and not value.startswith(tuple(begins)):
        # What is wrong may have a password in it, so it is not repeated.
        raise ImproperlyConfigured(f"{name}: expected an address that begins with one of {', '.join(begins)}.")
    return value


def folder(name: str) -> None:
    """Make the folder, if one is named. Raises ImproperlyConfigured where we cannot write to it."""
    value = text(name)
    if not value:
        return
    try:
        Path(value).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"{name}: cannot make the folder {value} ({error.strerror}).") from error
    if not os.access(value, os.W_OK | os.X_OK):
        raise ImproperlyConfigured(f"{name}: cannot write to the folder {value}.")


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list, without blanks."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def networks(name: str, default: str = "") -> list[IPv4Network | IPv6Network]:
    """Networks and addresses by commas. Raises ImproperlyConfigured for what is neither."""
    found = []
    for word in words(name, default):
        try:
            found.append(ip_network(word))
        except ValueError as error:
            raise ImproperlyConfigured(f"{name}: expected addresses or networks by commas: {error}.") from error
    return found
