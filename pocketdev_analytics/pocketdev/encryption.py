"""Laravel's encrypter: reads and writes what `Crypt::encryptString` does.

A payload is the base64 of a JSON object of base64 texts, `{iv, value, mac, tag}`:

- AES-256-CBC: an IV of 16 bytes, PKCS7 padding, `mac` the hex HMAC-SHA256 over the
  texts of `iv` and `value` with the same key, `tag` empty.
- AES-256-GCM: an IV of 12 bytes, a `tag` of 16 bytes, `mac` empty.

Source: the Encrypter of Laravel 12 (illuminate/encryption). This one differs in one thing:
what Laravel ignores (a `mac` next to GCM, stray bits or characters in base64) is refused here, so
that no field of a payload can be changed unnoticed. White space around and within the outer
base64 is accepted as PHP accepts it: it changes no field.

An error is raised where neither a key nor a text is in a local variable, and never
while another is handled: no traceback, however detailed, can show a secret.
"""

from __future__ import annotations

import base64
import hmac
import os
from collections.abc import Sequence
from typing import Final, Literal, cast

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.padding import PKCS7

from pocketdev_analytics.exceptions import EncryptionError

__all__ = ["CIPHERS", "Encrypter", "is_payload"]

CIPHERS: Final = ("AES-256-CBC", "AES-256-GCM")

_REFUSED: Final = (
    "cannot encrypt or decrypt the text; check that APP_KEY, APP_PREVIOUS_KEYS and APP_CIPHER "
    "(with or without PD_) are those it was written with"
)
_BAD_KEY: Final = (
    "invalid application key; expected 'base64:' and the base64 of 32 bytes, "
    "as `php artisan key:generate` writes it, or 32 bytes as they are"
)
_KEY_BYTES: Final = 32
_CBC_IV_BYTES: Final = 16
_GCM_IV_BYTES: Final = 12
_GCM_TAG_BYTES: Final = 16
_BLOCK_BITS: Final = 128
_BASE64_PREFIX: Final = "base64:"


class _Payload(msgspec.Struct):
    """The fields in the order Laravel writes them; old versions wrote no tag."""

    iv: str
    value: str
    mac: str
    tag: str | None = ""


class _Key:
    """The bytes of a key and the operations with them; they are never shown."""

    __slots__ = ("_secret",)

    def __init__(self, text: str) -> None:
        self._secret = _key_bytes(text)

    def __repr__(self) -> str:
        return "<key>"

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError("a key cannot be copied or pickled")

    @property
    def is_usable(self) -> bool:
        return len(self._secret) == _KEY_BYTES

    def seal_cbc(self, plain: bytes) -> _Payload:
        iv = os.urandom(_CBC_IV_BYTES)
        padder = PKCS7(_BLOCK_BITS).padder()
        encryptor = Cipher(algorithms.AES(self._secret), modes.CBC(iv)).encryptor()
        sealed = encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()
        payload = _Payload(_to_base64(iv), _to_base64(sealed), mac="")
        payload.mac = self._mac(payload)
        return payload

    def seal_gcm(self, plain: bytes) -> _Payload:
        iv = os.urandom(_GCM_IV_BYTES)
        sealed = AESGCM(self._secret).encrypt(iv, plain, None)
        value, tag = sealed[:-_GCM_TAG_BYTES], sealed[-_GCM_TAG_BYTES:]
        return _Payload(_to_base64(iv), _to_base64(value), mac="", tag=_to_base64(tag))

    def open_cbc(self, payload: _Payload) -> bytes | None:
        """Return the plain bytes, or None if another key sealed them."""
        if payload.tag or not hmac.compare_digest(
            self._mac(payload).encode(), payload.mac.encode()
        ):
            return None
        iv = _from_base64(payload.iv, length=_CBC_IV_BYTES)
        decryptor = Cipher(algorithms.AES(self._secret), modes.CBC(iv)).decryptor()
        padded = decryptor.update(_from_base64(payload.value)) + decryptor.finalize()
        unpadder = PKCS7(_BLOCK_BITS).unpadder()
        return unpadder.update(padded) + unpadder.finalize()

    def open_gcm(self, payload: _Payload) -> bytes | None:
        """Return the plain bytes, or None if another key sealed them."""
        if payload.mac:
            return None
        iv = _from_base64(payload.iv, length=_GCM_IV_BYTES)
        tag = _from_base64(payload.tag or "", length=_GCM_TAG_BYTES)
        try:
            return AESGCM(self._secret).decrypt(iv, _from_base64(payload.value) + tag, None)
        except InvalidTag:
            return None

    def _mac(self, payload: _Payload) -> str:
        return hmac.digest(self._secret, (payload.iv + payload.value).encode(), "sha256").hex()


