"""What each command says of itself in a line, without loading it: to load them all takes seconds, and `quiethire --help` comes first."""

import ast
from pathlib import Path


def summary(place: str) -> str:
    """The help of a command or of a group of them, of which Typer shows the beginning. `place` is `quiethire.cli.<module>:<name>`.

    Raises LookupError where there is none of this name, or its help is put together while it runs.
    """
    module, _, name = place.removeprefix("quiethire.cli.").partition(":")
    source = Path(__file__).with_name(f"{module}.py").read_text(encoding="utf-8")
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name == name and (said := ast.get_docstring(node)):
            return said
        if isinstance(node, ast.Assign) and any(isinstance(to, ast.Name) and to.id == name for to in node.targets):
            return _help_given(node.value, place)
    raise LookupError(f"{place} says nothing of itself")


def _help_given(value: ast.expr, place: str) -> str:
    given = value.keywords if isinstance(value, ast.Call) else []
    for keyword in given:
        if keyword.arg == "help" and isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, str):
            return keyword.value.value
    raise LookupError(f"{place} is given no help that stands in its source")
