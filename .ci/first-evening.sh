#!/usr/bin/env bash
# A developer's first evening: start on an empty folder, play a lunch rush, stop, start again. Ends what it starts.
set -euo pipefail
data=$(mktemp -d)/data
log=$(mktemp)
export DATA_DIR=$data PORT=3917 NO_COLOR=1
pid=

cleanup() {
  if [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; then kill -TERM "$pid" && wait "$pid" || true; fi
  rm -rf "$(dirname "$data")" "$log"
}
trap cleanup EXIT

start() {
  : >"$log"
  node --import tsx src/main.ts >"$log" 2>&1 &
  pid=$!
  for _ in $(seq 1 240); do
    if node -e 'fetch(process.argv[1]).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))' "http://127.0.0.1:$PORT/readyz"; then
      cat "$log"
      return
    fi
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.25
  done
  cat "$log"
  echo "The server did not become ready." >&2
  exit 1
}

start
npm run --silent demo
npm run --silent reconcile
kill -TERM "$pid"
wait "$pid" || true
start
npm run --silent reconcile
kill -KILL "$pid"
wait "$pid" 2>/dev/null || true
start
npm run --silent reconcile
