"""Which code makes the rows of a read model, as a number: rows that other code made must not be mixed with them."""

import ast
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

Named = tuple[str, str]
"""A module, and a name that it defines at its top."""

OURS = ("domain", "projections")


def fingerprint(*roots: Any) -> str:
    """SHA-256 (hex) over functions or classes and, of our own code, all that they name, all that those name, and so on. Comments and docstrings do not count."""
    found: dict[Named, str] = {}
    for root in roots:
        _collect((root.__module__, root.__qualname__), found)
    lines = (f"{module}:{name}\n{code}\n" for (module, name), code in sorted(found.items()))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


@dataclass(frozen=True)
class _Module:
    """What a module defines at its top, and what it takes from elsewhere; the name there is empty for a module as a whole."""

    definitions: dict[str, ast.stmt]
    imports: dict[str, Named]


def _collect(named: Named, found: dict[Named, str]) -> None:
    if named in found:
        return
    code, others = _read(named)
    if code is not None:
        found[named] = code
    for other in others:
        _collect(other, found)


@cache
def _read(named: Named) -> tuple[str | None, tuple[Named, ...]]:
    """The code behind a name and what it names; for a name that is taken from elsewhere only where it is from."""
    module = _module(named[0])
    if node := module.definitions.get(named[1]):
        code = ast.unparse(_WithoutDocstrings().visit(node))
        return code, tuple(dict.fromkeys(_named_in(node, named[0], module)))
    origin = module.imports.get(named[1])
    return None, (origin,) if origin and origin[1] else ()


def _named_in(node: ast.stmt, module_name: str, module: _Module) -> Iterator[Named]:
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            yield module_name, part.id
        elif isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name):
            origin = module.imports.get(part.value.id)
            if origin and not origin[1]:
                yield origin[0], part.attr


@cache
def _module(name: str) -> _Module:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"no source of {name}", name=name)
    definitions: dict[str, ast.stmt] = {}
    imports: dict[str, Named] = {}
    for statement in ast.parse(Path(spec.origin).read_text(encoding="utf-8")).body:
        match statement:
            case ast.FunctionDef(name=defined) | ast.ClassDef(name=defined):
                definitions[defined] = statement
            case ast.AnnAssign(target=ast.Name(id=defined)):
                definitions[defined] = statement
            case ast.Assign(targets=targets):
                definitions.update({target.id: statement for target in targets if isinstance(target, ast.Name)})
            case ast.ImportFrom(module=str(source), names=names, level=0) if _is_ours(source, name):
                imports.update({each.asname or each.name: _origin(source, each.name) for each in names})
    return _Module(definitions, imports)


def _is_ours(source: str, importer: str) -> bool:
    return source.partition(".")[0] in (*OURS, importer.partition(".")[0])


def _origin(source: str, name: str) -> Named:
    """`from domain import plan` takes a whole module, `from domain.plan import AgreePlan` a name of it."""
    package = find_spec(source)
    is_module = package is not None and package.submodule_search_locations and find_spec(f"{source}.{name}")
    return (f"{source}.{name}", "") if is_module else (source, name)


class _WithoutDocstrings(ast.NodeTransformer):
    def visit_Expr(self, node: ast.Expr) -> ast.Expr | None:
        return None if isinstance(node.value, ast.Constant) else node
