"""Property sets of compound files (MS-OLEPS): titles, authors, custom properties."""

import struct

SUMMARY = bytes.fromhex("E0859FF2F94F6810AB9108002B27B3D9")
DOCUMENT = bytes.fromhex("02D5CDD59C2E1B10939708002B2CF9AE")
CUSTOM = bytes.fromhex("05D5CDD59C2E1B10939708002B2CF9AE")


def _text(value: str) -> bytes:
    data = value.encode("cp1252") + b"\0"
    return struct.pack("<II", 0x1E, len(data)) + data.ljust(-(-len(data) // 4) * 4, b"\0")


def _section(values: dict[int, bytes]) -> bytes:
    table, body = b"", b""
    for number, value in values.items():
        table += struct.pack("<II", number, 8 + len(values) * 8 + len(body))
        body += value
    return struct.pack("<II", 8 + len(table) + len(body), len(values)) + table + body


def _stream(*sections: tuple[bytes, bytes]) -> bytes:
    head = struct.pack("<HHI", 0xFFFE, 0, 0x00020006) + bytes(16) + struct.pack("<I", len(sections))
    at = len(head) + len(sections) * 20
    places, bodies = b"", b""
    for identity, body in sections:
        places += identity + struct.pack("<I", at + len(bodies))
        bodies += body
    return head + places + bodies


def properties(title: str = "", author: str = "Corpus", custom: dict[str, str] | None = None) -> dict[str, bytes]:
    """The two streams of properties."""
    page = struct.pack("<II", 2, 1252)
    streams = {"\x05SummaryInformation": _stream((SUMMARY, _section({1: page, 2: _text(title), 4: _text(author)})))}
    if custom:
        names = struct.pack("<I", len(custom))
        for number, name in enumerate(custom, 2):
            names += struct.pack("<II", number, len(name) + 1) + name.encode("cp1252") + b"\0"
        names = names.ljust(-(-len(names) // 4) * 4, b"\0")
        values = {number: _text(value) for number, value in enumerate(custom.values(), 2)}
        first = _section({1: page, 15: _text("Corpus Ltd")})
        streams["\x05DocumentSummaryInformation"] = _stream((DOCUMENT, first), (CUSTOM, _section({0: names, 1: page} | values)))
    return streams
