"""Tokens of Terraform's language, as its own scanner reads them.

Text is read once, from left to right. Three kinds of places have rules of their own: configuration, quoted text and
heredocs; ``${`` and ``%{`` lead from text back into configuration. Line breaks inside brackets never leave this module, those
between items do. Tokens carry the names of python-hcl2's terminals.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from tfsrm.sources.hcl.nodes import Literal, Number, Relative, Traversal

MAX_NESTING = 200
"""Brackets and templates inside each other."""

SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
"""What Terraform takes for white space; Python's own idea of it is wider."""

CONSTANTS = {"true": Literal(True), "false": Literal(False), "null": Literal(None)}


class Refused(Exception):
    """What cannot be read, with its offset (-1: where the parser stands)."""

    def __init__(self, message: str, offset: int = -1) -> None:
        self.message, self.offset = message, offset
        super().__init__(message)


_NAME = r"[^\W\d][\w-]*+"
_BREAK = r"(?:\r?\n|(?:\#|//)[^\n]*+(?:\n|\Z))"
_TOKEN = re.compile(
    rf"""[ \t]*+(?:
      ({_NAME}(?:\.{_NAME})*+)                              # 1 a name, or names with dots
    | ({_BREAK}(?:[ \t]*+{_BREAK})*+)                       # 2 line breaks and comments up to them
    | "([^"\\$%\r\n]*+)"                                    # 3 text without anything to decode
    | ([][(){{}}=](?![=>*])                                 # 4 a frequent sign; other signs
      |[=!<>]=|&&|\|\||=>|::|\.\.\.|\.[ \t]*+\*|\[[ \t]*+\*[ \t]*+\]|~\}}|[][(){{}}=,:?+*%!>-]|<(?!<)|/(?!\*)|\.(?!{_NAME}))
    | ((?:\.{_NAME})++)                                     # 5 attributes of what stands before
    | ([0-9](?:\.*+(?:[0-9]|[eE][+-]?[0-9]))*+)             # 6 a number
    | (/\*(?s:.*?)\*/)                                      # 7 a comment
    | <<(-?{_NAME})\r?\n                                    # 8 the begin of a heredoc
    | (")                                                   # 9 other text
    )""",
    re.VERBOSE,
)
_NAMES, _LINES, _TEXT, _SIGN, _PATH, _NUMBER, _COMMENT, _HEREDOC, _QUOTE = range(1, 10)

SIGNS = {
    **{"==": "DOUBLE_EQ", "!=": "NEQ", "<": "LT", ">": "GT", "<=": "LEQ", ">=": "GEQ", "+": "PLUS", "-": "MINUS"},
    **{"*": "ASTERISK", "/": "SLASH", "%": "PERCENT", "&&": "DOUBLE_AMP", "||": "DOUBLE_PIPE", "!": "NOT"},
    **{"?": "QMARK", ":": "COLON", "::": "COLONS", ",": "COMMA", "=": "EQ", "=>": "FOR_OBJECT_ARROW", "...": "ELLIPSIS"},
    **{".": "DOT", ".*": "ATTR_SPLAT", "[*]": "FULL_SPLAT_START", "(": "LPAR", "[": "LSQB", "{": "LBRACE"},
}
CLOSERS = {")": "RPAR", "]": "RSQB", "}": "RBRACE", "~}": "RBRACE"}
_PAIRS = {"(": ")", "[": "]", "{": "}", "[for": "]", "{for": "}", "${": "}"}
_VALUES = frozenset(
    ("NAME", "TRAVERSAL", "ATTRIBUTES", "RPAR", "RSQB", "RBRACE", "STRING", "DBLQUOTE", "INT_LITERAL", "FLOAT_LITERAL")
    + ("TRUE", "FALSE", "NULL", "HEREDOC_END", "FULL_SPLAT_START", "ATTR_SPLAT", "ELLIPSIS")
)
"""What the value of a for expression can end with; ``if`` after it is the condition."""

_HEADS = frozenset(("NAME", "STRING", "DBLQUOTE", "TRUE", "FALSE", "NULL"))
"""What stands before the brace of a block."""

