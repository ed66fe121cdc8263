"""The house guards itself: floors, rooms, registers, docstrings, sizes and the files beside the code."""

from __future__ import annotations

import ast
import importlib
import re
import shutil
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from fluidics.compile import Question

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ("fluidics", "reliability", "scenarios")
MODULES = sorted(path for floor in FLOORS for path in (ROOT / floor).rglob("*.py"))
CODE = MODULES + sorted(path for folder in ("tests", "benchmarks") for path in (ROOT / folder).rglob("*.py"))
GUARDED_HERE = {ROOT / "fluidics" / "questions.py"}  # by the matrix of parts and questions below
MIRRORED = [
    path
    for path in MODULES
    if path.name != "__init__.py" and ROOT / "scenarios" not in path.parents and path not in GUARDED_HERE
]
TEXT = {".py", ".md", ".toml", ".cff", ".lock", ".json", ".bib", ".html", ".css", ".js", ".txt", ""}
NOT_OURS = {".git", ".venv", "studies", "build", "__pycache__"}

# What a floor may import when it is imported; everything else inside the function that needs it
AT_IMPORT = {
    "fluidics": {"numpy", "numba"},
    "reliability": {"numpy", "numba", "dask", "distributed", "h5py", "fluidics"},
    "scenarios": {"numpy", "numba", "pydantic", "typer", "jinja2", "fluidics", "reliability"},
}
COMPILERS = {"njit", "jit", "vectorize", "guvectorize", "generated_jit", "jitclass", "cfunc", "stencil", "prange"}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imported(nodes: Iterator[ast.AST] | list[ast.stmt], here: str) -> set[str]:
    """Return the dotted names that import statements among the nodes ask for."""
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            base = f"{here}.{module}".rstrip(".") if node.level else module
            found |= {base} | {f"{base}.{alias.name}" for alias in node.names}
    return found


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def project_texts() -> Iterator[Path]:
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        hidden = any(part.startswith(".") for part in parts[:1]) and parts[0] not in {".ci", ".gitignore"}
        if path.is_file() and path.suffix in TEXT and not hidden and not NOT_OURS.intersection(parts):
            yield path


# --- sizes and words ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", CODE, ids=name)
def test_module_opens_with_one_sentence(path):
    assert ast.get_docstring(tree(path)), f"{name(path)} needs a docstring: what lives here, what lives elsewhere"


@pytest.mark.parametrize("path", CODE, ids=name)
def test_file_has_at_most_400_lines(path):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= 400, f"{name(path)} has {lines} lines; split it at a subject, 400 at most"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_function_has_at_most_60_lines_of_code(path):
    for node in functions(path):
        first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
        lines = (node.end_lineno or 0) - first.lineno + 1
        assert lines <= 60, f"{name(path)}: {node.name} has {lines} lines of code; 60 at most"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_public_function_says_what_it_returns(path):
    """The answer to a question needs no docstring: the question has it."""
    scopes = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Module | ast.ClassDef)]
    for node in (node for scope in scopes for node in scope.body if isinstance(node, ast.FunctionDef)):
        decorators = {d.attr if isinstance(d, ast.Attribute) else getattr(d, "id", "") for d in node.decorator_list}
        if not node.name.startswith("_") and not decorators & {"answer", "otherwise", "overload"}:
            assert ast.get_docstring(node), f"{name(path)}: {node.name} needs a docstring that says what it returns"


def test_no_machine_path_and_no_package_registry_is_named():
    place = re.compile(r"(?i)(?<![\w.~}])/(?:work|tmp|home|root|opt|users)/|pyp[i]\.org|pythonho[s]ted|extra-inde[x]")
    for path in project_texts():
        found = place.search(path.read_text(encoding="utf-8"))
        assert not found, f"{name(path)} names the place {found.group() if found else ''!r} of one machine"


# --- floors and rooms (import-linter holds the floors too; these say which file and why) -------------------------


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_floor_imports_only_what_it_may(path):
    floor = name(path).split("/", 1)[0]
    known = AT_IMPORT[floor] | {floor} | set(sys.stdlib_module_names)
    strange = {top for full in imported(tree(path).body, floor) if (top := full.split(".")[0]) not in known}
    assert not strange, f"{name(path)} imports {', '.join(sorted(strange))} at its top; {floor} may not, or only late"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_one_room_owns_each_tool(path):
    modules = imported(ast.walk(tree(path)), name(path).split("/", 1)[0])
    attributes = {n.attr for n in ast.walk(tree(path)) if isinstance(n, ast.Attribute)}
    used = modules | {full.rsplit(".", 1)[-1] for full in modules} | attributes
    rooms = {
        ("reliability/store.py", "reliability/recording.py"): {"h5py"},
        ("reliability/streams.py",): {"random", "secrets", "urandom", "uuid"},
        ("fluidics/compile.py",): COMPILERS,
    }
    for room, tools in rooms.items():
        astray = sorted(tools & used)
        there = " or ".join(room)
        assert not astray or name(path) in room, f"{name(path)} uses {', '.join(astray)}; that lives in {there}"


