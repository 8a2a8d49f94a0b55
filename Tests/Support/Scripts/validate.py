#!/usr/bin/env python3
"""Validates YAML files against a JSON Schema: validate.py SCHEMA FILE…

It prints "FILE: ok" or one line "FILE: PATH: MESSAGE" for each error. Scalars are read as editors
read them (YAML 1.2's core schema): numbers, true and false, null. All others are text.
"""
import json, re, sys
import jsonschema, yaml


class Core(yaml.SafeLoader):
    yaml_implicit_resolvers = {}


for tag, pattern, first in [
    ("null", r"~|null|Null|NULL|", "~nN\0"),
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*)([eE][-+]?[0-9]+)?", "-+.0123456789"),
]:
    Core.add_implicit_resolver("tag:yaml.org,2002:" + tag, re.compile(f"^(?:{pattern})$"), list(first) + [""])

schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
for name in sys.argv[2:]:
    def texts(value):
        # JSON keys are always text.
        if isinstance(value, dict):
            return {str(key): texts(item) for key, item in value.items()}
        return [texts(item) for item in value] if isinstance(value, list) else value

    errors = sorted(validator.iter_errors(texts(yaml.load(open(name, encoding="utf-8"), Core))), key=lambda error: list(map(str, error.path)))
    for error in errors:
        print(f"{name}: {'/'.join(map(str, error.path))}: {error.message[:200]}")
    if not errors:
        print(f"{name}: ok")
