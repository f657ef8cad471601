"""As much of PromQL as our alert rules use, over series that grow evenly: so they are tried where there is no promtool.

What a rule uses beyond that is refused, and not guessed at.
"""

import math
import operator
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

MINUTE = 60.0
_UNITS = {"s": 1.0, "m": MINUTE, "h": 3_600.0}
_TOKEN = re.compile(
    r"\s*(?:(?P<duration>\[[^\]]*\])|(?P<labels>\{[^}]*\})|(?P<number>\d+(?:\.\d+)?(?:e\d+)?)|(?P<word>[A-Za-z_]\w*)|(?P<sign>[<>=!]=|[-+*/<>(),]))"
)
_LABEL = re.compile(r'(\w+)(=~|=)"([^"]*)"')

Labels = frozenset[tuple[str, str]]
Vector = dict[Labels, float]
Node = Callable[[float], Vector | float]
Range = Callable[[float], dict[Labels, list[tuple[float, float]]]]


class Line(NamedTuple):
    """A series: it has `begins` at 0 and grows by `grows` a minute, with a value for each minute."""

    name: str
    labels: Labels
    begins: float
    grows: float

    @classmethod
    def of(cls, series: str, values: str) -> "Line":
        """As promtool writes it: `up{job="api"}`, `0+1x200`."""
        name, _, labels = series.partition("{")
        begins, grows = re.fullmatch(r"(-?[\d.e+]*?\d)([+-][\d.]+)x\d+", values).groups()
        return cls(
            name, frozenset((key, value) for key, _, value in _LABEL.findall(labels)), float(begins), float(grows)
        )

    def at(self, seconds: float) -> float:
        """Its newest value then."""
        return self.begins + self.grows * math.floor(seconds / MINUTE)


def fires(expr: str, lasting: str, lines: list[Line], at: float, every: float) -> bool:
    """Whether an alert fires at this moment that is looked at so often, by Prometheus' rule of `for`."""
    node, since = Parser(expr, lines).parsed(), None
    moment = 0.0
    while moment <= at:
        holds = node(moment)
        since = None if not holds else moment if since is None else since
        moment += every
    return since is not None and moment - every - since >= _seconds(lasting)


class Parser:
    """Reads an expression over given series, by precedence."""

    _LEVELS = (("or",), ("and",), ("==", ">", "<"), ("+", "-"), ("*", "/"))

    def __init__(self, expr: str, lines: list[Line]) -> None:
        self._lines = lines
        self._tokens = list(_tokens(expr))

    def parsed(self) -> Node:
        """The whole of it."""
        node = self._level(0)
        if self._tokens:
            raise ValueError(f"not understood: {self._tokens[:3]}")
        return node

    def _next(self) -> str:
        return self._tokens[0][1] if self._tokens else ""

    def _take(self, expected: str | None = None) -> str:
        kind, text = self._tokens.pop(0)
        if expected is not None and text != expected:
            raise ValueError(f"{expected!r} is expected, and there is {kind} {text!r}")
        return text

    def _level(self, level: int) -> Node:
        if level == len(self._LEVELS):
            return self._atom()
        node = self._level(level + 1)
        while self._next() in self._LEVELS[level]:
            node = _joined(self._take(), node, self._level(level + 1))
        return node

    def _atom(self) -> Node:
        kind, text = self._tokens[0]
        if kind == "number":
            number = float(self._take())
            return lambda _: number
        if text == "(":
            return self._bracketed()
        self._take()
        if text in _AGGREGATES:
            return self._aggregate(text)
        if self._next() == "(":
            return self._call(text)
        return self._selector(text)

    def _bracketed(self) -> Node:
        self._take("(")
        node = self._level(0)
        self._take(")")
        return node

    def _aggregate(self, name: str) -> Node:
        kept: set[str] = set()
        if self._next() == "by":
            self._take()
            self._take("(")
            while self._next() != ")":
                kept.add(self._take())
            self._take(")")
        inner = self._bracketed()

        def aggregated(at: float) -> Vector:
            groups: dict[Labels, list[float]] = {}
            for labels, value in _vector(inner(at)).items():
                groups.setdefault(frozenset(each for each in labels if each[0] in kept), []).append(value)
            return {labels: _AGGREGATES[name](values) for labels, values in groups.items()}

        return aggregated

    def _call(self, name: str) -> Node:
        if name == "time":
            self._take("(")
            self._take(")")
            return lambda at: at
        if name == "histogram_quantile":
            self._take("(")
            share = float(self._take())
            self._take(",")
            buckets = self._level(0)
            self._take(")")
            return lambda at: _quantile(share, _vector(buckets(at)))
        if name in ("rate", "increase", "deriv"):
            return self._over_time(name)
        inner = self._bracketed()
        if name == "absent":
            return lambda at: {} if _vector(inner(at)) else {frozenset(): 1.0}
        if name == "abs":
            return lambda at: {labels: abs(value) for labels, value in _vector(inner(at)).items()}
        raise ValueError(f"no such function here: {name}")

    def _over_time(self, name: str) -> Node:
        self._take("(")
        inner = self._level(4)  # With a range behind it, no operator can follow.
        if self._tokens[0][0] != "duration":
            raise ValueError(f"{name} is asked over a range")
        window = self._take()[1:-1].partition(":")[0]
        self._take(")")
        seconds = _seconds(window)

        def slope(at: float) -> Vector:
            first, last = _vector(inner(max(at - seconds, 0.0))), _vector(inner(at))
            shared = first.keys() & last.keys()
            grown = {labels: (last[labels] - first[labels]) / min(seconds, at or seconds) for labels in shared}
            return {labels: value * (seconds if name == "increase" else 1.0) for labels, value in grown.items()}

        return slope

    def _selector(self, name: str) -> Node:
        wanted = _LABEL.findall(self._take()) if self._tokens and self._tokens[0][0] == "labels" else []
        chosen = [line for line in self._lines if line.name == name and _matches(line.labels, wanted)]
        return lambda at: {line.labels: line.at(at) for line in chosen}


