"""The kernel decorators and the register of questions live here; the questions themselves stand in
`fluidics.questions`.

One place decides how numba compiles: no fast-math and no reference counting (same bits everywhere, and a third of the
time), division without exceptions, no global interpreter lock. With ``NUMBA_DISABLE_JIT=1`` everything runs as plain
Python and gives the same bits.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Generic, ParamSpec, TypeVar, get_type_hints

import numba
import numpy as np
from numba.extending import overload, register_jitable

P = ParamSpec("P")
R = TypeVar("R")

_ROOT = Path(__file__).resolve().parent.parent
_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}
_IMPORT = re.compile(r"^\s*(?:from|import)\s+(reliability[\w.]*)(?:\s+import\s+([\w, ]+))?", re.MULTILINE)

_outside: list[Path] = []
_cached: list[tuple[Any, Path]] = []


def _imported(source: str) -> list[Path]:
    """Return the files of this project's upper kernel floor that a source text imports."""
    found = []
    for module, names in _IMPORT.findall(source):
        base = _ROOT.joinpath(*module.split("."))
        found += [base.with_suffix(".py"), base / "__init__.py"]
        found += [base / f"{name.strip()}.py" for name in names.split(",")]
    return [path for path in found if path.exists()]


def _sources(path: Path) -> list[Path]:
    """Return every file whose text can change a kernel of `path`: all of fluidics, and what `path` imports."""
    reached = {path}
    queue = [path]
    while queue:
        for other in _imported(queue.pop().read_text(encoding="utf-8")):
            if other not in reached:
                reached.add(other)
                queue.append(other)
    return sorted(reached | set((_ROOT / "fluidics").rglob("*.py")) | set(_outside))


def cache_folder(path: Path) -> Path:
    """Return the folder of compiled kernels for a source file, named by the content of all it depends on.

    numba looks only at the file of a kernel when it decides whether its cache is fresh; a change in a called function
    elsewhere would be served stale. A folder named by content cannot be.
    """
    text = hashlib.sha256()
    for source in _sources(path):
        text.update(source.read_bytes())
    home = os.environ.get("NUMBA_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "pumpsim" / f"{numba.__version__}-{text.hexdigest()[:16]}"


@contextmanager
def _caching_in(folder: Path) -> Any:
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(folder)
    try:
        yield
    finally:
        numba.config.CACHE_DIR = before


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Return the function compiled on its own and kept on disk between processes."""
    path = Path(function.__code__.co_filename).resolve()
    with _caching_in(cache_folder(path)):
        compiled = numba.njit(cache=True, **_OPTIONS)(function)
    _cached.append((compiled, path))
    return compiled


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """Return the function compiled into each kernel that calls it, and left as it is for plain Python."""
    return register_jitable(forceinline=True, **_OPTIONS)(function)


def linked(function: Callable[P, R]) -> Callable[P, R]:
    """Return the function compiled together with each kernel that calls it, inlined or not as the compiler judges.

    A kernel that calls another kernel gets it from disk when it is there, and cannot look inside; a kernel that is
    compiled after a study of its callee is then up to a third slower than one that is compiled in one go.
    """
    return register_jitable(**_OPTIONS)(function)


def plain(compiled: Callable[P, R]) -> Callable[P, R]:
    """Return the function that a kernel was compiled from: the same bits, and no compilation before the first."""
    return getattr(compiled, "py_func", compiled)


def entry(compiled: Callable[P, R], *examples: Any) -> Callable[P, R]:
    """Return the code of a kernel for arguments of the kinds of these, which does not look at what it is called with.

    numba looks at the kind of every number in nested tuples, which takes longer than many a kernel runs. What the code
    is given must be of the same kinds, but that a whole number may stand for a float.
    """
    compilation = getattr(compiled, "compile", None)
    return compilation(tuple(map(numba.typeof, examples))) if compilation else compiled


def closed(part: Any) -> bool:
    """Return whether all numbers of a part are floats, and parts within it of the one kind that it names.

    Then every part of its type looks the same to a kernel.
    """
    hints = get_type_hints(type(part)).values()
    return all(
        type(value) is hint and (hint is float or closed(value)) for value, hint in zip(part, hints, strict=True)
    )


def _recache(path: Path) -> None:
    """Point the cache of every kernel at a folder that also knows the file of an outside mechanism."""
    if path in _outside or _ROOT in path.parents or not path.exists():
        return
    _outside.append(path)
    for compiled, home in _cached:
        if hasattr(compiled, "enable_caching"):
            with _caching_in(cache_folder(home)):
                compiled.enable_caching()


class Question(Generic[P, R]):
    """A question that each part type answers in its own way, chosen by the type of the first argument.

    Compiled code chooses while it is compiled, so that the choice costs nothing at run time; plain Python chooses at
    each call from the same register. Arguments go by position.
    """

    def __init__(self, asked: Callable[P, R], default: bool) -> None:
        self.__name__ = asked.__name__
        self.__doc__ = asked.__doc__
        self.asked = asked
        self.default = asked if default else None
        self.arity = asked.__code__.co_argcount
        self.answers: dict[type, Callable[..., R]] = {}
        overload(self, strict=False, jit_options={"_nrt": False})(self._choose)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        return self.answer_of(type(args[0]))(*args, **kwargs)

    def _choose(self, part: Any, *rest: Any) -> Callable[..., R]:
        return self.answer_of(getattr(part, "instance_class", type(part)))

    def answer_of(self, kind: type) -> Callable[..., R]:
        """Return the answer registered for a part type, else the default.

        Raises
        ------
        TypeError
            When the type has no answer and the question no default.
        """
        found = self.answers.get(kind, self.default)
        if found is None:
            known = ", ".join(sorted(k.__name__ for k in self.answers)) or "nobody"
            raise TypeError(f"{kind.__name__} has no answer to '{self.__name__}'; it is answered by: {known}")
        return found

    def answer(self, function: Callable[..., R]) -> Callable[..., R]:
        """Register a function as the answer of the type that annotates its first parameter."""
        count = function.__code__.co_argcount
        if count != self.arity:
            wanted = ", ".join(self.asked.__code__.co_varnames[: self.arity])
            raise TypeError(f"{function.__name__} takes {count} arguments; '{self.__name__}' is asked with ({wanted})")
        first = function.__code__.co_varnames[0]
        self.answers[get_type_hints(function)[first]] = function
        _recache(Path(function.__code__.co_filename).resolve())
        return function

    def otherwise(self, function: Callable[..., R]) -> Callable[..., R]:
        """Register a function as the answer of every part type that does not answer itself."""
        self.default = function
        return function


def question(asked: Callable[P, R]) -> Question[P, R]:
    """Return a question that every part type must answer."""
    return Question(asked, default=False)


def question_with_default(asked: Callable[P, R]) -> Question[P, R]:
    """Return a question whose own body answers for every part type that does not answer itself."""
    return Question(asked, default=True)


def constant(value: int) -> int:
    """Return an integer that kernels see as a plain int64.

    A literal in the source is a type of its own to numba, and each one that is passed to a function compiles that
    function again.
    """
    return np.int64(value)  # type: ignore[return-value]
