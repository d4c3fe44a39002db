"""What cubes are packed to is what they were."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from itertools import accumulate
from random import Random

import pytest

from pocketdev_analytics.dashboard.cube import Cube, Dictionary, Nested
from pocketdev_analytics.dashboard.packing import pack

EDGES = (0, 1, 15, 16, 17, 31, 32, 255, 70_000, 2**31 - 1, 2**53)


class Packed:
    """Reads what was packed as its docstring says, one bit after the other."""

    def __init__(self, packed: bytes) -> None:
        raw = gzip.decompress(packed)
        words, symbols = (int.from_bytes(raw[at : at + 4], "little") for at in (0, 4))
        self.head = json.loads(raw[8 : 8 + words])
        self.symbols = iter(raw[8 + words : 8 + words + symbols])
        rest = raw[8 + words + symbols :]
        self.bits = iter("".join(f"{byte:08b}" for byte in rest))

    def column(self, length: int, is_stepped: int, is_signed: int) -> list[int]:
        numbers = [self._number() for _ in range(length)]
        if is_signed:
            numbers = [-(n + 1) // 2 if n % 2 else n // 2 for n in numbers]
        return list(accumulate(numbers)) if is_stepped else numbers

    def _number(self) -> int:
        symbol = next(self.symbols)
        if symbol < 16:
            return symbol
        top, left = (symbol - 16) % 4, (symbol - 16) // 4 + 2
        return int(f"1{top:02b}" + "".join(next(self.bits) for _ in range(left)), 2)


def cube_of(column: list[int], **changed: object) -> Cube:
    return Cube({"day": [0] * len(column)}, {"n": column}, {}, len(column), **changed)  # type: ignore[arg-type]


def columns(packed: Packed, name: str = "cube") -> Iterator[list[int]]:
    described = packed.head["cubes"][name]
    for _, *how in described["dimensions"] + described["counts"]:
        yield packed.column(*how)


@pytest.mark.parametrize("sign", [1, -1])
def test_every_number_is_read_back(sign):
    random = Random(1)  # noqa: S311  nothing is secret here
    numbers = [sign * number for number in (*EDGES, *(random.getrandbits(40) for _ in range(99)))]
    assert [*columns(Packed(pack({"cube": cube_of(numbers)}, {})))][1] == numbers


def test_what_rises_slowly_is_written_by_its_steps():
    packed = Packed(pack({"cube": cube_of([*range(1000, 2000)])}, {}))
    assert packed.head["cubes"]["cube"]["counts"] == [["n", 1000, 1, 0]]
    assert [*columns(packed)][1] == [*range(1000, 2000)]


def test_the_last_cell_of_a_place_is_not_carried():
    parts = Cube({"place": [0, 0, 0, 1, 2, 2]}, {"n": [5, 6, 7, 8, 9, 10]}, {}, 6, left_by="whole")
    assert [*columns(Packed(pack({"cube": parts}, {})))] == [[0, 0, 0, 1, 2, 2], [5, 6, 9]]


def test_of_a_count_that_follows_from_others_the_difference_is_carried():
    followed = Cube(
        {"model": [0, 0, 1]},
        {"a": [3, 4, 5], "b": [3, 5, 1]},
        {},
        3,
        follows={"b": (("a",), [1, 0])},
    )
    assert [*columns(Packed(pack({"cube": followed}, {})))][2] == [0, 1, 1]


def test_names_told_by_model_are_written_as_such():
    nested = Nested([0, 1, 0], [[2, 0], [1]])
    told = Cube({"model": [0, 0, 1], "mix": [2, 0, 1]}, {}, {}, 3, "mix", nested=nested)
    packed = Packed(pack({"cube": told}, {}))
    assert [*columns(packed)] == [[0, 0, 1], [0, 1, 0]]
    assert packed.head["cubes"]["cube"]["nested"] == [[2, 0], [1]]


def test_the_numbers_of_names_are_columns_and_their_words_are_not():
    values, minutes = tuple(range(30)), [each + 0.1 for each in range(30)]
    words = ["</script>", *["x"] * 29]
    known = Dictionary(values, {"text": words, "minutes": minutes, "some": [None, *values[1:]]})
    packed = Packed(pack({}, {"session": known}, 7))
    found = packed.head["dictionaries"]["session"]
    assert packed.head["scale"] == 7
    assert (found["size"], found["text"], found["some"][0]) == (30, words, None)
    [[name, parts, *how]] = found["numbers"]
    assert (name, parts) == ("minutes", 10)
    assert [each / parts for each in packed.column(*how)] == minutes
