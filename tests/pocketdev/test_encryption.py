"""Laravel's encrypter: its own payloads open, changed ones do not, and nothing leaks."""

from __future__ import annotations

import base64
import copy
import json
import pickle
import string
import traceback
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pocketdev_analytics.exceptions import EncryptionError
from pocketdev_analytics.pocketdev.encryption import CIPHERS, Encrypter

VECTORS = json.loads(
    (Path(__file__).parents[1] / "fixtures" / "laravel_vectors.json").read_text(encoding="utf-8")
)["vectors"]
KEY = "base64:" + base64.b64encode(bytes(range(32))).decode()
OTHER_KEY = "base64:" + base64.b64encode(bytes(range(32, 64))).decode()
PLANTED = "sk-planted-0123456789"

ciphers = st.sampled_from(CIPHERS)
texts = st.text(alphabet=st.characters(exclude_categories=["Cs"]))
fields = st.sampled_from(["iv", "value", "mac", "tag"])
BASE64 = string.ascii_letters + string.digits + "+/"


def fields_of(payload: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.b64decode(payload))
    return found


def packed(content: object) -> str:
    return base64.b64encode(json.dumps(content).encode()).decode()


def refusal(encrypter: Encrypter, payload: str) -> str:
    with pytest.raises(EncryptionError) as refused:
        encrypter.decrypt(payload)
    return str(refused.value)


REFUSED = refusal(Encrypter(KEY), "")


@pytest.mark.parametrize("vector", VECTORS, ids=range(len(VECTORS)))
def test_a_payload_of_laravel_opens(vector: dict[str, Any]) -> None:
    previous = [key for key in vector.get("previous_keys", "").split(",") if key]
    encrypter = Encrypter(vector["app_key"], cipher=vector["cipher"], previous_keys=previous)
    text = vector["plaintext"]
    # `Crypt::encrypt` seals PHP's serialized form, which decryptString gives as it is.
    expected = f's:{len(text.encode())}:"{text}";' if vector["serialized"] else text
    assert encrypter.decrypt(vector["payload"]) == expected


def test_there_are_vectors_of_both_ciphers_and_of_previous_keys() -> None:
    assert len(VECTORS) == 14
    assert {vector["cipher"] for vector in VECTORS} == set(CIPHERS)
    assert sum("previous_keys" in vector for vector in VECTORS) == 2


@given(texts, ciphers)
def test_what_was_encrypted_is_decrypted(text: str, cipher: str) -> None:
    encrypter = Encrypter(KEY, cipher=cipher)
    assert encrypter.decrypt(encrypter.encrypt(text)) == text


@pytest.mark.parametrize(
    ("cipher", "iv_bytes", "mac_chars", "tag_bytes"),
    [("AES-256-CBC", 16, 64, 0), ("AES-256-GCM", 12, 0, 16)],
)
def test_a_payload_is_written_as_laravel_writes_it(
    cipher: str, iv_bytes: int, mac_chars: int, tag_bytes: int
) -> None:
    payload = Encrypter(KEY, cipher=cipher).encrypt("a text")
    content = fields_of(payload)
    assert list(content) == ["iv", "value", "mac", "tag"]
    assert len(base64.b64decode(content["iv"])) == iv_bytes
    assert len(content["mac"]) == mac_chars
    assert len(base64.b64decode(content["tag"])) == tag_bytes
    assert base64.b64decode(payload) == json.dumps(content, separators=(",", ":")).encode()


@pytest.mark.parametrize("cipher", CIPHERS)
def test_the_same_text_is_never_encrypted_to_the_same_payload(cipher: str) -> None:
    encrypter = Encrypter(KEY, cipher=cipher)
    assert len({encrypter.encrypt("a text") for _ in range(20)}) == 20


