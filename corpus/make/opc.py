"""Open Packaging Conventions: parts, relationships, content types (ECMA-376 part 2), and property parts."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from .packing import Entry, zipped
from .pixels import pixel

REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
SLIDE = "application/vnd.openxmlformats-officedocument.presentationml"
LABELS = "http://schemas.microsoft.com/office/2020/02/relationships/classificationlabels"


class Package:
    """Parts and how they point at each other; `relate` may come before or after the part is added."""

    def __init__(self) -> None:
        self.parts: dict[str, bytes] = {}
        self.types: dict[str, str] = {}
        self.defaults = {"rels": f"{'application/vnd.openxmlformats-package'}.relationships+xml", "xml": "application/xml"}
        self.relations: dict[str, list[tuple[str, str, str, bool]]] = {}

    def part(self, name: str, content: bytes | str, kind: str | None = None) -> None:
        self.parts[name] = content.encode() if isinstance(content, str) else content
        if kind:
            self.types[name] = kind

    def relate(self, source: str, kind: str, target: str, outside: bool = False) -> str:
        """Adds a relationship from the part `source` ("" = the package); gives its id."""
        relations = self.relations.setdefault(source, [])
        number = f"rId{len(relations) + 1}"
        relations.append((number, kind if "://" in kind else f"{REL}/{kind}", target, outside))
        return number

    def properties(self, title: str = "", author: str = "Corpus", custom: dict[str, str] | None = None) -> None:
        """Core, extended and custom document properties."""
        core = f"{PACKAGE}/metadata/core-properties"
        space = f'xmlns:cp="{core}" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        created = '<dcterms:created xsi:type="dcterms:W3CDTF">2024-03-05T09:12:00Z</dcterms:created>'
        text = f"<dc:title>{escape(title)}</dc:title><dc:creator>{escape(author)}</dc:creator>{created}"
        self.part("docProps/core.xml", f"{HEAD}<cp:coreProperties {space}>{text}</cp:coreProperties>", "application/vnd.openxmlformats-package.core-properties+xml")
        self.relate("", f"{PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml")
        app = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
        self.part("docProps/app.xml", f'{HEAD}<Properties xmlns="{app}"><Application>frisk corpus</Application></Properties>', "application/vnd.openxmlformats-officedocument.extended-properties+xml")
        self.relate("", "extended-properties", "docProps/app.xml")
        if custom:
            self.part("docProps/custom.xml", custom_xml(custom), "application/vnd.openxmlformats-officedocument.custom-properties+xml")
            self.relate("", "custom-properties", "docProps/custom.xml")

    def label_info(self, xml: str | bytes, name: str = "docMetadata/LabelInfo.xml") -> None:
        """A part of sensitivity labels."""
        self.part(name, xml, "application/vnd.ms-office.classificationlabels+xml")
        self.relate("", LABELS, name)

    def custom_part(self, xml: str) -> None:
        """A custom XML part, as bound content controls and add-ins store them."""
        main = next(target for _, kind, target, _ in self.relations[""] if kind.endswith("/officeDocument"))
        self.part("customXml/item1.xml", HEAD + xml)
        self.relate(main, "customXml", "../customXml/item1.xml")

    def picture(self, source: str, name: str) -> str:
        """A picture that the part `source` shows; gives its relationship id."""
        self.defaults["png"] = "image/png"
        self.part(name, pixel())
        return self.relate(source, "image", f"/{name}")

    def files(self) -> dict[str, bytes]:
        """All members of the zip, content types first."""
        overrides = "".join(f'<Override PartName="/{n}" ContentType="{t}"/>' for n, t in self.types.items())
        defaults = "".join(f'<Default Extension="{e}" ContentType="{t}"/>' for e, t in self.defaults.items())
        types = f'{HEAD}<Types xmlns="{PACKAGE}/content-types">{defaults}{overrides}</Types>'
        files = {"[Content_Types].xml": types.encode()}
        for source, relations in self.relations.items():
            folder, _, name = source.rpartition("/")
            path = f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"
            items = "".join(
                f'<Relationship Id="{i}" Type="{kind}" Target={quoteattr(target)}{" TargetMode=" + chr(34) + "External" + chr(34) if outside else ""}/>'
                for i, kind, target, outside in relations
            )
            files[path] = f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{items}</Relationships>'.encode()
        return files | self.parts

    def bytes(self) -> bytes:
        return zipped([Entry(name, data) for name, data in self.files().items()])


def custom_xml(properties: dict[str, str]) -> str:
    """A custom properties part."""
    base = "http://schemas.openxmlformats.org/officeDocument/2006"
    fmtid = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
    items = "".join(
        f'<property fmtid="{fmtid}" pid="{pid}" name={quoteattr(name)}><vt:lpwstr>{escape(value)}</vt:lpwstr></property>'
        for pid, (name, value) in enumerate(properties.items(), 2)
    )
    return f'{HEAD}<Properties xmlns="{base}/custom-properties" xmlns:vt="{base}/docPropsVTypes">{items}</Properties>'


def label_info_xml(*labels: tuple[str, str, str]) -> str:
    """A label list of (label id, tenant id, further attributes)."""
    gone, usual = 'removed="1"', 'contentBits="0" removed="0"'
    items = "".join(
        f'<clbl:label id="{{{i}}}" enabled="{0 if gone in more else 1}" method="Standard" siteId="{{{site}}}" {more or usual}/>'
        for i, site, more in labels
    )
    return f'{HEAD}<clbl:labelList xmlns:clbl="http://schemas.microsoft.com/office/2020/mipLabelMetadata">{items}</clbl:labelList>'
