"""Tags of all templates (settings: builtins). They save what is the same each time: a page has dozens of addresses."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.template import Context, Library, Node, NodeList
from django.template.base import Parser, Token
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as usual_url
from django.urls import get_script_prefix, get_urlconf, reverse

register = Library()


@lru_cache(maxsize=8192)
def _address(name: str, args: tuple[Any, ...], _prefix: str, _urlconf: str | None) -> str:
    return reverse(name, args=args)


class _Address(URLNode):
    """As Django's, remembering addresses; what has a namespace or keywords is Django's to find."""

    def render(self, context: Context) -> str:
        name = self.view_name.resolve(context)
        if self.kwargs or not isinstance(name, str) or ":" in name:
            return str(super().render(context))
        try:
            args = tuple(arg.resolve(context) for arg in self.args)
            address = _address(name, args, get_script_prefix(), get_urlconf())
        except Exception:  # noqa: BLE001 whatever it is, Django's own tag says it, or lets it pass
            return str(super().render(context))
        if self.asvar:
            context[self.asvar] = address
            return ""
        return address


@register.tag
def url(parser: Parser, token: Token) -> Node:
    """Django's tag."""
    node = usual_url(parser, token)
    return _Address(node.view_name, node.args, node.kwargs, node.asvar)


class _Once(Node):
    """Renders what is in it once, and remembers it with the template."""

    child_nodelists = ("nodelist",)

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist
        self._made: dict[tuple[str, str], str] = {}

    def render(self, context: Context) -> str:
        key = settings.STORAGES["staticfiles"]["BACKEND"], get_script_prefix()
        if key not in self._made:
            self._made[key] = self.nodelist.render(context)
        return self._made[key]


@register.tag
def once(parser: Parser, _token: Token) -> Node:
    """{% once %}...{% endonce %}: of what depends on nothing but the installation, such as the addresses of files."""
    nodelist = parser.parse(("endonce",))
    parser.delete_first_token()
    return _Once(nodelist)