@given(texts, ciphers, fields, st.data())
def test_a_payload_with_a_changed_field_is_refused(
    text: str, cipher: str, name: str, data: st.DataObject
) -> None:
    encrypter = Encrypter(KEY, cipher=cipher)
    content = fields_of(encrypter.encrypt(text))
    before = content[name]
    position = data.draw(st.integers(0, max(len(before) - 1, 0)))
    character = data.draw(st.sampled_from(BASE64))
    content[name] = data.draw(
        st.sampled_from(
            [
                before[:position] + character + before[position + 1 :],
                before[:position] + character + before[position:],
                before + character,
                before + "=",
                before[:position],
                before.swapcase(),
                " " + before,
            ]
        ).filter(lambda after: after != before)
        if before
        else st.sampled_from([character, "AAAA", "=", " ", "0"])
    )
    assert refusal(encrypter, packed(content)) == REFUSED


@given(texts, ciphers, fields, st.sampled_from([1, True, [], {}, 0.5, ["AAAA"]]))
def test_a_payload_with_a_field_of_another_type_is_refused(
    text: str, cipher: str, name: str, value: object
) -> None:
    encrypter = Encrypter(KEY, cipher=cipher)
    content = fields_of(encrypter.encrypt(text)) | {name: value}
    assert refusal(encrypter, packed(content)) == REFUSED


@given(ciphers, st.sampled_from(["iv", "value", "mac"]))
def test_a_payload_without_a_field_is_refused(cipher: str, name: str) -> None:
    encrypter = Encrypter(KEY, cipher=cipher)
    content = fields_of(encrypter.encrypt("a text"))
    del content[name]
    assert refusal(encrypter, packed(content)) == REFUSED


@given(texts, ciphers, st.data())
def test_a_payload_whose_own_base64_is_changed_is_refused(
    text: str, cipher: str, data: st.DataObject
) -> None:
    encrypter = Encrypter(KEY, cipher=cipher)
    content = fields_of(encrypter.encrypt(text))
    payload = packed(content)
    position = data.draw(st.integers(0, len(payload) - 1))
    changed = payload[:position] + data.draw(st.sampled_from(" \n-_=")) + payload[position + 1 :]
    if changed != payload:
        assert refusal(encrypter, changed) == REFUSED


@given(st.text())
def test_a_text_that_is_not_a_payload_is_refused(text: str) -> None:
    assert refusal(Encrypter(KEY), text) == REFUSED


@pytest.mark.parametrize(
    "content",
    [
        *("null", "[]", "{}", '"text"', "{", "[" * 100_000, '{"a":' * 100_000),
        *('{"iv":"\\ud83d","value":"","mac":""}', "\ufeff{}"),
    ],
    ids=range(9),
)
def test_a_payload_of_other_json_is_refused(content: str) -> None:
    payload = base64.b64encode(content.encode()).decode()
    assert refusal(Encrypter(KEY), payload) == REFUSED
    assert refusal(Encrypter(KEY, cipher="AES-256-GCM"), payload) == REFUSED


def test_every_payload_of_the_other_cipher_is_refused() -> None:
    cbc, gcm = (Encrypter(KEY, cipher=cipher) for cipher in CIPHERS)
    assert refusal(cbc, gcm.encrypt("a text")) == refusal(gcm, cbc.encrypt("a text")) == REFUSED


def test_a_payload_that_holds_no_utf8_is_refused() -> None:
    encrypter = Encrypter(KEY)
    sealed = encrypter._keys[0].seal_cbc(b"\xff\xfe")
    content = {"iv": sealed.iv, "value": sealed.value, "mac": sealed.mac, "tag": ""}
    assert refusal(encrypter, packed(content)) == REFUSED


@pytest.mark.parametrize("cipher", CIPHERS)
def test_a_payload_opens_with_a_previous_key_and_is_written_with_the_current_one(
    cipher: str,
) -> None:
    old = Encrypter(OTHER_KEY, cipher=cipher)
    rotating = Encrypter(KEY, cipher=cipher, previous_keys=[OTHER_KEY])
    assert rotating.decrypt(old.encrypt("a text")) == "a text"
    assert Encrypter(KEY, cipher=cipher).decrypt(rotating.encrypt("a text")) == "a text"
    assert refusal(old, rotating.encrypt("a text")) == REFUSED


