"""Check the packages of this environment: they fit together, their licences, known weaknesses.

    .venv/bin/python .ci/dependencies.py

Fails if packages contradict each other (`pip check`), if a licence is not a permissive one, or
if a package is one that `.ci/advisories.json` lists. Where the network reaches the advisory
service, `pip-audit` is asked too, in an environment of its own; what it finds is printed, and
fails the run with AUDIT_STRICT=1: an advisory of today says nothing about the change at hand.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import venv
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parent.parent
ADVISORIES = ROOT / ".ci" / "advisories.json"
AUDITOR = "pip-audit==2.10.1"
SECONDS = 120
#: Licences that ask for no more than notices, and weak copyleft by the file (MPL).
PERMISSIVE = re.compile(r"MIT|BSD|Apache|ISC|PSF|Python Software Foundation|MPL|Mozilla|0BSD|Zlib")
#: Packages whose metadata names no licence, and the one that their repository states.
STATED = {"axe-playwright-python": "MIT", "pocketdev_analytics": "MIT"}


def licence_of(package: Distribution) -> str:
    """The licence as the package states it: expression, classifiers or the old field."""
    metadata = package.metadata
    classifiers = [
        line.rpartition(" :: ")[2]
        for line in metadata.get_all("Classifier") or []
        if line.startswith("License ::")
    ]
    stated = metadata.get("License-Expression") or "; ".join(classifiers)
    first = (metadata.get("License") or "").split("\n")[0]
    return stated or first or STATED.get(metadata["Name"], "")


def refused_licences() -> list[str]:
    """Packages whose licence is unknown or not permissive."""
    return [
        f"{package.metadata['Name']}: {licence_of(package) or 'no licence stated'}"
        for package in distributions()
        if not PERMISSIVE.search(licence_of(package))
    ]


def advised_against() -> list[str]:
    """Installed packages that the local list of advisories names."""
    versions = {
        re.sub(r"[-_.]+", "-", package.metadata["Name"]).lower(): package.version
        for package in distributions()
    }
    return [
        f"{entry['package']} {versions[entry['package']]}: {entry['summary']}"
        for entry in json.loads(ADVISORIES.read_text(encoding="utf-8"))
        if entry["package"] in versions
        and versions[entry["package"]] in SpecifierSet(entry["versions"])
    ]


def audit() -> tuple[bool, str]:
    """Ask pip-audit: whether it found anything, and what it said."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            venv.create(folder, with_pip=True)
            python = Path(folder, "bin", "python")
            install = [python, "-m", "pip", "install", "--quiet", AUDITOR]
            subprocess.run(install, check=True, capture_output=True, timeout=SECONDS)
            files = sorted(ROOT.glob("requirements*.txt"))
            listed = ["--disable-pip", "--no-deps", *(f"--requirement={file}" for file in files)]
            asked = [python, "-m", "pip_audit", "--progress-spinner", "off", *listed]
            done = subprocess.run(
                asked, check=False, capture_output=True, text=True, timeout=SECONDS
            )
        except (OSError, subprocess.SubprocessError):
            return False, "not audited: pip-audit cannot be had here"
    if done.returncode and not done.stdout.strip():
        return False, "not audited: the advisory service cannot be reached"
    lines = done.stdout.strip().splitlines()
    skipped = [line for line in lines if "could not be audited" in line]
    said = "\n".join(line for line in lines if line not in skipped)
    return bool(done.returncode), f"pip-audit: {len(skipped)} packages not found there\n{said}"


def main() -> int:
    """Run every check, print what was found, return the exit code."""
    check = [sys.executable, "-m", "pip", "--disable-pip-version-check", "check"]
    fits = subprocess.run(check, check=False).returncode == 0
    problems = [*refused_licences(), *advised_against()]
    is_found, said = audit()
    print(*problems, said, sep="\n")
    return int(bool(problems) or not fits or (is_found and os.environ.get("AUDIT_STRICT") == "1"))


if __name__ == "__main__":
    sys.exit(main())
