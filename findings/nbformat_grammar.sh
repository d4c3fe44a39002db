#!/usr/bin/env bash
# Importing nbformat, or Plotly's renderers where it is installed, builds a parser of IRIs.
#
# Guess: reading a notebook needs JSON and its schema; `import nbformat` takes what a small pure
# Python package takes, and a chart that is shown in a notebook does not need it at all.
# Seen (nbformat 5.11.1, jsonschema 4.26.0, rfc3987-syntax 1.1.0, plotly 7.1.0): jsonschema
# imports every format checker that is installed, JupyterLab's dependencies install
# rfc3987-syntax, and that builds a Lark grammar while it is imported. Importing `plotly.io._renderers`, as showing a figure does, imports
# nbformat if it is there, so each kernel that shows a figure pays. Without rfc3987-syntax, the
# same import of nbformat loads no Lark.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check \
    nbformat==5.11.1 jsonschema==4.26.0 rfc3987-syntax==1.1.0 plotly==7.1.0

cat > loaded.py <<'PYTHON'
"""Print the CPU time of an import, and whether it built a grammar."""
import importlib
import sys
import time

start = time.process_time()
importlib.import_module(sys.argv[1])
spent = time.process_time() - start
print(f"import {sys.argv[1]}: {spent:.1f} s of CPU time, lark loaded: {'lark' in sys.modules}")
sys.exit(0 if ("lark" in sys.modules) == (sys.argv[2] == "yes") else "changed")
PYTHON
env/bin/python loaded.py nbformat yes
env/bin/python loaded.py plotly.io._renderers yes
env/bin/pip uninstall --quiet --yes --disable-pip-version-check rfc3987-syntax
env/bin/python loaded.py nbformat no