_BLANK = r"(?:[ \t\r\n]|(?:\#|//)[^\n]*+\n|/\*(?s:.*?)\*/)*+"
_FOR = re.compile(rf"{_BLANK}for(?![\w-])")
_INTRO = re.compile(rf"{_BLANK}({_NAME}){_BLANK}(?:,{_BLANK}({_NAME}){_BLANK})?in(?![\w-])")
_DIRECTIVE = re.compile(rf"{_BLANK}({_NAME})")
_DIRECTIVES = {"if": "IF", "else": "ELSE", "endif": "ENDIF", "for": "FOR", "endfor": "ENDFOR"}

_QUOTED = re.compile(
    r"""((?:[^"\\$%\r\n]++|\\[^\r\n])++)|(\$\{~?|%\{~?)|(\$\$\{~?|%%\{~?|[$%](?!\{))|(")""",
)
_UNQUOTED = re.compile(r"([^$%\r\n]*+)(?:(\r?\n|\Z)|(\$\{~?|%\{~?)|(\$\$\{~?|%%\{~?|[$%](?!\{)))")
_ESCAPE = re.compile(r'\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([nrt"\\])|(?s:.)?)')
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


class Scanner:
    """The tokens of one text in three lists of one length: ``types``, ``values``, ``offsets``.

    Names and constants have themselves and their offset as value, text and literals their node, the begin of a template
    whether it strips and its offset, its end whether it strips, signs their text. ``items``: the ranges of tokens that make one item of the file each.
    """

    def __init__(self, text: str, line: int = 1) -> None:
        self.text = text
        self._line = line
        self.types: list[str] = []
        self.values: list[object] = []
        self.offsets: list[int] = []
        self.items: list[tuple[int, int]] = []
        self.problems: dict[int, str] = {}
        self._open: list[str] = []
        self._opened: list[int] = []
        self._starts = [0, *(m.end() for m in re.finditer("\n", text))]

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column."""
        line = bisect_right(self._starts, offset)
        return line + self._line - 1, offset - self._starts[line - 1] + 1

    def _add(self, kind: str, value: object, offset: int) -> None:
        self.types.append(kind)
        self.values.append(value)
        self.offsets.append(offset)

    def _bad(self, message: str, offset: int) -> None:
        """A place that no rule of the language allows; the item that it stands in is refused, the others are read."""
        self.problems.setdefault(len(self.types), message)
        self._add("INVALID", None, offset)

    def file(self) -> None:
        """Read a file; raises Refused where what follows cannot be trusted, with the items before it in ``items``."""
        self._code(0)
        self._item_ends()

    def expression(self) -> None:
        """Read an expression."""
        self._code(0)
        self.items = [(0, len(self.types))]

    def template(self) -> None:
        """Read text of which all is a template."""
        self._unquoted(0, None)
        self.items = [(0, len(self.types))]

    def _item_ends(self) -> None:
        begin = self.items[-1][1] if self.items else 0
        if begin < len(self.types):
            self.items.append((begin, len(self.types)))

    def _code(self, position: int) -> int:  # noqa: C901, PLR0912, PLR0915 - the loop over every token of every file
        """Read configuration up to its end, or up to the brace that closes a template; gives the position after it."""
        text, match = self.text, _TOKEN.match
        types, values, offsets, open_ = self.types, self.values, self.offsets, self._open
        depth = len(open_)
        while True:
            found = match(text, position)
            if found is None:
                position = self._strange(position)
                if position < 0:
                    break
                continue
            kind = found.lastindex
            assert kind is not None
            start = found.start(kind)
            position = found.end()
            value: object = found[kind]
            if kind == _NAMES:
                type_, value = self._name(found[1], start)
            elif kind == _LINES:
                if not open_:
                    self._item_ends()
                    continue
                if open_[-1] != "{" or types[-1] == "NL_OR_COMMENT":
                    continue
                type_, value = "NL_OR_COMMENT", None
            elif kind == _TEXT:
                type_, value, start = "STRING", Literal(found[3]), start - 1
            elif kind == _SIGN:
                if value in CLOSERS:
                    self._close(found[4], start)
                    type_, value = "RBRACE" if value == "~}" else CLOSERS[found[4]], value == "~}"
                    types.append(type_)
                    values.append(value)
                    offsets.append(start)
                    if len(open_) < depth:
                        return position
                    continue
                if value in _PAIRS:
                    position = self._opens(found[4], start, position)
                    continue
                type_ = SIGNS.get(found[4]) or SIGNS["".join(found[4].split())]
            elif kind == _PATH:
                type_, value = "ATTRIBUTES", tuple(found[5][1:].split("."))
                if not found[5].isascii():
                    self._check_names(found[5], start)
            elif kind == _NUMBER:
                type_, value = self._number(found[6], start)
            elif kind == _COMMENT:
                continue
            elif kind == _HEREDOC:
                position = self._heredoc(found[8], start - 2, position)
                continue
            else:
                self._add("DBLQUOTE", None, start)
                position = self._quoted(position, start)
                continue
            types.append(type_)
            values.append(value)
            offsets.append(start)
        if open_:
            raise Refused("this is never closed", self._opened[-1])
        return position

    def _strange(self, position: int) -> int:
        """The position after a character that is none of the language, -1 at the end of the text."""
        while position < len(self.text) and self.text[position] in " \t":
            position += 1
        if position == len(self.text):
            return -1
        if self.text.startswith("/*", position):
            raise Refused("this comment is never closed", position)
        character = self.text[position]
        self._bad(_character(character), position)
        return position + 1

    def _name(self, word: str, start: int) -> tuple[str, object]:
        """Type and value of a name."""
        if not word.isascii():
            self._check_names(word, start)
        if "." in word:
            root, *steps = word.split(".")
            if root in CONSTANTS:
                return "TRAVERSAL", Relative(CONSTANTS[root], tuple(steps))
            return "TRAVERSAL", Traversal(root, tuple(steps), *self.place(start))
        if word in CONSTANTS:
            return word.upper(), (word, start)
        if word == "if" and self._open and self._open[-1].endswith("for") and self.types[-1] in _VALUES:
            return "IF", None
        return "NAME", (word, start)

    def _check_names(self, words: str, start: int) -> None:
        for word in words.replace("-", "_").split("."):
            if word and not word.isidentifier():
                self._bad("a name with a character that names may not have", start)

    def _number(self, digits: str, start: int) -> tuple[str, object]:
        if digits.isdigit():
            return "INT_LITERAL", Number(digits)
        if not re.fullmatch(r"[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?", digits):
            self._bad("this is no number", start)
        return "FLOAT_LITERAL", Number(digits)

    def _push(self, bracket: str, start: int) -> None:
        if len(self._open) >= MAX_NESTING:
            raise Refused(f"nested more than {MAX_NESTING} deep", start)
        self._open.append(bracket)
        self._opened.append(start)

    def _opens(self, bracket: str, start: int, position: int) -> int:
        block = bracket == "{" and (not self._open or self._open[-1] == "{") and self.types and self.types[-1] in _HEADS
        self._add(SIGNS[bracket], bracket, start)
        found = None if block or bracket == "(" else _FOR.match(self.text, position)
        self._push(bracket + "for" if found else bracket, start)
        return self._intro(found.end()) if found else position

    def _intro(self, position: int) -> int:
        """``for k, v in`` up to the collection."""
        self._add("FOR", None, position - 3)
        found = _INTRO.match(self.text, position)
        if not found:
            self._bad("`for` is followed by one name or two, and by `in`", position - 3)
            return position
        for number in (1, 2):
            if found[number]:
                self._check_names("" if found[number].isascii() else found[number], found.start(number))
                if number == 2:
                    self._add("COMMA", None, found.start(2))
                self._add("NAME", (found[number], found.start(number)), found.start(number))
        self._add("IN", None, found.end() - 2)
        return found.end()

    def _close(self, bracket: str, start: int) -> None:
        if not self._open:
            raise Refused("this closes nothing", start)
        opened = self._open.pop()
        if _PAIRS[opened] != bracket[-1] or (bracket == "~}" and opened != "${"):
            place = self.place(self._opened[-1])
            raise Refused(f"this does not close what was opened in line {place[0]}, column {place[1]}", start)
        self._opened.pop()

    def _enter(self, mark: str, start: int, position: int) -> int:
        """``${`` or ``%{`` and what stands in it."""
        self._add("INTERP_START" if mark[0] == "$" else "DIRECTIVE_START", (mark[-1] == "~", start), start)
        self._push("${", start)
        if mark[0] == "%":
            found = _DIRECTIVE.match(self.text, position)
            if not found or found[1] not in _DIRECTIVES:
                self._bad("a directive begins with if, else, endif, for or endfor", start)
            elif found[1] == "for":
                position = self._intro(found.end())
            else:
                self._add(_DIRECTIVES[found[1]], None, found.start(1))
                position = found.end()
        return self._code(position)

    def _quoted(self, position: int, quote: int) -> int:
        while True:
            found = _QUOTED.match(self.text, position)
            if not found:
                at_end = position == len(self.text)
                raise Refused("this text is never closed" if at_end else "a quoted text stands on one line", quote)
            start, position = position, found.end()
            if found[1]:
                self._add("STRING_CHARS", self._unescaped(found[1], start), start)
            elif found[2]:
                position = self._enter(found[2], start, position)
            elif found[3]:
                self._add("STRING_CHARS", found[3][1:] if "{" in found[3] else found[3], start)
            else:
                self._add("DBLQUOTE", None, start)
                return position

    def _unescaped(self, text: str, start: int) -> str:
        if "\\" not in text:
            return text

        def one(found: re.Match[str]) -> str:
            if found[3]:
                return _ESCAPES[found[3]]
            code = int(found[1] or found[2] or "110000", 16)
            if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
                self._bad("a backslash followed by none of n, r, t, \", \\, uNNNN, UNNNNNNNN", start + found.start())
                return ""
            return chr(code)

        return _ESCAPE.sub(one, text)

    def _heredoc(self, marker: str, start: int, position: int) -> int:
        """Gives the position of the line break after the closing marker."""
        self._add("HEREDOC_TEMPLATE_TRIM" if marker[0] == "-" else "HEREDOC_TEMPLATE", None, start)
        name = marker.removeprefix("-")
        self._check_names("" if name.isascii() else name, start)
        self._push("<<", start)
        end = self._unquoted(position, name)
        if end < 0:
            raise Refused("this heredoc is never closed", start)
        self._open.pop()
        self._opened.pop()
        self._add("HEREDOC_END", None, end)
        return end

    def _unquoted(self, position: int, marker: str | None) -> int:
        """Text without quotes, up to the line with the marker or else all of it; -1 where the marker does not come."""
        line_start = True
        while True:
            found = _UNQUOTED.match(self.text, position)
            if not found:
                raise Refused("a carriage return without a line feed", position + len(self.text[position:].split("\r")[0]))
            start, position = position, found.end()
            if found[3]:
                if found[1]:
                    self._add("STRING_CHARS", found[1], start)
                position = self._enter(found[3], found.start(3), position)
                line_start = False
            elif found[4]:
                if found[1]:
                    self._add("STRING_CHARS", found[1], start)
                self._add("STRING_CHARS", found[4][1:] if "{" in found[4] else found[4], found.start(4))
                line_start = False
            elif marker is not None and not found[2]:
                return -1
            elif marker is not None and line_start and found[1].strip(SPACE) == marker:
                return found.start(2)
            else:
                if found[0]:
                    self._add("STRING_CHARS", found[0], start)
                line_start = True
                if not found[2]:
                    return position


def _character(character: str) -> str:
    return {
        "'": "single quotes are not used in this language",
        "\r": "a carriage return without a line feed",
        "\ufeff": "a byte order mark inside the file",
    }.get(character, f"the character U+{ord(character):04X} is not used here")

