"""Illuminate's own encrypter opens what we wrote, and we what it wrote."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pocketdev_analytics.pocketdev.encryption import CIPHERS, Encrypter

ILLUMINATE = Path("/usr/share/php/Illuminate/Encryption/autoload.php")
KEY = "base64:" + base64.b64encode(bytes(range(100, 132))).decode()
TEXTS = [
    *("", "a", "sk-test-0123456789", "15 characters..", "16 characters..."),
    *("héllo, 日本語 🚀", 'quotes " \\ / and\nlines\r\n\0', "x" * 10_000),
]

# Reads {cipher, key, texts, payloads} and writes {sealed, opened}.
SCRIPT = """
require $argv[1];
$asked = json_decode(stream_get_contents(STDIN), true);
$key = base64_decode(substr($asked['key'], strlen('base64:')));
$encrypter = new Illuminate\\Encryption\\Encrypter($key, $asked['cipher']);
$open = function ($payload) use ($encrypter) {
    try {
        return $encrypter->decryptString($payload);
    } catch (Illuminate\\Contracts\\Encryption\\DecryptException $refused) {
        return null;
    }
};
echo json_encode([
    'sealed' => array_map([$encrypter, 'encryptString'], $asked['texts']),
    'opened' => array_map($open, $asked['payloads']),
]);
"""


@pytest.fixture(scope="module")
def php() -> str:
    found = shutil.which("php")
    if not found or not ILLUMINATE.is_file():
        pytest.skip(
            "needs PHP and Illuminate (Debian: apt-get install php-cli php-illuminate-encryption)"
        )
    return found


def illuminate(php: str, **asked: object) -> dict[str, Any]:
    done = subprocess.run(
        [php, "-d", "display_errors=stderr", "-r", SCRIPT, "--", str(ILLUMINATE)],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize("cipher", CIPHERS)
def test_illuminate_opens_what_we_wrote(php: str, cipher: str) -> None:
    encrypter = Encrypter(KEY, cipher=cipher)
    payloads = [encrypter.encrypt(text) for text in TEXTS]
    answer = illuminate(php, cipher=cipher, key=KEY, texts=[], payloads=payloads)
    assert answer["opened"] == TEXTS


@pytest.mark.parametrize("cipher", CIPHERS)
def test_we_open_what_illuminate_wrote(php: str, cipher: str) -> None:
    answer = illuminate(php, cipher=cipher, key=KEY, texts=TEXTS, payloads=[])
    encrypter = Encrypter(KEY, cipher=cipher)
    assert [encrypter.decrypt(payload) for payload in answer["sealed"]] == TEXTS


@pytest.mark.parametrize("cipher", CIPHERS)
def test_illuminate_refuses_what_another_key_wrote(php: str, cipher: str) -> None:
    payload = Encrypter("k" * 32, cipher=cipher).encrypt("a text")
    answer = illuminate(php, cipher=cipher, key=KEY, texts=[], payloads=[payload])
    assert answer["opened"] == [None]
