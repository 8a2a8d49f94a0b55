#!/bin/bash
# Writes the built-in copy of Vietnam's working days. A test checks that it equals the YAML file.
set -euo pipefail
cd "$(dirname "$0")/.."
out=Sources/Config/EmbeddedWorkingDays.swift
{
    echo '/// `config/working-days/vn.yaml`, compiled in. `packaging/embed.sh` makes it;'
    echo '/// edit the YAML file, not this one.'
    echo 'enum EmbeddedWorkingDays {'
    echo '    static let vietnam = #"""'
    sed -e 's/^\(.\)/        \1/' config/working-days/vn.yaml
    echo '        """# + "\n"'
    echo '}'
} >"$out"
