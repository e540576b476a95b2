"""Print the lowest versions that pyproject.toml admits, as constraints for pip: its own proof.

python .ci/lowest.py app export test > lowest.txt && pip install -c lowest.txt ".[app,export,test]"
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]


def lowest(extras: list[str]) -> list[str]:
    """Return ``name==version`` of the core and these extras; ValueError without a lower bound."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    optional = project["optional-dependencies"]
    asked = [*project["dependencies"], *(line for extra in extras for line in optional[extra])]
    found = {}
    for line in asked:
        if line.startswith(f"{project['name']}["):
            continue
        match = re.match(r"([A-Za-z0-9._-]+)(?:\[[a-z,]+\])?>=([0-9.]+)", line)
        if match is None:
            raise ValueError(f"{line!r} has no lower bound")
        found[match[1]] = match[2]
    return [f"{name}=={version}" for name, version in found.items()]


if __name__ == "__main__":
    print("\n".join(lowest(sys.argv[1:])))
