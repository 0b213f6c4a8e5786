#!/usr/bin/env bash
# Runs the tests of the kernels for arm64 under qemu-user, on any machine with it
# (Debian: apt-get install qemu-user). Arguments go to the test binary.
# Exit code 3, with a word, where qemu is missing.
set -euo pipefail
cd "$(dirname "$0")"
if ! command -v qemu-aarch64 >/dev/null; then
  echo "qemu-aarch64 is missing: the arm64 kernels were NOT tested (apt-get install qemu-user)" >&2
  exit 3
fi
bin=$(mktemp -d)
trap 'rm -rf "$bin"' EXIT
GOARCH=arm64 GOOS=linux CGO_ENABLED=0 go vet .
GOARCH=arm64 GOOS=linux CGO_ENABLED=0 go test -c -o "$bin/f32.test" .
qemu-aarch64 -cpu max "$bin/f32.test" -test.v=false "$@"
# A machine without the dot product of ARMv8.2.
qemu-aarch64 -cpu cortex-a72 "$bin/f32.test" -test.v=false "$@"
