#!/usr/bin/env bash
# Runs libFuzzer on the targets, one after the other: packaging/fuzz.sh PROGRAM FOLDER TARGET…
# #
# # Each target runs for FUZZ_SECONDS (30), or for FUZZ_RUNS runs: one number for all, or one for
# each as in "csv:1000000 phrase:50000". The corpus grows in FOLDER/corpus, findings are written to
# FOLDER, and the output to FOLDER/TARGET.log. Prints a line for each target and fails if there was
# a finding.
set -euo pipefail
program=$1 folder=$2
shift 2
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
failed=()
total=0

for target in "$@"; do
  runs=${FUZZ_RUNS:-}
  [[ $runs != *:* ]] || runs=$(tr ' ' '\n' <<<"$runs" | sed -n "s/^$target://p")
  limit=(-max_total_time="${FUZZ_SECONDS:-30}")
  [ -z "$runs" ] || limit=(-runs="$runs")
  log=$folder/$target.log
  mkdir -p "$folder/corpus/$target"
  began=$SECONDS
  status=0
  # Swift's own crash report is off, because it would keep the signal from libFuzzer.
  SWIFT_BACKTRACE=enable=no FUZZ_TARGET=$target "$program" "${limit[@]}" -timeout=10 -rss_limit_mb=2048 -max_len=4096 \
    -artifact_prefix="$folder/$target-" -print_final_stats=1 -verbosity=0 \
    "$folder/corpus/$target" "$root/Tests/Fuzz/Corpus/$target" >"$log" 2>&1 || status=$?
  done=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  total=$((total + ${done:-0}))
  if [ $status = 0 ] && [ "${done:-0}" -gt 0 ]; then
    printf '%-14s %10d runs in %5d s: nothing found\n' "$target" "${done:-0}" $((SECONDS - began))
  else
    failed+=("$target")
    printf '%-14s %10d runs in %5d s: FOUND (status %d)\n' "$target" "${done:-0}" $((SECONDS - began)) "$status"
    grep -E 'ERROR|SUMMARY|recondition|atal error|Test unit|ALARM' "$log" || tail -n 20 "$log"
  fi
done

printf '%d runs in all\n' "$total"
[ ${#failed[@]} = 0 ] || {
  echo "fuzz: found something in: ${failed[*]}; what did it is in $folder" >&2
  exit 1
}
