"""The allow-list of what a rule's condition may be built from, and the kinds its parts must have.

A compiled condition is walked in its serialised form. Whatever is not listed here is refused by name: aggregates and
windows make a verdict depend on other people, sub-selects and random or clock functions on nothing in the row, and
functions that turn "unknown" into a value would make unknown a permission. Kinds are checked as well, because Polars
quietly compares a flag with a word (``consent_valid = 'yes'`` is simply never true).
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import polars as pl

__all__ = ["check_nodes"]

Node: TypeAlias = Any  # JSON of a Polars expression: nested dicts, lists and scalars

BOOLEAN: Final = "yes/no"
TEXT: Final = "text"
NUMBER: Final = "number"
DATE: Final = "date"
NOTHING: Final = "NULL"
ANY: Final = "anything"

_LOGIC: Final = frozenset({"And", "Or", "Xor", "LogicalAnd", "LogicalOr"})
_EQUALITY: Final = frozenset({"Eq", "NotEq", "EqValidity", "NotEqValidity"})
_ORDER: Final = frozenset({"Lt", "LtEq", "Gt", "GtEq"})
_ARITHMETIC: Final = frozenset({"Plus", "Minus", "Multiply"})
_ORDERED_KINDS: Final = frozenset({NUMBER, DATE, TEXT, ANY})

# name of a function as it is serialised: kinds of its inputs (the last one repeats) and the kind it yields
_FUNCTIONS: Final[dict[str, tuple[tuple[str, ...], str]]] = {
    "Boolean.IsNull": ((ANY,), BOOLEAN),
    "Boolean.IsNotNull": ((ANY,), BOOLEAN),
    "Boolean.Not": ((BOOLEAN,), BOOLEAN),
    "Boolean.IsIn": ((ANY,), BOOLEAN),
    "Sql.IsIn": ((ANY,), BOOLEAN),
    "StringExpr.Contains": ((TEXT,), BOOLEAN),
    "StringExpr.StartsWith": ((TEXT,), BOOLEAN),
    "StringExpr.EndsWith": ((TEXT,), BOOLEAN),
    "StringExpr.Lowercase": ((TEXT,), TEXT),
    "StringExpr.Uppercase": ((TEXT,), TEXT),
    "StringExpr.LenChars": ((TEXT,), NUMBER),
    "TemporalExpr.OffsetBy": ((DATE, TEXT), DATE),
    "TemporalExpr.Year": ((DATE,), NUMBER),
    "TemporalExpr.Month": ((DATE,), NUMBER),
    "TemporalExpr.Day": ((DATE,), NUMBER),
    "Abs": ((NUMBER,), NUMBER),
}
_WRITTEN_OUT: Final = {"StringExpr.Contains": "a pattern", "Sql.IsIn": "a list", "Boolean.IsIn": "a list"}
# What lies behind the commonest refusals, in words a rule writer knows.
_MEANINGS: Final = {
    "Agg": "an aggregate (COUNT, SUM, AVG, MIN, MAX): a rule judges one row alone",
    "Len": "COUNT(*): a rule judges one row alone",
    "Over": "a window (OVER): a rule judges one row alone",
    "SubPlan": "a sub-select: a rule reads facts only",
    "Alias": "a new name (AS): a condition has none",
    "Explode": "UNNEST: a rule judges one row alone",
    "Selector": "a column pattern: name each fact",
    "FillNull": "a function that turns unknown into a value, such as STRPOS",
    "StringExpr.ConcatHorizontal": "CONCAT, which skips what is unknown",
    "MaxHorizontal": "GREATEST, which skips what is unknown",
    "MinHorizontal": "LEAST, which skips what is unknown",
    "StringExpr.Strptime": "a date made from text: write DATE '2026-01-31'",
    "Shift": "a look at another row: a rule judges one row alone",
}


class _Walk:
    """One walk over one condition; gathers what is refused."""

    def __init__(self, schema: pl.Schema) -> None:
        self.schema = schema
        self.refused: list[str] = []

    def refuse(self, name: str) -> str:
        self.refused.append(_MEANINGS.get(name, f"{name}, which is not among the functions a rule may use"))
        return ANY

    def kind(self, node: Node) -> str:
        """The kind a node yields; refusals on the way are gathered."""
        if isinstance(node, str):
            return self.refuse(node)
        ((name, body),) = node.items()
        handler = getattr(self, f"_{name.lower()}", None) if name in _HANDLED else None
        result: str = handler(body) if handler else self.refuse(name)
        return result

    def _column(self, body: Node) -> str:
        return _kind_of(self.schema[body]) if body in self.schema else ANY

    def _literal(self, body: Node) -> str:
        ((form, value),) = body.items()
        if form == "Series":  # the words of an IN list, as raw bytes; the probe compares their types
            return ANY
        ((name, content),) = value.items()
        if name == "Float" and content is None:
            return self.refuse("a number without end")
        return _LITERALS.get(name) or self.refuse(f"a literal of type {name}")

    def _binaryexpr(self, body: Node) -> str:
        left, right, operator = self.kind(body["left"]), self.kind(body["right"]), body["op"]
        if operator in _LOGIC:
            self._expect(operator.upper(), (BOOLEAN, NOTHING), left, right)
            return BOOLEAN
        if operator in _ARITHMETIC:
            self._expect(f"arithmetic ({operator})", (NUMBER,), left, right)
            return NUMBER
        if operator not in _EQUALITY | _ORDER:
            return self.refuse(f"the operator {operator}")
        if left != right and ANY not in (left, right):
            self.refused.append(f"a comparison of {left} with {right}")
        elif operator in _ORDER and not {left, right} <= _ORDERED_KINDS:
            self.refused.append(f"an order among {left} values")
        return BOOLEAN

    def _ternary(self, body: Node) -> str:
        self._expect("CASE WHEN", (BOOLEAN,), self.kind(body["predicate"]))
        kinds = {self.kind(body["truthy"]), self.kind(body["falsy"])} - {NOTHING}
        return self._common(kinds, "CASE")

    def _cast(self, body: Node) -> str:
        inner, target = self.kind(body["expr"]), _kind_of_name(body["dtype"].get("Literal"))
        if body["options"] == "NonStrict":
            return target or self.refuse("a cast to that type")
        if target == BOOLEAN and inner in (BOOLEAN, ANY):  # how NOT is compiled
            return BOOLEAN
        self.refused.append(f"{inner} where yes/no is needed" if target == BOOLEAN else "CAST: write TRY_CAST")
        return target or ANY

    def _function(self, body: Node) -> str:
        name = _function_name(body["function"])
        kinds = [self.kind(node) for node in body["input"]]
        if name == "Coalesce":
            return self._common(set(kinds) - {NOTHING}, "COALESCE")
        if name not in _FUNCTIONS:
            return self.refuse(name)
        wanted, yields = _FUNCTIONS[name]
        for position, kind in enumerate(kinds):
            expected = wanted[min(position, len(wanted) - 1)]
            if ANY not in (expected, kind) and kind != expected:
                self.refused.append(f"{kind} where {name.split('.')[-1]} needs {expected}")
        if name in _WRITTEN_OUT and "Literal" not in body["input"][1]:
            self.refused.append(f"{_WRITTEN_OUT[name]} taken from a fact: it must be written out")
        return yields

    def _expect(self, what: str, allowed: tuple[str, ...], *kinds: str) -> None:
        for kind in kinds:
            if kind not in allowed and kind != ANY:
                self.refused.append(f"{kind} in {what}, which needs {allowed[0]}")

    def _common(self, kinds: set[str], what: str) -> str:
        known = kinds - {ANY}
        if len(known) > 1:
            self.refused.append(f"{what} with results of different kinds ({', '.join(sorted(known))})")
        return known.pop() if len(known) == 1 else ANY


_HANDLED: Final = frozenset({"Column", "Literal", "BinaryExpr", "Ternary", "Cast", "Function"})
_LITERALS: Final = {
    "String": TEXT,
    "Boolean": BOOLEAN,
    "Null": NOTHING,
    "Date": DATE,
    "Int": NUMBER,
    "Float": NUMBER,
    **{f"{sign}Int{bits}": NUMBER for sign in ("", "U") for bits in (8, 16, 32, 64)},
    "Float32": NUMBER,
    "Float64": NUMBER,
}


def _function_name(function: Node) -> str:
    """``{"Boolean": {"IsIn": {...}}}`` is ``Boolean.IsIn``."""
    if isinstance(function, str):
        return function
    ((family, member),) = function.items()
    if isinstance(member, str):
        return f"{family}.{member}"
    return f"{family}.{next(iter(member))}" if isinstance(member, dict) else str(family)


def _kind_of(dtype: pl.DataType | type[pl.DataType]) -> str:
    kinds = ((pl.Boolean, BOOLEAN), (pl.String, TEXT), (pl.Date, DATE))
    return next((kind for known, kind in kinds if dtype == known), NUMBER)


def _kind_of_name(name: object) -> str | None:
    return _LITERALS.get(str(name)) if name not in ("Null", "Int", "Float") else None


def check_nodes(tree: Node, schema: pl.Schema) -> list[str]:
    """What the serialised condition ``tree`` contains that a rule may not, in words; empty when it holds.

    The last entry may say that the whole yields something else than yes or no.
    """
    walk = _Walk(schema)
    kind = walk.kind(tree)
    if not walk.refused and kind not in (BOOLEAN, ANY):
        walk.refused.append(f"a result that is {kind} and not yes/no")
    return list(dict.fromkeys(walk.refused))
