"""HTML mails to plain text, with quoted history marked by "> " as in plain mails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped,unused-ignore]

MAX_HTML_CHARACTERS = 3_000_000
"""HTML beyond this is cut: a mail's words stand at its beginning."""

MAX_ELEMENTS = 40_000
MAX_DEPTH = 150
"""Deeper or larger trees are read with the tags simply taken out."""

MAX_QUOTES = 500

_OPEN, _CLOSE = "\ue000", "\ue001"  # private characters that stand for "quote begins" and "quote ends"
_QUOTE_CLASSES = frozenset(
    ("gmail_attr", "moz-cite-prefix", "yahoo_quoted", "protonmail_quote", "OutlookMessageHeader", "zmail_extra",
     "ms-outlook-mobile-reference-message", "tutanota_quote")
)  # fmt: skip
_QUOTE_IDS = frozenset(("mail-editor-reference-message-container", "yahoo_quoted", "isReplyContent"))
_REST_IDS = frozenset(("divRplyFwdMsg", "appendonsend", "x_divRplyFwdMsg", "x_appendonsend"))
"""Outlook marks only where the history begins: all that follows belongs to it."""

_DROPPED = ("script", "style", "head", "title", "noscript", "template", "iframe", "object", "svg", "textarea", "select")
_HIDDEN = re.compile(r"display\s{0,3}:\s{0,3}none|mso-hide\s{0,3}:\s{0,3}all", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s{0,50}<\?xml[^>]{0,200}>")
_TAG = re.compile(r"<[^<>]{0,2000}>")
_BREAK = re.compile(r"<(?:br|/p|/div|/tr|/li|/h\d)\b[^<>]{0,200}>", re.IGNORECASE)
_SILENT = re.compile(r"<(/?)(?:script|style)\b[^<>]{0,300}>", re.IGNORECASE)
_BLANK_LINES = re.compile(r"\n{3,}")


def html_to_text(html: str) -> str:
    """Return the text of an HTML mail; never raises."""
    html = _DECLARATION.sub("", html[:MAX_HTML_CHARACTERS]).replace(_OPEN, "").replace(_CLOSE, "").replace("\x00", "")
    if not html.strip():
        return ""
    try:
        text = _render(html)
    except Exception:  # lxml and inscriptis fail in many ways on hostile trees; the words still count
        text = _strip_tags(html)
    return _BLANK_LINES.sub("\n\n", text).strip("\n")


def _render(html: str) -> str:
    from inscriptis import Inscriptis  # type: ignore[import-untyped,unused-ignore]  # imports lxml; plain mails must not pay for it
    from lxml import html as lxml_html  # type: ignore[import-untyped,unused-ignore]

    parser = lxml_html.HTMLParser(remove_comments=True, remove_pis=True, huge_tree=False)
    tree = lxml_html.document_fromstring(html, parser=parser)
    _refuse_monsters(tree)
    _drop(tree)
    _mark_quotes(tree)
    return _prefix_quotes(Inscriptis(tree).get_text())


def _refuse_monsters(tree: HtmlElement) -> None:
    from lxml.etree import iterwalk  # type: ignore[import-untyped,unused-ignore]

    depth = count = 0
    for event, _ in iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        count += event == "start"
        if depth > MAX_DEPTH or count > MAX_ELEMENTS:
            raise ValueError("too deep or too many elements")


def _drop(tree: HtmlElement) -> None:
    doomed = [element for element in tree.iter() if _unwanted(element)]
    for element in doomed:
        if element.getparent() is not None:
            element.drop_tree()


def _unwanted(element: Any) -> bool:
    return element.tag in _DROPPED or bool(_HIDDEN.search(element.get("style") or ""))


def _mark_quotes(tree: HtmlElement) -> None:
    begun: set[Any] = set()
    marked = [element for element in tree.iter() if isinstance(element.tag, str) and _begins_quote(element)]
    for element in marked[:MAX_QUOTES]:
        if element.get("id") in _REST_IDS:
            if element.getparent() not in begun:
                _wrap_rest(element)
            begun.add(element.getparent())
        else:
            _wrap(element)


def _begins_quote(element: Any) -> bool:
    return element.get("id") in _REST_IDS or _is_quote(element)


def _is_quote(element: Any) -> bool:
    classes = set((element.get("class") or "").split())
    if "gmail_attr" in classes and "-----" in (element.text or ""):
        return False  # a forwarded message: its header is read from the text
    if element.tag == "blockquote" or element.get("id") in _QUOTE_IDS:
        return True
    return bool(classes & _QUOTE_CLASSES) or (element.tag == "div" and element.get("name") == "quote")


def _wrap(element: Any) -> None:
    """Put marks as own lines at both ends of an element."""
    first = element.makeelement("div")
    first.text, first.tail = _OPEN, element.text
    element.text = None
    element.insert(0, first)
    last = element.makeelement("div")
    last.text = _CLOSE
    element.append(last)


def _wrap_rest(element: Any) -> None:
    """Mark an element and all that follows it under the same parent."""
    parent = element.getparent()
    if parent is None:
        return
    first, last = element.makeelement("div"), element.makeelement("div")
    first.text, last.text = _OPEN, _CLOSE
    parent.insert(parent.index(element), first)
    parent.append(last)


def _prefix_quotes(text: str) -> str:
    """Turn the marks into "> "; a mail that is nothing but a quote stays as it is."""
    lines: list[tuple[int, str]] = []
    depth = 0
    for line in text.split("\n"):
        opens, closes = line.count(_OPEN), line.count(_CLOSE)
        bare = line.replace(_OPEN, "").replace(_CLOSE, "").strip() if opens or closes else line.strip()
        depth += opens
        if bare or not (opens or closes):
            lines.append((depth, bare))
        depth = max(0, depth - closes)
    own = any(line for level, line in lines if not level)
    return "\n".join("> " * min(level, 5) * own + line for level, line in lines)


def _strip_tags(html: str) -> str:
    """Take the tags out by pattern: the way for trees that no parser bears."""
    from html import unescape

    html = _BREAK.sub("\n", "".join(_audible(html)))
    lines = unescape(_TAG.sub(" ", html)).split("\n")
    return "\n".join(" ".join(line.split()) for line in lines)


def _audible(html: str) -> Iterator[str]:
    """Yield what stands outside of scripts and styles, in one pass."""
    start, silent = 0, False
    for tag in _SILENT.finditer(html):
        if not silent:
            yield html[start : tag.start()]
        silent = not tag[1]
        start = tag.end()
    if not silent:
        yield html[start:]
