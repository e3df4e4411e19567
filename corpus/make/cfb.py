"""Compound files (MS-CFB), version 3, written by hand: sectors of 512 bytes, small streams in the mini stream."""

import struct

FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
SECTOR, MINI, CUTOFF = 512, 64, 4096


def compound(streams: dict[str, bytes]) -> bytes:
    """A compound file of streams; `/` in a name makes storages."""
    entries = [{"name": "Root Entry", "kind": 5, "children": [], "data": b""}]
    for path, data in streams.items():
        parent = 0
        *folders, name = path.split("/")
        for folder in folders:
            parent = _child(entries, parent, folder, 1)
        entries[_child(entries, parent, name, 2)]["data"] = data
    sectors: list[bytes] = []
    fat: list[int] = []
    mini, mini_fat = b"", []
    for entry in entries[1:]:
        data = entry["data"]
        if entry["kind"] == 2 and 0 < len(data) < CUTOFF:
            count = -(-len(data) // MINI)
            entry["start"] = len(mini_fat)
            mini_fat += [*range(len(mini_fat) + 1, len(mini_fat) + count), END]
            mini += data.ljust(count * MINI, b"\0")
        elif entry["kind"] == 2:
            entry["start"] = _chain(sectors, fat, data)
    entries[0]["data"], entries[0]["start"] = mini, _chain(sectors, fat, mini)
    mini_start = _chain(sectors, fat, b"".join(struct.pack("<I", n) for n in mini_fat), b"\xff")
    mini_sectors = -(-len(mini_fat) * 4 // SECTOR)
    for entry in entries:
        entry["tree"] = _tree(entries, sorted(entry["children"], key=lambda i: _order(entries[i]["name"])))
    directory = b"".join(_entry(e) for e in entries)
    directory += _entry({"name": "", "kind": 0}) * (-len(entries) % 4)
    directory_start = _chain(sectors, fat, directory)
    tables = 1
    while tables * 128 < len(fat) + tables:
        tables += 1
    first_table = len(fat)
    fat += [FAT] * tables
    fat += [FREE] * (tables * 128 - len(fat))
    packed = b"".join(struct.pack("<I", n) for n in fat)
    difat = [first_table + i for i in range(tables)] + [FREE] * (109 - tables)
    header = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, tables, directory_start, 0, CUTOFF, mini_start, mini_sectors, END, 0)
    header += b"".join(struct.pack("<I", n) for n in difat)
    return header + b"".join(sectors) + packed


def _child(entries: list[dict], parent: int, name: str, kind: int) -> int:
    for index in entries[parent]["children"]:
        if entries[index]["name"] == name:
            return index
    entries.append({"name": name, "kind": kind, "children": [], "data": b""})
    entries[parent]["children"].append(len(entries) - 1)
    return len(entries) - 1


def _chain(sectors: list[bytes], fat: list[int], data: bytes, fill: bytes = b"\0") -> int:
    if not data:
        return END
    count, start = -(-len(data) // SECTOR), len(fat)
    fat += [*range(start + 1, start + count), END]
    data = data.ljust(count * SECTOR, fill)
    sectors += [data[i : i + SECTOR] for i in range(0, len(data), SECTOR)]
    return start


def _order(name: str) -> tuple[int, str]:
    return len(name.encode("utf-16-le")), name.upper()


def _tree(entries: list[dict], children: list[int]) -> int:
    """Index of the root of a balanced tree of siblings."""
    if not children:
        return FREE
    middle = len(children) // 2
    root = entries[children[middle]]
    root["left"], root["right"] = _tree(entries, children[:middle]), _tree(entries, children[middle + 1 :])
    return children[middle]


def _entry(entry: dict) -> bytes:
    name = entry["name"].encode("utf-16-le")
    size = len(name) + 2 if name else 0
    links = struct.pack("<III", entry.get("left", FREE), entry.get("right", FREE), entry.get("tree", FREE))
    start = entry.get("start", 0 if entry["kind"] != 2 else END)
    head = name.ljust(64, b"\0") + struct.pack("<HBB", size, entry["kind"], 1) + links
    return head + bytes(36) + struct.pack("<IQ", start, len(entry.get("data", b"")))


def ole_native(name: str, data: bytes) -> bytes:
    """An Ole10Native stream: a file packed as an object (MS-OLEDS 2.3.6 and the packager's own layout)."""
    path = f"C:\\Users\\corpus\\{name}".encode() + b"\0"
    body = struct.pack("<H", 2) + name.encode() + b"\0" + path + struct.pack("<HHI", 0, 3, len(path)) + path
    body += struct.pack("<I", len(data)) + data
    return struct.pack("<I", len(body)) + body
