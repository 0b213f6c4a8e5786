#!/usr/bin/env bash
# Writes the amd64 assembly anew and says whether it is what is committed. Needs
# the module proxy once, for the generator's dependencies; they are not doppel's.
set -euo pipefail
cd "$(dirname "$0")"
sums=$(sha256sum ./*_amd64.s)
go generate .
if [ "$sums" != "$(sha256sum ./*_amd64.s)" ]; then
  echo "internal/f32: the assembly was not what internal/f32/gen writes; it is now, commit it" >&2
  exit 1
fi
