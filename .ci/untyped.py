"""Print the modules in which mypy finds errors, as the list in pyproject.toml wants them.

    mypy --config-file pyproject.toml | python .ci/untyped.py

The list may only get shorter: a module that is not on it has none, and CI holds it to that.
"""

import re
import sys

modules = set()
for line in sys.stdin:
    if match := re.match(r"(rnnviz/[\w/]+)\.py:\d+: error", line):
        modules.add(match[1].removesuffix("/__init__").replace("/", "."))
print("\n".join(f'  "{name}",' for name in sorted(modules)))
