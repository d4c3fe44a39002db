"""CRC-32 of everything that was read of a file, combined from the checksums of its parts.

No other checksum is as fast (ISA-L's takes as long as reading memory), and that of two parts
follows from theirs: parts are read in any process, and an append reads only what is new. It
detects changes, not attempts to hide them.
"""

from __future__ import annotations

from typing import Final

from isal.isal_zlib import crc32

from pocketdev_analytics.files.regular import open_regular

__all__ = ["joined_crc32", "prefix_crc32"]

_POLYNOMIAL: Final = 0xEDB88320
_ONE: Final = 1 << 31
_ONE_BYTE: Final = 1 << 23  # x^8
_BLOCK_BYTES: Final = 2**20


def joined_crc32(first: int, second: int, second_bytes: int) -> int:
    """Return the CRC-32 of two consecutive parts from theirs.

    As zlib's `crc32_combine`: the first is multiplied by x^8 for each byte of the second.
    """
    if not first:  # nothing was read before, as for most files
        return second
    power, factor = _ONE, _ONE_BYTE
    while second_bytes:
        if second_bytes & 1:
            power = _product(power, factor)
        factor = _product(factor, factor)
        second_bytes >>= 1
    return _product(power, first) ^ second


def prefix_crc32(path: str, length: int) -> int:
    """Return the CRC-32 of a file's first `length` bytes.

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
    """Return the product of two polynomials modulo that of CRC-32, in its reversed bit order."""
    product, bit = 0, _ONE
    while bit:
        if first & bit:
            product ^= second
        second = second >> 1 ^ (_POLYNOMIAL if second & 1 else 0)
        bit >>= 1
    return product