def test_a_key_of_32_bytes_needs_no_base64_and_the_cipher_may_be_in_lower_case() -> None:
    raw = Encrypter("k" * 32, cipher="aes-256-gcm")
    encoded = Encrypter(
        "base64:" + base64.b64encode(b"k" * 32).decode().rstrip("="), cipher="AES-256-GCM"
    )
    assert encoded.decrypt(raw.encrypt("a text")) == "a text"


@pytest.mark.parametrize("key", ["", "base64:", "base64:AAAA", "k" * 31, "base64:" + "é" * 44])
def test_a_key_of_another_length_is_refused_without_being_shown(key: str) -> None:
    messages = []
    for keys in ((key, []), (KEY, [key])):
        with pytest.raises(EncryptionError, match="base64 of 32 bytes") as refused:
            Encrypter(keys[0], previous_keys=keys[1])
        messages.append(str(refused.value))
    assert messages[0] == messages[1]
    assert not key or key == "base64:" or key not in messages[0]


@pytest.mark.parametrize("cipher", ["AES-128-CBC", "AES-128-GCM", "aes", ""])
def test_another_cipher_is_refused_and_the_supported_ones_are_named(cipher: str) -> None:
    with pytest.raises(EncryptionError, match="AES-256-CBC or AES-256-GCM") as refused:
        Encrypter(KEY, cipher=cipher)
    assert repr(cipher) in str(refused.value)


def detailed(failure: BaseException) -> str:
    """All that a traceback can show of this package's frames: texts, causes and locals."""
    whole = traceback.TracebackException.from_exception(failure, capture_locals=True)
    frames = [frame for frame in whole.stack if "pocketdev_analytics" in frame.filename]
    lines = [f"{frame.name} {frame.line} {frame.locals}" for frame in frames]
    assert failure.__cause__ is None
    assert failure.__context__ is None
    return f"{failure} {failure.args} {lines}"


def failures() -> list[BaseException]:
    good = Encrypter(KEY, previous_keys=[OTHER_KEY])
    content = fields_of(good.encrypt(PLANTED)) | {"mac": "0" * 64}
    found: list[BaseException] = []
    for attempt in (
        lambda: good.decrypt(packed(content)),
        lambda: good.decrypt(PLANTED),
        lambda: good.encrypt(PLANTED + "\ud83d"),
        lambda: Encrypter(KEY[:-4] + PLANTED),
        lambda: Encrypter(KEY, previous_keys=[PLANTED]),
        lambda: Encrypter(KEY, cipher="AES-128-CBC"),
    ):
        with pytest.raises(EncryptionError) as refused:
            attempt()
        found.append(refused.value)
    return found


def test_no_failure_shows_a_key_or_a_text_even_with_the_locals_of_its_frames() -> None:
    hidden = [KEY.removeprefix("base64:"), KEY[7:-4], OTHER_KEY[7:], str(bytes(range(32)))]
    for index, failure in enumerate(failures()):
        shown = detailed(failure)
        assert not [secret for secret in hidden if secret in shown], shown
        # A payload that was passed in is not a secret of ours: its caller has it.
        assert PLANTED not in shown or index == 1


def test_an_encrypter_never_shows_its_keys() -> None:
    encrypter = Encrypter(KEY, previous_keys=[OTHER_KEY])
    shown = f"{encrypter!r} {encrypter} {encrypter._keys!r}"
    assert shown == "<Encrypter with 2 keys> <Encrypter with 2 keys> (<key>, <key>)"
    with pytest.raises(TypeError, match="cannot be copied or pickled"):
        pickle.dumps(encrypter)
    with pytest.raises(TypeError, match="cannot be copied or pickled"):
        copy.deepcopy(encrypter)