def is_payload(text: str) -> bool:
    """Return whether `text` has the form of a payload, with any key."""
    try:
        _decoded(text)
    except (ValueError, RecursionError):
        return False
    return True


def _decoded(text: str) -> _Payload:
    """The fields of a payload.

    Raises:
        ValueError: not the base64 of a JSON object with these fields.
    """
    return msgspec.json.decode(_from_base64("".join(text.split())), type=_Payload)


class Encrypter:
    """Encrypts with the current key, decrypts with the first key that fits.

    Args:
        app_key: `base64:…` or 32 bytes as they are, as in APP_KEY.
        cipher: one of `CIPHERS`, as in APP_CIPHER; case does not matter.
        previous_keys: keys that are only read with, as in APP_PREVIOUS_KEYS.

    Raises:
        EncryptionError: the cipher is unknown, or a key is not of 32 bytes.
    """

    __slots__ = ("_cipher", "_keys")

    def __init__(
        self, app_key: str, *, cipher: str = "AES-256-CBC", previous_keys: Sequence[str] = ()
    ) -> None:
        self._keys = tuple(_Key(text) for text in (app_key, *previous_keys))
        del app_key, previous_keys  # before anything can fail
        self._cipher = _cipher_name(cipher)
        if not all(key.is_usable for key in self._keys):
            raise EncryptionError(_BAD_KEY)

    def __repr__(self) -> str:
        return f"<Encrypter with {len(self._keys)} keys>"

    def encrypt(self, text: str) -> str:
        """Return the payload of `text`, as Laravel's `encryptString` writes it; each one differs.

        Raises:
            EncryptionError: `text` holds half a surrogate pair.
        """
        payload = self._seal(text)
        del text
        if payload is None:
            raise EncryptionError(_REFUSED)
        return payload

    def decrypt(self, payload: str) -> str:
        """Return the text in `payload`, as Laravel's `decryptString` does.

        Raises:
            EncryptionError: not a payload, changed, sealed with another key, or not UTF-8; always
                with the same message.
        """
        text = self._open(payload)
        if text is None:
            raise EncryptionError(_REFUSED)
        return text

    def _seal(self, text: str) -> str | None:
        key = self._keys[0]
        try:
            plain = text.encode()
        except UnicodeEncodeError:
            return None
        sealed = key.seal_cbc(plain) if self._cipher == "AES-256-CBC" else key.seal_gcm(plain)
        return _to_base64(msgspec.json.encode(sealed))

    def _open(self, text: str) -> str | None:
        try:
            payload = _decoded(text)
            for key in self._keys:
                plain = self._open_with(key, payload)
                if plain is not None:
                    return plain.decode()
        except (ValueError, RecursionError):  # of base64, JSON, padding and UTF-8 alike
            return None
        return None

    def _open_with(self, key: _Key, payload: _Payload) -> bytes | None:
        return key.open_cbc(payload) if self._cipher == "AES-256-CBC" else key.open_gcm(payload)


def _cipher_name(name: str) -> Literal["AES-256-CBC", "AES-256-GCM"]:
    if name.upper() not in CIPHERS:
        raise EncryptionError(
            f"unsupported cipher {name!r}; set APP_CIPHER to {' or '.join(CIPHERS)}"
        )
    return cast("Literal['AES-256-CBC', 'AES-256-GCM']", name.upper())


def _key_bytes(text: str) -> bytes:
    """Return the key's bytes; empty if `text` cannot be decoded."""
    try:
        if not text.startswith(_BASE64_PREFIX):
            return text.encode()
        encoded = text.removeprefix(_BASE64_PREFIX)
        # PHP does not need the padding, and people lose it when they copy a key.
        return base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except ValueError:
        return b""


def _to_base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _from_base64(text: str, *, length: int | None = None) -> bytes:
    """Return the bytes of canonical base64, `length` of them.

    Raises:
        ValueError: not base64, not its canonical spelling, or of another length.
    """
    data = base64.b64decode(text, validate=True)
    if _to_base64(data) != text or (length is not None and len(data) != length):
        raise ValueError("not base64 of the expected length")
    return data
