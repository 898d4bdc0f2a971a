#!/usr/bin/env bash
# Sees to what pip cannot install: with apt when root, else it names in one line what is lacking.
# usage: scripts/system_packages.sh PYTHON demo|test
set -euo pipefail
exec 1>&2

python=$1
purpose=$2
oldest_postgresql=15
oldest_java=17

newest_postgresql() { # its major version, 0 where there is none
    local newest=0 program version
    for program in /usr/lib/postgresql/*/bin/initdb "$(command -v initdb || true)"; do
        [ -x "$program" ] || continue
        version=$("$program" --version | grep -oE '[0-9]+' | head -n 1)
        [ "$version" -gt "$newest" ] && newest=$version
    done
    echo "$newest"
}

java_version() { # its major version, 0 where there is none
    local found
    found=$("${JAVA_HOME:+$JAVA_HOME/bin/}java" -version 2>&1 | grep -oE '"[0-9]+' | head -n 1 | tr -d '"' || true)
    echo "${found:-0}"
}

lacking() { # the Debian packages that are not there yet, one a line
    "$python" -c 'import ensurepip, venv' 2> /dev/null || echo "$(basename "$(readlink -f "$(command -v "$python")")")-venv"
    /sbin/ldconfig -p | grep 'libgomp\.so\.1' > /dev/null || echo libgomp1
    [ "$purpose" = test ] || return 0
    [ "$(newest_postgresql)" -ge "$oldest_postgresql" ] || echo postgresql
    command -v chromium chromium-browser google-chrome > /dev/null || echo chromium
    fc-list :lang=zh 2> /dev/null | grep . > /dev/null || echo fonts-noto-cjk
    [ "$(java_version)" -ge "$oldest_java" ] || echo default-jre-headless
}

command -v "$python" > /dev/null || { echo "There is no '$python' here: install Python 3.11 or newer"; exit 1; }
mapfile -t packages < <(lacking)
[ ${#packages[@]} -gt 0 ] || exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get > /dev/null; then
    echo "This machine lacks: ${packages[*]}. Install them first (Debian, Ubuntu: sudo apt-get install ${packages[*]})"
    exit 1
fi

echo "Installing with apt: ${packages[*]} ..."
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${packages[@]}" > /dev/null

mapfile -t packages < <(lacking)
[ ${#packages[@]} -eq 0 ] || { echo "apt did not bring: ${packages[*]} (PostgreSQL has to be $oldest_postgresql or newer, Java $oldest_java)"; exit 1; }
