"""Model names: find the listed model for a name in a session file.

Claude models. A name is tried as written, then in plainer forms until one is listed:

1. lower case, without surrounding blanks and a final `[1m]`;
2. without the route to the model: a Bedrock ARN, `openrouter/`, `vertex_ai/`, `bedrock/`,
   `litellm/`, `anthropic/`, `databricks-` and the like, Bedrock's region and `anthropic.`;
   with `-` for the `.` of a version and for Vertex's `@` before a date (`@default` is dropped);
3. without suffixes of an id, last part first: Bedrock's `-v1:0` and `:200k`, a date
   (`-20250929`), `-latest`, `-0`, `-1m`, `-thinking`, `:thinking`, `:beta`, and `-fast`,
   which means fast mode;
4. with version and family in the other order: `claude-4-7-opus` is `claude-opus-4-7`.

Other models are looked up in the price list that the name indicates, see `VENDORS`: the list of
`vendor/model`, OpenRouter's for `openrouter/vendor/model`, or the vendor's own for a name with a
prefix that only this vendor uses. Their listed ids are `list/model`, such as
`deepseek/deepseek-v4-pro`.

Any other name (`opus`, a misspelling, an unknown gateway) is unknown until an alias gives it a
model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

__all__ = ["VENDORS", "Spelling", "Vendor", "model_version", "spelled"]

_CONTEXT: Final = re.compile(r"\[1m\]$")
_ARN: Final = re.compile(r"^arn:aws[^:/]*:bedrock:[^/]*/")
_VERTEX_PATH: Final = re.compile(
    r"^(?:projects/[^/]+/locations/[^/]+/)?publishers/anthropic/models/"
)
_ROUTE: Final = re.compile(
    r"^(?:anthropic|openrouter|vertex|vertex_ai|vertexai|google-vertex|bedrock|bedrock_converse"
    r"|converse|amazon-bedrock|aws|litellm|litellm_proxy|azure|azure_ai|foundry|databricks"
    r"|github|github_copilot|github-copilot|copilot|vercel|vercel_ai_gateway"
    r"|[a-z]{2}(?:-gov)?(?:-[a-z]+)+-\d)[/:](?=.)"
)
_DATABRICKS: Final = "databricks-"
_BEDROCK: Final = re.compile(
    r"^(?:(?P<region>global|us|us-gov|eu|apac|au|jp|in|ca)\.)?anthropic\.(?=claude-)"
)
_EVERYWHERE: Final = "global"
_FAMILIES: Final = "opus|sonnet|haiku|fable|mythos"
_ADDED: Final = re.compile(
    r"(?:-v\d+(?::\d+)?(?::\d+k)?|:(?:thinking|beta)|-thinking|-1m|(?P<fast>-fast))$"
)
_DATE: Final = re.compile(r"-(?:20\d{6}|latest)$")
_DOT: Final = re.compile(r"(?<=\d)\.(?=\d)")
_VERSION_FIRST: Final = re.compile(rf"^claude-(\d+(?:-\d+)?)-({_FAMILIES})$")
_FAMILY_FIRST: Final = re.compile(rf"^claude-({_FAMILIES})-(\d+(?:-\d+)?)$")
_VERSION: Final = re.compile(r"^claude-[a-z]+-(?P<major>\d+)(?:-(?P<minor>\d))?$")
_CLAUDE: Final = "claude-"


@dataclass(frozen=True, slots=True)
class Vendor:
    """A vendor of models other than Claude, and how to recognise its names.

    Attributes:
        lists: Its own price lists. Several with different prices (Z.AI's international and
            mainland lists) make a model ambiguous.
        begins: Prefixes of the names of its models.
        names: Its names in gateways, before the `/` and as `message.provider`.
    """

    lists: tuple[str, ...]
    begins: tuple[str, ...]
    names: tuple[str, ...]


#: Vendors whose models were seen to run in Claude Code behind gateways.
VENDORS: Final = (
    Vendor(("deepseek",), ("deepseek-",), ("deepseek", "deepseek-ai")),
    Vendor(("moonshotai",), ("kimi-", "moonshot-"), ("moonshotai", "moonshot", "moonshot-ai")),
    Vendor(("minimax",), ("minimax-",), ("minimax", "minimaxai")),
    Vendor(("zai",), (), ("z-ai", "zai", "zai-org")),
    Vendor(("zhipuai",), (), ("zhipuai", "zhipu", "bigmodel")),
    Vendor(("zai", "zhipuai"), ("glm-",), ()),
    Vendor(("openai",), ("gpt-", "codex-"), ("openai",)),
    Vendor(("google",), ("gemini-",), ("google", "gemini", "google-ai-studio")),
    Vendor(("x-ai",), ("grok-",), ("x-ai", "xai")),
    Vendor(("github-copilot",), (), ("github-copilot", "github_copilot", "copilot")),
)
_OPENROUTER: Final = "openrouter"


@dataclass(frozen=True, slots=True)
class Spelling:
    """The ids that a name may stand for.

    Attributes:
        ids: Possible ids, the nearest first.
        listed: Possible ids in lists of other vendors: groups of equally near ids, the nearest
            first.
        is_regional: Whether Bedrock serves it from one region, which costs more.
        is_fast: Whether the name selects fast mode.
    """

    ids: tuple[str, ...]
    listed: tuple[tuple[str, ...], ...] = ()
    is_regional: bool = False
    is_fast: bool = False


@lru_cache(maxsize=4096)
def spelled(name: str, provider: str | None = None) -> Spelling:
    """Apply the rules at the top of this module to a name.

    Args:
        name: The model's name in a session file.
        provider: The response's `message.provider`.
    """
    plain = _CONTEXT.sub("", name.strip().lower())
    model, region = _without_region(_without_route(plain))
    if model.startswith(_CLAUDE):
        forms, is_fast = _claude_forms(model)
        ids = tuple(dict.fromkeys((name, plain, *forms)))
        return Spelling(ids, (), region not in {None, _EVERYWHERE}, is_fast)
    base = _without_version_sign(plain)
    undated = _DATE.sub("", base)
    ids = tuple(dict.fromkeys((name, plain, base, undated, undated.removesuffix("-0"))))
    return Spelling(ids, tuple(_listed(plain, provider)))


def model_version(model: str) -> tuple[int, int]:
    """Return the version in an id such as `claude-opus-4-6`: (4, 6); (0, 0) without one.

    Ids with the version first (`claude-3-7-sonnet`) are older than all rules about versions.
    """
    found = _VERSION.match(model)
    return (int(found["major"]), int(found["minor"] or 0)) if found else (0, 0)


def _without_route(name: str) -> str:
    """Remove the route to a Claude model; names of other models are not changed."""
    model = _VERTEX_PATH.sub("", _ARN.sub("", name))
    while found := _ROUTE.match(model):
        model = model[found.end() :]
    model = model.removeprefix(_DATABRICKS)
    is_claude = _without_region(model)[0].startswith(_CLAUDE)
    return model if is_claude else name


def _without_region(model: str) -> tuple[str, str | None]:
    found = _BEDROCK.match(model)
    return (model[found.end() :], found["region"]) if found else (model, None)


def _claude_forms(model: str) -> tuple[list[str], bool]:
    """Return the forms of a Claude id, the nearest first, and whether it selects fast mode."""
    form, is_fast = _without_version_sign(model), False
    forms = [form, form := _DOT.sub("-", form)]
    while True:
        if found := _ADDED.search(form):
            is_fast = is_fast or bool(found["fast"])
            form = form[: found.start()]
        elif _DATE.search(form):
            form = _DATE.sub("", form)
        else:
            break
        forms.append(form)
    forms.append(form.removesuffix("-0"))
    forms.append(_VERSION_FIRST.sub(r"claude-\2-\1", forms[-1]))
    forms.append(_FAMILY_FIRST.sub(r"claude-\2-\1", forms[-2]))
    return forms, is_fast


def _without_version_sign(name: str) -> str:
    base, at, version = name.partition("@")
    return base if not at or version == "default" else f"{base}-{version}"


def _listed(name: str, provider: str | None) -> Iterator[tuple[str, ...]]:
    """Yield the ids that a name may have in the lists of other vendors."""
    vendor, slash, model = name.rpartition("/")
    is_routed = vendor == _OPENROUTER or vendor.startswith(f"{_OPENROUTER}/")
    slug = name.removeprefix(f"{_OPENROUTER}/")
    lists = _lists_of(vendor, model, provider) if not is_routed else ()
    for form in (model, _DATE.sub("", model)):
        if lists:
            yield tuple(f"{each}/{form}" for each in lists)
    if slash and provider is None:
        for form in (slug, _DATE.sub("", slug)):
            yield (f"{_OPENROUTER}/{form}",)


def _lists_of(vendor: str, model: str, provider: str | None) -> tuple[str, ...]:
    if provider is not None:
        return _named_lists(provider)
    if vendor:
        return _named_lists(vendor)
    return next((each.lists for each in VENDORS if model.startswith(each.begins)), ())


def _named_lists(name: str) -> tuple[str, ...]:
    letters = _letters(name)
    return next(
        (each.lists for each in VENDORS if letters in map(_letters, each.names)),
        (_OPENROUTER,) if letters == _OPENROUTER else (),
    )


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name.lower()))
