#!/usr/bin/env bash
# Proves that interlink works. On a Debian machine it installs what is missing
# (as root), starts a PostgreSQL and a Redis of its own on free ports of the
# loopback address, and ends them again. It needs Go, and nothing else.
set -euo pipefail
cd "$(dirname "$0")"

usage() {
  cat <<'TEXT'
./test.sh         everything: vet, lint, tests with the race detector, crash
                  and load tests, browser tests, every fuzz target for ten
                  seconds, the demo once
./test.sh quick   the inner loop: vet and tests on SQLite alone, without the
                  race detector, without crash, load and browser tests
./test.sh lint    vet and golangci-lint alone
./test.sh bench   the benchmarks, once each
./test.sh fuzz [seconds]
                  every fuzz target of the module, two at once, for that long
                  each (10 by default)
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
  [ "$mode" = quick ] || [ -n "$(postgres_bin)" ] || missing+=(postgresql)
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
    for pid in "${pids[@]}"; do
      kill "$pid" 2>/dev/null || true
      wait "$pid" 2>/dev/null || true # or the next run would find its port taken
    done
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

# free_port WISH prints that port, or another if it is taken. Where servers stand
# at the same place each time, go test knows what it has tested already.
free_port() {
  local port=$1
  while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
    port=$((20000 + RANDOM % 12000))
  done
  echo "$port"
}

in_temporary() {
  work=$(mktemp -d "${TMPDIR:-/tmp}/interlink-test.XXXXXX")
  chmod 755 "$work"
}

start_postgres() {
  mkdir "$work/pg"
  [ "$(id -u)" = 0 ] && chown postgres "$work/pg"
  local bin port
  bin=$(postgres_bin)
  port=$(free_port 31432)
  say "starting PostgreSQL on port $port"
  (
    cd "$work/pg"
    as_postgres "$bin/initdb" -D "$work/pg/data" -A trust -U postgres --no-sync >/dev/null
    as_postgres "$bin/pg_ctl" -D "$work/pg/data" -l "$work/pg/log" -w -s \
      -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$work/pg -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off -c max_connections=400" start
  )
  export TEST_POSTGRES_URL="postgres://postgres@127.0.0.1:$port/postgres?sslmode=disable"
}

start_redis() {
  local port
  port=$(free_port 31379)
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
  # Its cache names files by their place: shared by two clones, it would show
  # the findings of one as those of the other.
  GOLANGCI_LINT_CACHE=$PWD/.cache/golangci-lint go tool -modfile=.ci/golangci-lint.mod golangci-lint run
}

# Vetted already, and linked without what only a debugger reads.
quietly=(-vet=off -ldflags=-w)

# raced runs all tests: those with the race detector, which takes twice as
# long, on one of the databases. SQLite, C turned into Go, is not instrumented:
# it is not ours, and would take more than half of the time. (Packages that
# instantiate generic types of sync must be: the linker may take their copy for
# all, and the detector then sees races that are none.)
raced() {
  say "go test -race, on SQLite"
  TEST_DATABASE=sqlite go test "${quietly[@]}" -race "-gcflags=modernc.org/sqlite/lib=-race=false" -timeout 40m "${packages[@]}"
  say "go test, on PostgreSQL"
  TEST_DATABASE=postgres go test "${quietly[@]}" -timeout 30m -skip "$beside" "${packages[@]}"
}

# The tests that run without the race detector, in a step of their own.
beside='Crash|Load|Demo|Browser'

# whole is what runs without the race detector, as people run it.
whole() {
  say "crash, load, demo and browser tests, without the race detector"
  go test "${quietly[@]}" -timeout 30m -run "$beside" ./federation/federationtest/... ./cmd/... ./web/...
  fuzz 10
  say "interlink demo --once"
  go run ./cmd/interlink demo --once --port 0
  if [ -d ../shared/data/interlink-catalogue ]; then
    say "interlink demo --once on the INTERLINK catalogue"
    go run ./cmd/interlink demo --once --port 0 --catalogue ../shared/data/interlink-catalogue
  fi
}

# fuzz SECONDS runs each fuzz target for so long, two at once. Only the parsers,
# ours and those before them, are built to tell the fuzzer what it reached: were
# all dependencies (go test -fuzz does that), building would take minutes more,
# and what reads the database would run a hundred times slower. What is found is
# printed, and kept in testdata/fuzz of its package, where every later test
# tries it.
fuzz() {
  local dir reached=-d=libfuzzer dirs
  [ -n "$work" ] || in_temporary
  dirs=$(grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n 1 dirname | sort -u)
  say "building the fuzz targets"
  # shellcheck disable=SC2086 # one word for each directory
  go test -c -o "$work/fuzz/" -ldflags=-w "-gcflags=interlink/...=$reached" "-gcflags=golang.org/x/net/html=$reached" \
    "-gcflags=github.com/microcosm-cc/bluemonday=$reached" "-gcflags=github.com/dunglas/httpsfv=$reached" $dirs
  for dir in $dirs; do
    sed -n "s,^func \\(Fuzz[A-Za-z0-9_]*\\)(.*,$dir \\1,p" "$dir"/*_test.go
  done >"$work/fuzz/list"
  say "fuzzing: $(wc -l <"$work/fuzz/list") targets, $1 seconds each"
  export -f fuzz_target only_late
  FUZZ_SECONDS=$1 FUZZ_BIN=$work/fuzz FUZZ_CORPUS=$(go env GOCACHE)/fuzz \
    xargs -P 2 -L 1 bash -c 'fuzz_target "$@"' fuzz <"$work/fuzz/list"
}

# only_late LOG tells whether a target ended with nothing but its time running
# out in the middle of an input, which Go at times reports as a failure.
only_late() {
  grep -q '^ *context deadline exceeded$' "$1" && ! grep -q 'Failing input written\|panic\|hung or terminated' "$1"
}

# fuzz_target DIRECTORY NAME runs one target in a process with one worker.
fuzz_target() {
  local log found
  log=$FUZZ_BIN/$(basename "$1").$2.log
  cd "$1"
  if "$FUZZ_BIN/$(basename "$1").test" -test.run '^$' -test.fuzz "^$2\$" -test.fuzztime "${FUZZ_SECONDS}s" -test.fuzzminimizetime 100x \
    -test.parallel 1 -test.fuzzcachedir "$FUZZ_CORPUS/interlink/$1" >"$log" 2>&1 || only_late "$log"; then
    printf '%-26s %-18s %s\n' "$1" "$2" "$(sed -n 's/.*execs: \([0-9]*\) .*total: \([0-9]*\)).*/\1 executions, \2 inputs/p' "$log" | tail -n 1)"
    return
  fi
  cat "$log"
  found=$(sed -n 's,.*Failing input written to \(testdata/fuzz/.*\),\1,p' "$log" | tail -n 1)
  if [ -n "$found" ]; then
    printf '\nCommit this as %s/%s, with the fix:\n' "$1" "$found"
    cat "$found"
  fi
  return 255 # ends xargs
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
    in_temporary
    start_redis
    vet
    say "go test, on SQLite"
    TEST_DATABASE=sqlite go test "${quietly[@]}" -short -timeout 20m "${packages[@]}"
    ;;
  bench)
    install_missing
    in_temporary
    start_postgres
    start_redis
    go test -run '^$' -bench . -benchtime "${BENCHTIME:-200ms}" "${packages[@]}"
    ;;
  all)
    install_missing
    in_temporary
    start_postgres
    start_redis
    fetch_axe
    fetch_fedify
    vet
    lint
    raced
    whole
    ;;
esac
say "ok"
