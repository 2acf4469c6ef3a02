"""From python-hcl2's grammar to the tables that ``front`` runs on: ``python -m tfsrm.sources.hcl.grammar`` writes them.

The rules are those of the installed ``hcl2.lark``; the edits below make them say what Terraform's own parser says where the
two differ. Its terminals are not taken over: ``scanner`` reads tokens as Terraform's scanner does. lark builds the LALR
tables; they lie beside this file as plain data with the digest of the grammar that they come from, so that a run needs
neither lark nor 1.4 seconds to build them, and reads the same whatever python-hcl2 is installed. A test holds the file to
what the installed grammar gives.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TABLES = Path(__file__).with_name("tables.json")

EDITS = {
    "start": "template : string_part*",
    # Terraform ends each item with a line break; a block on one line holds one argument and no block.
    "body": "body : NL_OR_COMMENT (_item NL_OR_COMMENT)*\n_item : attribute | block\nitem : _item",
    "block": "block : _attribute_name (_attribute_name | string)* LBRACE (body | attribute)? RBRACE",
    "new_line_or_comment": "",
    # Text without escapes and templates is one token; the text between templates comes decoded.
    "string": "string : STRING | DBLQUOTE string_part* DBLQUOTE",
    "string_part": (
        "string_part : STRING_CHARS | interpolation | template_if_start | template_else | template_endif"
        " | template_for_start | template_endfor"
    ),
    "template_string": "traversal : TRAVERSAL",
    "heredoc_template": "heredoc_template : HEREDOC_TEMPLATE string_part* HEREDOC_END",
    "heredoc_template_trim": "heredoc_template_trim : HEREDOC_TEMPLATE_TRIM string_part* HEREDOC_END",
    "object": (
        "object : LBRACE NL_OR_COMMENT? (object_elem (_separator object_elem)* _separator?)? RBRACE\n"
        "_separator : NL_OR_COMMENT | COMMA NL_OR_COMMENT?"
    ),
    "unary_op": "unary_op : (MINUS | NOT) unary_expr",
    "function_call": "function_call : identifier (COLONS identifier)* LPAR arguments? RPAR",
    "get_attr": "get_attr : ATTRIBUTES | DOT (identifier | literal_value | traversal)",
    "full_splat": "full_splat : FULL_SPLAT_START (get_attr | index | FULL_SPLAT_START)*",
}
"""Rules of hcl2.lark by name, and what stands in their place."""

STARTS = ("item", "template", "expression")
"""What can be parsed by itself."""


def source() -> str:
    """The grammar of the installed python-hcl2."""
    import hcl2

    return Path(hcl2.__file__).with_name("hcl2.lark").read_text(encoding="utf-8")


def edited(grammar: str) -> str:
    """The rules of python-hcl2's grammar with the edits; raises ValueError if a rule to be edited is not there."""
    rules = dict(_rules(grammar))
    missing = sorted(set(EDITS) - set(rules))
    if missing:
        raise ValueError(f"not in hcl2.lark: {', '.join(missing)}")
    text = "\n".join({**rules, **EDITS}.values())
    # Line breaks inside brackets never reach the parser.
    text = text.replace("new_line_or_comment?", "").replace("| template_string", "| traversal")
    terminals = sorted(set(re.findall(r"\b[A-Z][A-Z_]+\b", text)))
    return f"{text}\n%declare {' '.join(terminals)}\n"


def _rules(grammar: str) -> Iterator[tuple[str, str]]:
    """Name and text of each rule; terminals and comments are left out."""
    lines = [line for line in grammar.splitlines() if line.strip() and not line.lstrip().startswith("//")]
    for text in re.split(r"\n(?=\S)", "\n".join(lines)):
        found = re.match(r"[?!]?(_?[a-z][a-z_]*) ?:", text)
        if found:
            yield found[1], text


def compiled(grammar: str) -> dict[str, Any]:
    """The LALR tables as plain data.

    ``actions``: per state, terminal to action: n shifts to state n, -n-1 reduces rule n. ``gotos``: per state, rule name to
    state. ``rules``: name, alias (else the name), symbols.
    """
    from lark import Lark
    from lark.lexer import Lexer

    class _NoLexer(Lexer):
        def __init__(self, conf: Any) -> None:
            pass

        def lex(self, *_: Any) -> Any:
            raise NotImplementedError

    parser: Any = Lark(edited(grammar), parser="lalr", lexer=_NoLexer, start=list(STARTS), maybe_placeholders=False)
    table = parser.parser.parser._parse_table  # noqa: SLF001 (lark has no public way to its tables)
    rules = sorted(parser.rules, key=_described)
    numbers = {rule: number for number, rule in enumerate(rules)}
    states = _ordered(table)
    actions: list[dict[str, int]] = [{} for _ in states]
    gotos: list[dict[str, int]] = [{} for _ in states]
    for state, number in states.items():
        for symbol, (action, argument) in table.states[state].items():
            if str(action) == "Reduce":
                actions[number][symbol] = -numbers[argument] - 1
            else:
                (actions if symbol.isupper() else gotos)[number][symbol] = states[argument]
    return {
        "grammar": digest(grammar),
        "starts": {start: states[state] for start, state in table.start_states.items()},
        "ends": {start: states[state] for start, state in table.end_states.items()},
        "rules": [_described(rule) for rule in rules],
        "actions": actions,
        "gotos": gotos,
    }


def _described(rule: Any) -> list[Any]:
    return [rule.origin.name, rule.alias or rule.origin.name, [symbol.name for symbol in rule.expansion]]


def _ordered(table: Any) -> dict[int, int]:
    """lark's states and ours: numbered as they are met from the starts, for lark's numbers differ from run to run."""
    found: dict[int, int] = {}
    todo = [table.start_states[start] for start in STARTS]
    for state in todo:
        if state not in found:
            found[state] = len(found)
            shifts = ((s, argument) for s, (action, argument) in table.states[state].items() if str(action) == "Shift")
            todo.extend(argument for _, argument in sorted(shifts))
    return found


def digest(grammar: str) -> str:
    """What names a grammar."""
    return hashlib.sha256(grammar.encode()).hexdigest()


def tables_text() -> str:
    """What the file of tables must hold."""
    return json.dumps(compiled(source()), separators=(",", ":"), sort_keys=True) + "\n"


if __name__ == "__main__":
    TABLES.write_text(tables_text(), encoding="utf-8")