def dotted(path: Path) -> str:
    return name(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def at_import(nodes: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements that a module runs when it is imported, or that a type checker reads as such."""
    for node in nodes:
        yield node
        for inner in ("body", "orelse", "handlers", "finalbody"):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield from at_import(getattr(node, inner, []))


@pytest.mark.parametrize("floor", FLOORS)
def test_no_floor_imports_in_a_circle(floor):
    """What two modules share stands below both; an import for types alone counts too, one through the door does not."""
    below = {dotted(path): path for path in MODULES if name(path).startswith(floor)}
    asks = {
        module: imported(list(at_import(tree(path).body)), floor) & below.keys() - {module, module.rpartition(".")[0]}
        for module, path in below.items()
    }
    while free := {module for module, asked in asks.items() if not asked}:
        asks = {module: asked - free for module, asked in asks.items() if module not in free}
    while loose := asks.keys() - {other for asked in asks.values() for other in asked}:
        asks = {module: asked for module, asked in asks.items() if module not in loose}
    assert not asks, f"{', '.join(sorted(asks))} import each other in a circle; move down what they share"


def test_reliability_is_this_one():
    """A package of the same name exists elsewhere; the one imported must be the folder beside this test."""
    found = Path(importlib.import_module("reliability").__file__ or "").resolve()
    assert found == ROOT / "reliability" / "__init__.py", f"another package owns the name: {found}"


# --- registers and mirrors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", MIRRORED, ids=name)
def test_module_has_its_mirror(path):
    floor = name(path).split("/", 1)[0]
    mirror = f"test_{path.name}"
    found = list((ROOT / "tests" / floor).rglob(mirror))
    assert found, f"{name(path)} has no test: write tests/{floor}/{mirror}"


@pytest.mark.parametrize("folder", ["fluidics/drives", "reliability/modes"])
def test_mechanism_is_registered(folder):
    door = ROOT / folder / "__init__.py"
    listed = imported(tree(door).body, folder.replace("/", "."))
    for path in sorted((ROOT / folder).glob("[!_]*.py")):
        dotted = f"{folder.replace('/', '.')}.{path.stem}"
        assert dotted in listed, f"{name(path)} is not registered: import it in {folder}/__init__.py"


def test_every_part_answers_every_question_of_its_place():
    """Who answers one question put to a drive is a drive, and owes all answers that have no default."""
    for path in MODULES:
        if name(path).startswith(("fluidics/", "reliability/modes/")):
            importlib.import_module(name(path).removesuffix(".py").replace("/", ".").removesuffix(".__init__"))
    questions = [q for q in vars(importlib.import_module("fluidics.questions")).values() if isinstance(q, Question)]
    places: dict[str, list[Question]] = defaultdict(list)
    for question in questions:
        places[question.asked.__code__.co_varnames[0]].append(question)
    owed_by_all = [q for q in places.pop("part") if q.__name__ in {"fresh", "advance"}]
    for place, asked in places.items():
        kinds = {kind for question in asked for kind in question.answers}
        owed = [q for q in asked if q.default is None] + ([] if place in {"mode", "regimen"} else owed_by_all)
        missing = [f"{kind.__name__}: {q.__name__}" for kind in kinds for q in owed if kind not in q.answers]
        assert not missing, f"questions put to a {place} that have no answer: {', '.join(sorted(missing))}"


# --- the files beside the code -----------------------------------------------------------------------------------


def test_lock_carries_hashes_and_no_address():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    assert not re.search(r"^-", lock, re.MULTILINE), "an option line in requirements.lock"
    blocks = re.split(r"^(?=\S)", lock, flags=re.MULTILINE)[1:]
    assert len(blocks) > 30
    for block in blocks:
        assert "--hash=sha256:" in block, f"requirements.lock has no hash for {block.split()[0]}"


def test_lock_holds_every_direct_dependency():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    locked = set(re.findall(r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE))
    for requirement in wanted:
        package = re.split(r"[\[<>=~! ;]", requirement, maxsplit=1)[0].lower()
        assert package in locked, f"{package} is in pyproject.toml and not in requirements.lock: make lock"


def test_a_tolerance_is_relative_unless_a_test_says_otherwise():
    leak = 1e-17  # m3/s
    assert 1.1 * leak != pytest.approx(leak, rel=0.05)
    assert [1.1 * leak] != pytest.approx([leak], rel=0.05)
    assert np.array([1.1 * leak]) != pytest.approx(np.array([leak]), rel=0.05)
    assert leak != pytest.approx(0.0)
    assert 1.01 * leak == pytest.approx(leak, rel=0.05)


def test_version_is_the_same_everywhere():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_readme_commands_are_make_targets():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for page in ("README.md", "CONTRIBUTING.md", ".ci/run"):
        named = re.findall(r"^(?:[$ ]*|.*`)make ([a-z-]+)", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
        assert named, f"{page} names no make target"
        assert set(named) <= targets, f"{page} names {sorted(set(named) - targets)}, which make does not know"


def test_decision_records_are_listed():
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    for record in folder.glob("[0-9]*.md"):
        assert record.name in index, f"docs/decisions/README.md does not list {record.name}"


# --- set-up on a machine that lacks something --------------------------------------------------------------------


def python_with(path: Path, change: str) -> Path:
    """Return a Python that runs a statement before each command given to it."""
    path.write_text(f'#!/bin/sh\nshift\nexec {sys.executable} -c "import sys; {change}\n$1"\n', encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make here")
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (None, "There is no 'python-not-there' here: install Python 3.11 or newer"),
        ("sys.version_info = (3, 10, 2)", "pumpsim needs Python 3.11 to 3.14 and this is 3.10: name another one"),
        ("sys.version_info = (3, 15, 0)", "pumpsim needs Python 3.11 to 3.14 and this is 3.15: name another one"),
        ("sys.modules['ensurepip'] = None", "This Python has no venv module: install it first"),
    ],
    ids=["no Python", "old Python", "new Python", "no venv"],
)
def test_set_up_says_what_is_missing(tmp_path, change, sentence):
    for file in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / file, tmp_path)
    command = python_with(tmp_path / "python", change) if change else "python-not-there"
    made = subprocess.run(
        ["make", "test", f"PYTHON={command}"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert made.returncode != 0
    assert sentence in made.stderr
    assert "Traceback" not in made.stderr
    assert not (tmp_path / ".venv").exists()
