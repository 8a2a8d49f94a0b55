#!/bin/bash
# Writes the built-in copies of Vietnam's working days and well-known days. Tests compare them with
# the YAML files.
set -euo pipefail
cd "$(dirname "$0")/.."

# embed NAME FILE: writes Sources/Config/NAME.swift with the text of config/FILE.
embed() {
    {
        echo "/// \`config/$2\`, compiled in. \`packaging/embed.sh\` makes it;"
        echo '/// edit the YAML file, not this one.'
        echo "enum $1 {"
        echo '    static let vietnam = #"""'
        sed -e 's/^\(.\)/        \1/' "config/$2"
        echo '        """# + "\n"'
        echo '}'
    } >"Sources/Config/$1.swift"
}

embed EmbeddedWorkingDays working-days/vn.yaml
embed EmbeddedWellKnownDays well-known-days/vn.yaml