def _tokens(expr: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(expr.rstrip()):
        found = _TOKEN.match(expr, at)
        if found is None or found.lastgroup is None:
            raise ValueError(f"not understood: {expr[at : at + 20]!r}")
        yield found.lastgroup, found[found.lastgroup]
        at = found.end()


def _seconds(duration: str) -> float:
    return float(duration[:-1]) * _UNITS[duration[-1]]


def _matches(labels: Labels, wanted: list[tuple[str, str, str]]) -> bool:
    has = dict(labels)
    return all(
        re.fullmatch(value if sign == "=~" else re.escape(value), has.get(key, "")) is not None
        for key, sign, value in wanted
    )


def _vector(found: Vector | float) -> Vector:
    return found if isinstance(found, dict) else {frozenset(): found}


_AGGREGATES: dict[str, Callable[[list[float]], float]] = {"sum": sum, "max": max, "min": min}
_ARITHMETIC = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}
_COMPARED = {"==": operator.eq, ">": operator.gt, "<": operator.lt}


def _joined(sign: str, left: Node, right: Node) -> Node:
    def joined(at: float) -> Vector | float:
        one, other = left(at), right(at)
        if sign == "or":
            return {**_vector(other), **_vector(one)}
        if sign == "and":
            return {labels: value for labels, value in _vector(one).items() if labels in _vector(other)}
        if not isinstance(one, dict) and not isinstance(other, dict):
            return _ARITHMETIC[sign](one, other)
        labels_of = one if isinstance(one, dict) else _vector(other)
        pairs = {
            labels: (_at(one, labels), _at(other, labels))
            for labels in labels_of
            if not isinstance(other, dict) or labels in other
        }
        if sign in _COMPARED:
            return {labels: a for labels, (a, b) in pairs.items() if _COMPARED[sign](a, b)}
        # A part of nothing is not a number, and no comparison holds for it.
        return {labels: _ARITHMETIC[sign](a, b) for labels, (a, b) in pairs.items() if sign != "/" or b}

    return joined


def _at(found: Vector | float, labels: Labels) -> float:
    return found[labels] if isinstance(found, dict) else found


def _quantile(share: float, buckets: Vector) -> Vector:
    """By linear interpolation in the bucket, of histograms without other labels than `le`."""
    bounds = sorted((math.inf if bound == "+Inf" else float(bound), count) for ((_, bound),), count in buckets.items())
    if not bounds or not bounds[-1][1]:
        return {}
    rank, below, low = share * bounds[-1][1], 0.0, 0.0
    for bound, count in bounds:
        if count >= rank:
            inside = low if math.isinf(bound) else low + (bound - low) * (rank - below) / (count - below)
            return {frozenset(): inside}
        below, low = count, bound
    return {}
