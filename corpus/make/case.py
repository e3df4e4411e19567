"""A document and the facts that frisk must find in it."""

import dataclasses

CASES: dict[str, "Case"] = {}


@dataclasses.dataclass
class Case:
    """One document of the corpus."""

    content: bytes
    facts: list[str]


def case(path: str, content: bytes | str, *facts: str) -> bytes:
    """Registers `path` = `<format>/<honest|odd|hostile>/<what-is-special>.<ext>`; gives its bytes back for nesting."""
    stem = path.rsplit(".", 1)[0]
    assert path.count("/") == 2 and path.split("/")[1] in ("honest", "odd", "hostile"), path
    assert all(other.rsplit(".", 1)[0] != stem for other in CASES), f"two documents would share {stem}.expect"
    assert facts, f"{path}: no facts"
    data = content.encode("utf-8") if isinstance(content, str) else content
    CASES[path] = Case(data, list(facts))
    return data
