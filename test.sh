#!/usr/bin/env bash
# Proves that interlink works. On a Debian machine it installs what is missing
# (as root), starts a PostgreSQL and a Redis of its own on free ports of the
# loopback address, and ends them again. It needs Go, and nothing else.
set -euo pipefail
cd "$(dirname "$0")"

usage() {
  cat <<'TEXT'
./test.sh         everything: vet, lint, tests with the race detector, crash
                  and load tests, browser tests, the demo once
./test.sh quick   the inner loop: vet and tests, without the race detector,
                  without crash, load and browser tests
./test.sh lint    vet and golangci-lint alone
./test.sh bench   the benchmarks, once each
./test.sh fuzz [seconds]
                  every fuzz target of the module, one after the other, for
                  that long each (10 by default)
./test.sh help    this text

Arguments after the first are handed to `go test`, for instance
  ./test.sh quick ./storage/... -run TestFollow

Settings: INTERLINK_TEST_KEEP=1 keeps the temporary directory.
TEXT
}

mode=${1:-all}
[ $# -gt 0 ] && shift
case $mode in
  all | quick | lint | bench | fuzz) ;;
  help | -h | --help) usage; exit 0 ;;
  *) usage >&2; exit 2 ;;
esac

started=$(date +%s)
say() { printf '%s[%4ds] %s\n' "" "$(($(date +%s) - started))" "$*"; }

# --- Go -------------------------------------------------------------------

[ -x /usr/local/go/bin/go ] && PATH=$PATH:/usr/local/go/bin
wanted=$(awk '$1 == "go" { print $2 }' go.mod)
if ! command -v go >/dev/null; then
  echo "Go $wanted or newer is needed and was not found: see https://go.dev/doc/install" >&2
  exit 1
fi
have=$(go env GOVERSION | sed 's/^go//; s/ .*//')
if [ "$(printf '%s\n%s\n' "$wanted" "$have" | sort -V | head -n 1)" != "$wanted" ]; then
  echo "Go $wanted or newer is needed; this is Go $have: see https://go.dev/doc/install" >&2
  exit 1
fi

# --- what the tests need beside Go ----------------------------------------

need() { # need COMMAND PACKAGE...
  command -v "$1" >/dev/null && return
  shift
  missing+=("$@")
}

postgres_bin() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1; }

