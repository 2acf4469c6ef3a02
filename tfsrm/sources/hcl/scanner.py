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

MAX_CALLS = 100
"""Templates inside each other, levels of JSON: what is read by calls of a function inside itself."""

SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
"""What Terraform takes for white space; Python's own idea of it is wider."""

CONSTANTS = {"true": Literal(True), "false": Literal(False), "null": Literal(None)}


class RefusedError(Exception):
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
    | (\[[ \t]*+\*[ \t]*+\]|[][(){{}}]                      # 4 a sign
      |[=!<>]=|&&|\|\||=>|::|\.\.\.|\.[ \t]*+\*|~\}}|[=,:?+*%!>-]|<(?!<)|/(?!\*)|\.(?!{_NAME}))
    | ((?:\.{_NAME})++)                                     # 5 attributes of what stands before
    | ([0-9](?:\.*+(?:[0-9]|[eE][+-]?[0-9]))*+)             # 6 a number
    | (/\*(?s:.*?)\*/)                                      # 7 a comment
    | <<(-?{_NAME})\r?\n                                    # 8 the begin of a heredoc
    | (")                                                   # 9 other text
    | ((?s:.))                                              # 10 what is not used in the language
    )""",
    re.VERBOSE,
)
SIGNS = {
    "==": "DOUBLE_EQ",
    "!=": "NEQ",
    "<": "LT",
    ">": "GT",
    "<=": "LEQ",
    ">=": "GEQ",
    "+": "PLUS",
    "-": "MINUS",
    "*": "ASTERISK",
    "/": "SLASH",
    "%": "PERCENT",
    "&&": "DOUBLE_AMP",
    "||": "DOUBLE_PIPE",
    "!": "NOT",
    "?": "QMARK",
    ":": "COLON",
    "::": "COLONS",
    ",": "COMMA",
    "=": "EQ",
    "=>": "FOR_OBJECT_ARROW",
    "...": "ELLIPSIS",
    ".": "DOT",
    ".*": "ATTR_SPLAT",
    "[*]": "FULL_SPLAT_START",
    "(": "LPAR",
    "[": "LSQB",
    "{": "LBRACE",
}
CLOSERS = {")": "RPAR", "]": "RSQB", "}": "RBRACE", "~}": "RBRACE"}
_PAIRS = {"(": ")", "[": "]", "{": "}", "[for": "]", "{for": "}", "${": "}"}
_CONSTANTS = frozenset(("TRUE", "FALSE", "NULL"))
_VALUES = _CONSTANTS | {
    *(
        "NAME",
        "TRAVERSAL",
        "ATTRIBUTES",
        "RPAR",
        "RSQB",
        "RBRACE",
        "STRING",
        "DBLQUOTE",
        "INT_LITERAL",
        "FLOAT_LITERAL",
    ),
    *("HEREDOC_END", "FULL_SPLAT_START", "ATTR_SPLAT", "ELLIPSIS"),
}
"""What the value of a for expression can end with; ``if`` after it is the condition."""

_HEADS = _CONSTANTS | {"NAME", "STRING", "DBLQUOTE"}
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
    whether it strips and its offset, its end whether it strips, signs their text. ``items``: the ranges of tokens that make
    one item of the file each. ``problems``: what is wrong with a token of the type INVALID, by its number.
    """

    def __init__(self, text: str, line: int = 1) -> None:
        self.text = text
        self.types: list[str] = []
        self.values: list[object] = []
        self.offsets: list[int] = []
        self.items: list[tuple[int, int]] = []
        self.problems: dict[int, str] = {}
        self._open: list[str] = []
        self._opened: list[int] = []
        self._line = line
        self._starts = [0, *(m.end() for m in re.finditer("\n", text))]
        self._readers = (
            self._strange,
            self._name,
            self._lines,
            self._text,
            self._sign,
            self._path,
            self._number,
            re.Match.end,  # a comment
            self._heredoc,
            self._quote,
            self._strange,
        )

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column."""
        line = bisect_right(self._starts, offset)
        return line + self._line - 1, offset - self._starts[line - 1] + 1

    def file(self) -> None:
        """Read a file; raises RefusedError where what follows cannot be trusted, with the items before it in ``items``."""
        self._code(0)
        self._item_ends()

    def expression(self) -> None:
        """Read an expression; line breaks do not matter in it."""
        self._open.append("(")
        self._code(0)
        self._open.pop()

    def template(self) -> None:
        """Read text of which all is a template."""
        self._unquoted(0, None)

    def _item_ends(self) -> None:
        begin = self.items[-1][1] if self.items else 0
        if begin < len(self.types):
            self.items.append((begin, len(self.types)))

    def _code(self, position: int) -> int:
        """Read configuration up to its end, or up to the brace that closes a template; gives the position after it."""
        text, match, readers, open_ = self.text, _TOKEN.match, self._readers, self._open
        depth = len(open_)
        while found := match(text, position):
            position = readers[found.lastindex or 0](found)
            if len(open_) < depth:
                return position
        if self._opened:
            raise RefusedError("this is never closed", self._opened[-1])
        return position

    def _add(self, kind: str, value: object, offset: int) -> None:
        self.types.append(kind)
        self.values.append(value)
        self.offsets.append(offset)

    def _bad(self, message: str, offset: int) -> None:
        """A place that no rule of the language allows; the item that it stands in is refused, the others are read."""
        self.problems.setdefault(len(self.types), message)
        self._add("INVALID", None, offset)

    def _strange(self, found: re.Match[str]) -> int:
        """A character that stands in no token."""
        start = found.end() - 1
        if self.text.startswith("/*", start):
            raise RefusedError("this comment is never closed", start)
        self._bad(_character(self.text[start]), start)
        return found.end()

    def _name(self, found: re.Match[str]) -> int:
        word, start = found[1], found.start(1)
        if not word.isascii():
            self._check_names(word, start)
        if "." in word:
            root, *steps = word.split(".")
            constant = CONSTANTS.get(root)
            taken = tuple(steps)
            node = Relative(constant, taken) if constant else Traversal(root, taken, *self.place(start))
            self._add("TRAVERSAL", node, start)
        elif word == "if" and self._open and self._open[-1].endswith("for") and self.types[-1] in _VALUES:
            self._add("IF", None, start)
        else:
            self._add(word.upper() if word in CONSTANTS else "NAME", (word, start), start)
        return found.end()

    def _lines(self, found: re.Match[str]) -> int:
        if not self._open:
            self._item_ends()
        elif self._open[-1] == "{" and self.types[-1] != "NL_OR_COMMENT":
            self._add("NL_OR_COMMENT", None, found.start(2))
        return found.end()

    def _text(self, found: re.Match[str]) -> int:
        self._add("STRING", Literal(found[3]), found.start(3) - 1)
        return found.end()

    def _sign(self, found: re.Match[str]) -> int:
        sign, start = found[4], found.start(4)
        if sign in CLOSERS:
            self._close(sign, start)
            self._add(CLOSERS[sign], sign == "~}", start)
        elif sign in _PAIRS:
            return self._opens(sign, start, found.end())
        else:
            self._add(SIGNS.get(sign) or SIGNS["".join(sign.split())], sign, start)
        return found.end()

    def _path(self, found: re.Match[str]) -> int:
        if not found[5].isascii():
            self._check_names(found[5], found.start(5))
        self._add("ATTRIBUTES", tuple(found[5][1:].split(".")), found.start(5))
        return found.end()

    def _number(self, found: re.Match[str]) -> int:
        digits, start = found[6], found.start(6)
        if not re.fullmatch(r"[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?", digits):
            self._bad("this is no number", start)
        self._add("INT_LITERAL" if digits.isdigit() else "FLOAT_LITERAL", Number(digits), start)
        return found.end()

    def _quote(self, found: re.Match[str]) -> int:
        start = found.start(9)
        self._add("DBLQUOTE", None, start)
        return self._quoted(found.end(), start)

    def _check_names(self, words: str, start: int) -> None:
        for word in words.replace("-", "_").split("."):
            if word and not word.isidentifier():
                self._bad("a name with a character that names may not have", start)

    def _push(self, bracket: str, start: int) -> None:
        if len(self._open) >= MAX_NESTING:
            raise RefusedError(f"nested more than {MAX_NESTING} deep", start)
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
                self._check_names(found[number], found.start(number))
                if number == 2:
                    self._add("COMMA", None, found.start(2))
                self._add("NAME", (found[number], found.start(number)), found.start(number))
        self._add("IN", None, found.end() - 2)
        return found.end()

    def _close(self, bracket: str, start: int) -> None:
        if not self._opened:
            self.items.clear()  # a block before it may have ended too early; which one cannot be told
            raise RefusedError("this closes nothing", start)
        opened = self._open.pop()
        if _PAIRS[opened] != bracket[-1] or (bracket == "~}" and opened != "${"):
            place = self.place(self._opened[-1])
            raise RefusedError(f"this does not close what was opened in line {place[0]}, column {place[1]}", start)
        self._opened.pop()

    def _enter(self, mark: str, start: int, position: int) -> int:
        """``${`` or ``%{`` and what stands in it."""
        self._add("INTERP_START" if mark[0] == "$" else "DIRECTIVE_START", (mark[-1] == "~", start), start)
        if self._open.count("${") >= MAX_CALLS:
            raise RefusedError(f"nested more than {MAX_CALLS} templates deep", start)
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
                raise RefusedError("this text is never closed" if at_end else "a quoted text stands on one line", quote)
            start, position = position, found.end()
            if found[1]:
                self._add("STRING_CHARS", self._unescaped(found[1], start), start)
            elif found[2]:
                position = self._enter(found[2], start, position)
            elif found[3]:
                self._add("STRING_CHARS", _unmarked(found[3]), start)
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
                self._bad('a backslash followed by none of n, r, t, ", \\, uNNNN, UNNNNNNNN', start + found.start())
                return ""
            return chr(code)

        return _ESCAPE.sub(one, text)

    def _heredoc(self, found: re.Match[str]) -> int:
        """Gives the position of the line break after the closing marker."""
        start, marker = found.start(8) - 2, found[8]
        self._add("HEREDOC_TEMPLATE_TRIM" if marker[0] == "-" else "HEREDOC_TEMPLATE", None, start)
        name = marker.removeprefix("-")
        if not name.isascii():
            self._check_names(name, start)
        self._push("<<", start)
        end = self._unquoted(found.end(), name)
        if end < 0:
            raise RefusedError("this heredoc is never closed", start)
        self._open.pop()
        self._opened.pop()
        self._add("HEREDOC_END", None, end)
        return end

    def _unquoted(self, position: int, marker: str | None) -> int:
        """Text without quotes, up to the line with the marker or else all of it; -1 where the marker does not come."""
        line_start = True
        while found := _UNQUOTED.match(self.text, position):
            start, position = position, found.end()
            line_ends = found[2] is not None
            if line_ends and marker is not None:
                if not found[2]:
                    return -1
                if line_start and found[1].strip(SPACE) == marker:
                    return found.start(2)
            self._piece(found[0] if line_ends else found[1], start)
            if found[3]:
                position = self._enter(found[3], found.start(3), position)
            elif found[4]:
                self._piece(_unmarked(found[4]), found.start(4))
            elif not found[2]:
                return position
            line_start = line_ends
        raise RefusedError("a carriage return without a line feed", self.text.index("\r", position))

    def _piece(self, text: str, start: int) -> None:
        if text:
            self._add("STRING_CHARS", text, start)


def _unmarked(mark: str) -> str:
    """``$${`` stands for ``${``; ``$`` for itself."""
    return mark[1:] if "{" in mark else mark


def _character(character: str) -> str:
    return {
        "'": "single quotes are not used in this language",
        "\r": "a carriage return without a line feed",
        "\ufeff": "a byte order mark inside the file",
    }.get(character, f"the character U+{ord(character):04X} is not used here")
