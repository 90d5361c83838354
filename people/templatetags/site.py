"""Tags of all templates (settings: builtins). They save what is the same each time: a page has dozens of addresses."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.template import Context, Library, Node, NodeList, TemplateSyntaxError
from django.template.base import FilterExpression, Parser, Token
from django.template.defaulttags import CsrfTokenNode, URLNode
from django.template.defaulttags import url as usual_url
from django.template.loader_tags import BlockNode
from django.urls import get_script_prefix, get_urlconf, reverse

from people.kept import Kept

MOST = 512  # of the frames of pages, some 4 kB each

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
    """Renders what is in it once, or once for each key, and remembers it with the template.

    What is in it is hidden from Django, which goes through all nodes of a page's frame for blocks at each rendering.
    """

    child_nodelists = ()

    def __init__(self, nodelist: NodeList, key: FilterExpression | None) -> None:
        self.nodelist = nodelist
        self._key = key
        self._made = Kept[str](MOST)

    def render(self, context: Context) -> str:
        key = self._key and self._key.resolve(context, ignore_failures=True)
        if self._key and key is None:
            return self.nodelist.render(context)
        installation = settings.STORAGES["staticfiles"]["BACKEND"], get_script_prefix()
        return self._made.of((installation, key), lambda: self.nodelist.render(context))


@register.tag
def once(parser: Parser, token: Token) -> Node:
    """{% once %}...{% endonce %}: of what depends on nothing but the installation, such as the addresses of files.

    {% once KEY %}: of what depends on the installation and the key, which can be hashed; of the MOST keys that came
    last. Rendered each time where there is no key. Raises TemplateSyntaxError around a block or a CSRF token.
    """
    _, *keys = token.split_contents()
    nodelist = parser.parse(("endonce",))
    parser.delete_first_token()
    if any(nodelist.get_nodes_by_type(kind) for kind in (BlockNode, CsrfTokenNode)):
        raise TemplateSyntaxError(
            "Neither blocks nor CSRF tokens are the same each time: leave them out of {% once %}."
        )
    return _Once(nodelist, parser.compile_filter(keys[0]) if keys else None)
