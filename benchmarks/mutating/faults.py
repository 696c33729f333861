"""The faults that can be put into a module: each a piece of its text and what stands there instead."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

FLIPPED = {
    ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
SHIFTED = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
OTHER_SIGN = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult}
# The same, whichever comes first.
EITHER_WAY = (
    "max", "min", "np.clip", "np.maximum", "np.minimum", "np.hypot", "math.hypot", "shapely.intersection", "cv2.multiply",
)  # fmt: skip
LEAVES = (ast.Raise, ast.Return, ast.Continue, ast.Break)


@dataclass(frozen=True, slots=True)
class Fault:
    """kind: of the fault. line: from 1. start, stop: bytes of the source that ``new`` stands for."""

    kind: str
    line: int
    start: int
    stop: int
    new: str

    def put_into(self, source: bytes) -> bytes:
        return source[: self.start] + self.new.encode() + source[self.stop :]


def faults_of(source: bytes) -> list[Fault]:
    """Every fault that can be put into a module, in the order of its lines; `reads` tells whether Python takes it."""
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    found, tree = [], ast.parse(source)
    drawn = _drawn_names(tree)
    for kind, node, new in _of_body(tree):
        if kind == "shifted boundary" and any(
            isinstance(part, ast.Name) and part.id in drawn for part in ast.walk(node)
        ):
            continue  # as below
        start = starts[node.lineno - 1] + node.col_offset
        stop = starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
        found.append(Fault(kind, node.lineno, start, stop, new))
    return sorted(found, key=lambda fault: (fault.start, fault.stop, fault.kind))


def reads(fault: Fault, source: bytes) -> bool:
    """Whether the changed module is another one, and one that Python can read; asked of those that are drawn alone."""
    changed = fault.put_into(source)
    try:
        return ast.dump(ast.parse(changed)) != ast.dump(ast.parse(source))
    except SyntaxError:
        return False


def _of_body(tree: ast.AST) -> Iterator[tuple[str, ast.stmt | ast.expr, str]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)):
            continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue  # a docstring
        if isinstance(node, ast.arg | ast.Assert | ast.Import | ast.ImportFrom | ast.Global):
            continue
        if isinstance(node, ast.keyword) and node.arg in ("frozen", "slots"):
            continue  # of a dataclass: the types hold that nobody changes it, and how it lies in memory is seen by nobody
        if isinstance(node, ast.expr):
            yield from _of_expression(node)
        elif isinstance(node, ast.stmt):
            yield from _of_statement(node)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            defaults = [value for value in (*node.args.defaults, *node.args.kw_defaults) if value is not None]
            yield from _of_body(ast.Tuple(defaults, ast.Load()))
            yield from _of_body(ast.Module(node.body, []))
        elif isinstance(node, ast.AnnAssign):
            if node.value is not None and not isinstance(node.value, ast.Constant):
                yield from _of_body(ast.Expr(node.value))
        elif isinstance(node, ast.Call):
            yield from _of_body(ast.Call(node.func, [one for one in node.args if not _any(node, one)], node.keywords))
        else:
            yield from _of_body(node)


def _of_statement(node: ast.stmt) -> Iterator[tuple[str, ast.stmt | ast.expr, str]]:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call | ast.Await):
        yield "removed call", node, "pass"
    if isinstance(node, ast.If) and not node.orelse and isinstance(node.body[-1], LEAVES):
        yield "removed guard", node, "pass"
    if isinstance(node, ast.If | ast.While):
        yield "not", node.test, f"not ({ast.unparse(node.test)})"
    if isinstance(node, ast.Return) and node.value is not None and not isinstance(node.value, ast.Constant):
        yield "nothing returned", node, "return None"
    if isinstance(node, ast.AugAssign) and (sign := OTHER_SIGN.get(type(node.op))):
        yield "other sign", node, ast.unparse(ast.AugAssign(node.target, sign(), node.value))


def _of_expression(node: ast.expr) -> Iterator[tuple[str, ast.stmt | ast.expr, str]]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        for kind, other in (("flipped comparison", FLIPPED), ("shifted boundary", SHIFTED)):
            if kind == "shifted boundary" and any(_drawn(side) for side in (node.left, *node.comparators)):
                continue  # that a drawn number is the limit to the last of its 53 bits has no chance
            if turned := other.get(type(node.ops[0])):
                yield kind, node, _inside(ast.Compare(node.left, [turned()], node.comparators))
    elif isinstance(node, ast.BoolOp):
        yield (
            "and or or",
            node,
            _inside(ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)),
        )
    elif isinstance(node, ast.BinOp) and (sign := OTHER_SIGN.get(type(node.op))):
        if not any(isinstance(side, ast.JoinedStr | ast.List | ast.Tuple) for side in (node.left, node.right)):
            yield "other sign", node, _inside(ast.BinOp(node.left, sign(), node.right))
    elif isinstance(node, ast.Constant) and (new := _other_constant(node.value)) is not None:
        yield "other constant", node, new
    elif isinstance(node, ast.IfExp):
        yield "not", node.test, f"not ({ast.unparse(node.test)})"
    elif isinstance(node, ast.Call) and len(node.args) > 1 and not any(isinstance(a, ast.Starred) for a in node.args):
        first, second, *rest = node.args
        if ast.unparse(first) != ast.unparse(second) and ast.unparse(node.func) not in EITHER_WAY:
            yield "swapped arguments", node, ast.unparse(ast.Call(node.func, [second, first, *rest], node.keywords))


def _drawn_names(tree: ast.AST) -> set[str]:
    """``kind = rng.random()``."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            target, value = node.targets[0], node.value
            alike = isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)
            pairs = zip(target.elts, value.elts, strict=False) if alike else [(target, value)]  # type: ignore[attr-defined]
            found |= {name.id for name, given in pairs if isinstance(name, ast.Name) and _drawn(given)}
    return found


def _drawn(node: ast.expr) -> bool:
    """``rng.random()``."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "random"


def _any(call: ast.Call, value: ast.expr) -> bool:
    """What keeps a divisor from being 0 does so when it is twice as large; NumPy takes every negative side for the one to be found out."""
    if ast.unparse(call.func) in ("max", "np.maximum"):
        return isinstance(value, ast.Constant) and isinstance(value.value, float) and 0 < value.value <= 1e-6
    return isinstance(call.func, ast.Attribute) and call.func.attr == "reshape" and ast.unparse(value) == "-1"


def _inside(node: ast.expr) -> str:
    """In brackets, for what stands around it."""
    return f"({ast.unparse(node)})"


def _other_constant(value: object) -> str | None:
    if isinstance(value, bool):
        return str(not value)
    if isinstance(value, int):
        return str(value + 1)
    if isinstance(value, float):
        return repr(value * 2 if value else 1.0)
    return None
