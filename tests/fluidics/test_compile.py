"""The compiler's one room: caches that cannot go stale, a register that explains itself, kernels without reference
counts whose answers do not depend on that."""

from __future__ import annotations

import shutil
from typing import NamedTuple

import pytest

from fluidics.compile import cache_folder, closed, entry, kernel, plain, question, question_with_default
from fluidics.sites.blockage import Blocked
from tests.fluidics.parts import INSULIN_PUMP, OUTSIDE, ROOT, fingerprint, run

LEAF = "2.414e-5"  # a number in fluidics/fluid.py

PROBE = """
from fluidics.compile import kernel
from fluidics.fluid import water_viscosity

@kernel
def asked(kelvin):
    return water_viscosity(kelvin)

if __name__ == "__main__":
    print(asked(310.15), sum(asked.stats.cache_hits.values()))
"""

ASK_OUTSIDE = """
from tests.fluidics.parts import HEPATIC_PUMP, QUIET, WATER
from fluidics.engines.operating import bracketed_root
from fluidics.pump import new_pump
from screw import Screw
pump = HEPATIC_PUMP._replace(drive=Screw(1e5))
point = bracketed_root(pump.drive, QUIET.drive, 1e-9, 0.0, WATER, pump, new_pump(pump))
print(repr(point.flow), sum(bracketed_root.stats.cache_hits.values()))
"""


@pytest.fixture
def copy(tmp_path):
    """Return a folder with a copy of the physics floor and a kernel that calls one of its leaves."""
    shutil.copytree(ROOT / "fluidics", tmp_path / "fluidics", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "probe.py").write_text(PROBE)
    return tmp_path


def probed(folder):
    value, hits = run("import runpy; runpy.run_module('probe', run_name='__main__')", folder, **cache(folder)).split()
    return float(value), int(hits)


def cache(folder):
    return {"NUMBA_CACHE_DIR": str(folder / "cache"), "PYTHONDONTWRITEBYTECODE": "1", "NUMBA_DISABLE_JIT": "0"}


def test_a_changed_leaf_in_another_file_moves_the_answer_and_restoring_it_finds_the_old_cache(copy):
    leaf = copy / "fluidics" / "fluid.py"
    original = leaf.read_text()
    value, hits = probed(copy)
    assert hits == 0
    assert probed(copy) == (value, 1)
    leaf.write_text(original.replace(LEAF, "4.828e-5"))
    assert probed(copy) == (2.0 * value, 0)
    leaf.write_text(original)
    assert probed(copy) == (value, 1)


def test_an_outside_mechanism_is_cached_by_the_content_of_its_file(tmp_path):
    file = tmp_path / "screw.py"
    file.write_text(OUTSIDE)
    outside = cache(tmp_path) | {"PYTHONPATH": f"{ROOT}:{tmp_path}"}
    first, cold = run(ASK_OUTSIDE, **outside).split()
    # what the line takes: rate (1 - p / limit) against an artery of 12 kPa and an open catheter
    assert 0.85e-9 < float(first) < 0.88e-9
    assert cold == "0"
    assert run(ASK_OUTSIDE, **outside).split() == [first, "1"]
    file.write_text(OUTSIDE.replace("return rate * (1.0", "return 0.5 * rate * (1.0"))
    second, fresh = run(ASK_OUTSIDE, **outside).split()
    assert float(second) == pytest.approx(0.5 * float(first), rel=1e-3)
    assert fresh == "0"


def test_kernels_work_and_give_the_same_bits_with_reference_counts():
    counted = """
import fluidics.compile as compile
import numba.extending
del compile._OPTIONS["_nrt"]
plain = numba.extending.overload
def overload(*args, jit_options, **options):
    return plain(*args, jit_options={k: v for k, v in jit_options.items() if k != "_nrt"}, **options)
compile.overload = numba.extending.overload = overload
compile._sources = lambda path, found=compile._sources: found(path) + [path]  # a cache of its own
from tests.fluidics.parts import fingerprint
print(fingerprint())
"""
    assert run(counted).strip() == fingerprint()


def test_the_cache_folder_is_named_by_content(copy):
    inside = ROOT / "fluidics" / "elementary.py"
    assert cache_folder(inside) == cache_folder(inside)
    # both lie in what both depend on
    assert cache_folder(inside) == cache_folder(ROOT / "fluidics" / "reservoirs" / "reservoir.py")
    assert cache_folder(inside) != cache_folder(copy / "probe.py")


class Known(NamedTuple):
    size: float


class Unknown(NamedTuple):
    size: float


def asked_of_both(default):
    decorate = question_with_default if default else question

    @decorate
    def volume(part, scale):
        """Return a volume."""
        return -1.0

    return volume


def test_a_part_without_answer_is_told_who_has_one():
    volume = asked_of_both(default=False)

    @volume.answer
    def known_volume(part: Known, scale: float) -> float:
        return part.size * scale

    assert volume(Known(2.0), 3.0) == 6.0
    with pytest.raises(TypeError, match=r"^Unknown has no answer to 'volume'; it is answered by: Known$"):
        volume(Unknown(2.0), 3.0)


def test_a_question_nobody_answers_says_so():
    with pytest.raises(TypeError, match="it is answered by: nobody"):
        asked_of_both(default=False)(Known(1.0), 1.0)


def test_a_default_answers_for_the_rest():
    volume = asked_of_both(default=True)
    assert volume(Unknown(2.0), 3.0) == -1.0

    @volume.otherwise
    def any_volume(part, scale):
        return scale

    assert volume(Unknown(2.0), 3.0) == 3.0


def test_an_answer_with_a_wrong_number_of_arguments_is_refused_in_one_sentence():
    volume = asked_of_both(default=False)

    def too_many(part: Known, scale: float, more: float) -> float:
        return 0.0

    with pytest.raises(TypeError, match=r"^too_many takes 3 arguments; 'volume' is asked with \(part, scale\)$"):
        volume.answer(too_many)


# --- the code behind a kernel --------------------------------------------------------------------------------------


class Edge(NamedTuple):
    """A number in a part in a part."""

    length: float


class Square(NamedTuple):
    """A part whose part is always of one kind."""

    edge: Edge


@kernel
def area(square: Square, times: float) -> float:
    return square.edge.length * square.edge.length * times


def test_code_for_some_arguments_gives_what_its_kernel_gives_for_others_of_their_kinds():
    code = entry(area, Square(Edge(1.0)), 1.0)
    assert code(Square(Edge(3.0)), 2.0) == area(Square(Edge(3.0)), 2.0) == 18.0
    assert code(Square(Edge(3)), 2) == 18.0
    assert entry(plain(area), Square(Edge(1.0)), 1.0)(Square(Edge(3.0)), 2.0) == 18.0


def test_only_parts_that_always_look_the_same_to_a_kernel_are_closed():
    assert closed(Square(Edge(1.0)))
    assert not closed(Square(Edge(1)))
    assert not closed(Square((1.0,)))
    assert all(map(closed, INSULIN_PUMP))
    assert not closed(Blocked(INSULIN_PUMP.site, 1e14))
