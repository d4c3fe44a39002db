"""A checksum of all that was read of a file, made of the parts as they are read.

CRC-32, since no other is as fast (ISA-L's takes as long as reading memory does) and since
the checksum of two parts follows from theirs: parts are read in any process, and an append reads
only what is new. It tells what was changed, not who would hide a change.
"""

from __future__ import annotations

from typing import Final

from isal.isal_zlib import crc32

from pocketdev_analytics.regular import open_regular

__all__ = ["joined_crc32", "prefix_crc32"]

_POLYNOMIAL: Final = 0xEDB88320
_ONE: Final = 1 << 31
_ONE_BYTE: Final = 1 << 23  # x^8
_BLOCK_BYTES: Final = 2**20


def joined_crc32(first: int, second: int, second_bytes: int) -> int:
    """The CRC-32 of two parts, one after the other, from theirs.

    That of zlib's `crc32_combine`: the first is multiplied by x^8 for each byte behind it.
    """
    if not first:  # nothing was read before: so it is for most files
        return second
    power, factor = _ONE, _ONE_BYTE
    while second_bytes:
        if second_bytes & 1:
            power = _product(power, factor)
        factor = _product(factor, factor)
        second_bytes >>= 1
    return _product(power, first) ^ second


def prefix_crc32(path: str, length: int) -> int:
    """The CRC-32 of a file's first `length` bytes.

    Raises:
        OSError: the file cannot be read.
    """
    checksum = 0
    with open_regular(path) as file:
        while length and (block := file.read(min(length, _BLOCK_BYTES))):
            checksum = crc32(block, checksum)
            length -= len(block)
    return checksum


def _product(first: int, second: int) -> int:
    """The product of two polynomials modulo that of CRC-32, bits reversed as there."""
    product, bit = 0, _ONE
    while bit:
        if first & bit:
            product ^= second
        second = second >> 1 ^ (_POLYNOMIAL if second & 1 else 0)
        bit >>= 1
    return product