install_missing() {
  missing=()
  [ -n "$(postgres_bin)" ] || missing+=(postgresql)
  need redis-server redis-server
  if [ "$mode" = all ]; then
    need chromium chromium
    need npm npm
  fi
  [ ${#missing[@]} -eq 0 ] && return
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "missing: ${missing[*]}; install them, or run this as root on Debian" >&2
    exit 1
  fi
  say "installing ${missing[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

work=
pids=()
finish() {
  status=$?
  if [ -n "$work" ]; then
    [ -f "$work/pg/data/postmaster.pid" ] && as_postgres "$(postgres_bin)/pg_ctl" -D "$work/pg/data" -m immediate stop >/dev/null 2>&1 || true
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    if [ "${INTERLINK_TEST_KEEP:-}" = 1 ]; then say "kept $work"; else rm -rf "$work"; fi
  fi
  exit $status
}
trap finish EXIT
trap 'exit 130' INT TERM

as_postgres() {
  if [ "$(id -u)" = 0 ]; then
    setpriv --reuid=postgres --regid=postgres --clear-groups "$@"
  else
    "$@"
  fi
}

free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 12000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo $port; return; }
  done
}

start_servers() {
  work=$(mktemp -d "${TMPDIR:-/tmp}/interlink-test.XXXXXX")
  chmod 755 "$work"
  mkdir "$work/pg"
  [ "$(id -u)" = 0 ] && chown postgres "$work/pg"
  local bin port
  bin=$(postgres_bin)
  port=$(free_port)
  say "starting PostgreSQL on port $port"
  (
    cd "$work/pg"
    as_postgres "$bin/initdb" -D "$work/pg/data" -A trust -U postgres --no-sync >/dev/null
    as_postgres "$bin/pg_ctl" -D "$work/pg/data" -l "$work/pg/log" -w -s \
      -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$work/pg -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=400" start
  )
  export TEST_POSTGRES_URL="postgres://postgres@127.0.0.1:$port/postgres?sslmode=disable"
  port=$(free_port)
  say "starting Redis on port $port"
  redis-server --bind 127.0.0.1 --port "$port" --save '' --appendonly no --dir "$work" >"$work/redis.log" &
  pids+=($!)
  export TEST_REDIS_URL="redis://127.0.0.1:$port/0"
}

# axe-core finds what is wrong with a page for people who do not see or point.
fetch_axe() {
  local dir=${XDG_CACHE_HOME:-$HOME/.cache}/interlink-test
  mkdir -p "$dir"
  if [ ! -f "$dir/node_modules/axe-core/axe.min.js" ]; then
    say "fetching axe-core"
    npm install --silent --no-audit --no-fund --prefix "$dir" axe-core@4 >/dev/null
  fi
  export TEST_AXE="$dir/node_modules/axe-core/axe.min.js"
  TEST_CHROMIUM=$(command -v chromium)
  export TEST_CHROMIUM
}

# Fedify is an independent implementation of ActivityPub, with which a node is
# tested: see federation/federationtest/fedify.go.
fetch_fedify() {
  local wanted=federation/federationtest/testdata/fedify
  local dir=${XDG_CACHE_HOME:-$HOME/.cache}/interlink-test/fedify
  if ! cmp -s "$wanted/package-lock.json" "$dir/node_modules/fetched.json"; then
    say "fetching Fedify"
    mkdir -p "$dir"
    cp "$wanted/package.json" "$wanted/package-lock.json" "$dir"
    npm ci --loglevel=error --no-audit --no-fund --ignore-scripts --prefix "$dir" >/dev/null
    cp "$wanted/package-lock.json" "$dir/node_modules/fetched.json"
  fi
  export TEST_FEDIFY="$dir"
}

# --- steps ----------------------------------------------------------------

vet() {
  say "go vet (the first build compiles all dependencies: some minutes)"
  go vet ./...
  local unformatted
  unformatted=$(gofmt -l $(git ls-files '*.go' 2>/dev/null || find . -name '*.go'))
  if [ -n "$unformatted" ]; then
    echo "not formatted: $unformatted" >&2
    return 1
  fi
}

lint() {
  say "golangci-lint (its first build takes some minutes)"
  go tool -modfile=.ci/golangci-lint.mod golangci-lint run
}

# fuzz SECONDS runs each fuzz target for so long. A target that finds something
# leaves it in testdata/fuzz of its package, where every later test tries it.
fuzz() {
  local package name
  say "go test -fuzz: $1 seconds for each target"
  for package in $(go list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}' ./...); do
    grep -qs '^func Fuzz' "$(go list -f '{{.Dir}}' "$package")"/*_test.go || continue
    for name in $(go test -list '^Fuzz' "$package" | grep '^Fuzz'); do
      go test -run '^$' -fuzz "^$name\$" -fuzztime "$1s" -fuzzminimizetime 5s "$package"
    done
  done
}

if [ "$mode" = fuzz ]; then
  fuzz "${1:-10}"
  say "ok"
  exit
fi

packages=(./...)
[ $# -gt 0 ] && packages=("$@")

case $mode in
  lint)
    vet
    lint
    ;;
  quick)
    install_missing
    start_servers
    vet
    say "go test"
    go test -short "${packages[@]}"
    ;;
  bench)
    install_missing
    start_servers
    go test -run '^$' -bench . -benchtime "${BENCHTIME:-200ms}" "${packages[@]}"
    ;;
  all)
    install_missing
    start_servers
    fetch_axe
    fetch_fedify
    vet
    lint
    say "go test -race"
    go test -race -timeout 30m "${packages[@]}"
    say "crash, load, demo and browser tests, without the race detector"
    go test -timeout 30m -run 'Crash|Load|Demo|Browser' ./federation/federationtest/... ./cmd/... ./web/...
    say "interlink demo --once"
    go run ./cmd/interlink demo --once --port 0
    if [ -d ../shared/data/interlink-catalogue ]; then
      say "interlink demo --once on the INTERLINK catalogue"
      go run ./cmd/interlink demo --once --port 0 --catalogue ../shared/data/interlink-catalogue
    fi
    ;;
esac
say "ok"
