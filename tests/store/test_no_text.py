"""No message text, no tool input or output is in the store: its bytes are searched."""

from __future__ import annotations

from pathlib import Path

from pocketdev_analytics.store import open_store
from tests.agents.claude.by_hand import A, Line, answer, api_error, embedded, prompt, result, system
from tests.importer.stores import Books

MARK = "xyzzy-plugh-"


def planted(place: str) -> str:
    return f"{MARK}{place} and a sentence long enough to be no code" * 3


def lines() -> list[Line | bytes]:
    blocks = [
        {"type": "text", "text": planted("text")},
        {"type": "thinking", "thinking": planted("thinking"), "signature": planted("signature")},
        {
            "type": "tool_use",
            "id": "t1",
            "name": "Bash",
            "input": {"command": planted("input"), planted("key"): 1},
        },
    ]
    outcome = {
        "stdout": planted("stdout"),
        "structuredPatch": [{"lines": [f"+{planted('patch')}"]}],
        "content": planted("content"),
        "filePath": planted("file"),
    }
    image = {"type": "image", "source": {"data": planted("image")}}
    spoken = prompt([{"type": "text", "text": planted("block")}, image], "10:01:00")
    damaged = b'{"type": "user", "message": "' + planted("damaged").encode()
    return [
        prompt(planted("prompt")),
        spoken,
        prompt(
            [result(content=[{"type": "text", "text": planted("result")}])], toolUseResult=outcome
        ),
        answer(content=blocks),
        embedded(answer("msg_2", content=blocks)),
        embedded({**prompt([result("t2", content=planted("embedded"))]), "requestId": None}),
        api_error(error=planted("error"), content=planted("api")),
        system("api_error", "10:02:00", error={"message": planted("retry"), "status": 529}),
        system(
            "stop_hook_summary", "10:03:00", content=planted("hook"), hookInfos=[planted("info")]
        ),
        {"type": "last-prompt", "lastPrompt": planted("last"), "sessionId": A},
        {"type": "bridge-session", "account": planted("account"), "sessionId": planted("id")},
        {"type": "queue-operation", "content": planted("queue")},
        {"type": "file-history-snapshot", "snapshot": {planted("snapshot"): 1}},
        {"type": "a-new-type", "message": planted("new")},
        prompt(planted("wrong"), uuid=[planted("uuid")]),
        answer("msg_3", tokens={"output_tokens": planted("tokens")}),
        answer("msg_4", timestamp=planted("time")),
        damaged,
        damaged + b'"}' + planted("rest").encode(),
    ]


def held(store: Path) -> bytes:
    return b"".join(path.read_bytes() for path in store.parent.glob(f"{store.name}*"))


def test_no_text_is_in_the_store_nor_in_its_log(books: Books) -> None:
    path = books.write(A, *lines())
    with path.open("ab") as file:
        file.write(planted("unfinished").encode())
    logs = []
    with open_store(books.store, read_only=False):
        pass
    summary = books.import_()
    assert (summary.responses, summary.quarantined_lines) == (4, 3)
    logs.append(held(books.store))
    with open_store(books.store) as store:
        tables = store.query("select table_name from information_schema.tables")
        for name in tables["table_name"]:
            assert MARK not in str(store.query(f'select * from "{name}"').rows()), name
    for content in logs:
        assert MARK.encode() not in content
        assert b"Bash" in content


def test_what_a_person_named_a_session_is_kept_because_it_is_its_name(books: Books) -> None:
    books.write(A, answer(), {"type": "custom-title", "customTitle": "Engine", "sessionId": A})
    books.import_()
    assert books.values("select title from claude_sessions") == [("Engine",)]
