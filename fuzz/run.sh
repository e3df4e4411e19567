#!/usr/bin/env bash
# Fuzzes one target for some seconds, on stable Rust: fuzz/run.sh TARGET SECONDS [ARGUMENT OF LIBFUZZER...]
# `fuzz/run.sh all SECONDS` takes them in turn. SANITIZER=address also watches the memory of the crates below: frisk
# itself has no unsafe code, so that is not the default (it halves the speed).
# What a run finds stands in fuzz/artifacts/; give the file a name, put it into fuzz/regressions/TARGET/ and mend it.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ $# -lt 2 ]; then
    echo "usage: fuzz/run.sh TARGET|all SECONDS [ARGUMENT OF LIBFUZZER...]" >&2
    echo "targets: $(cd fuzz/fuzz_targets && ls | sed 's/\.rs$//' | tr '\n' ' ')" >&2
    exit 2
fi
target=$1
seconds=$2
shift 2

# Folders with files that a target starts from.
seeds() {
    case $1 in
        scan_any) echo corpus ;;
        document_pdf) echo corpus/pdf ;;
        document_ooxml) echo corpus/docx corpus/xlsx corpus/pptx ;;
        document_plain) echo corpus/txt corpus/csv corpus/html corpus/xml corpus/json ;;
        container_zip) echo corpus/zip corpus/gz corpus/tar corpus/nest ;;
        container_packed) echo corpus/7z corpus/bz2 corpus/xz corpus/zst corpus/lz4 corpus/cab corpus/iso corpus/rar corpus/ar corpus/cpio corpus/mbox corpus/pst ;;
        document_ole) echo corpus/doc corpus/xls corpus/ppt corpus/pub corpus/vsd corpus/msg corpus/sealed ;;
        document_mail) echo corpus/eml corpus/tnef corpus/rtf ;;
        document_package) echo corpus/odt corpus/ods corpus/odp corpus/odg corpus/epub corpus/vsdx corpus/xlsb ;;
        document_data) echo corpus/sqlite corpus/plist corpus/one corpus/png corpus/jpg corpus/gif corpus/tif corpus/emf ;;
        container_cfb) echo corpus/bad corpus/label ;;
        find_text) echo corpus/txt corpus/csv ;;
        rules_toml) echo rules ;;
        rules_xml) echo src/find/purview/testdata ;;
        policy_toml | serve_config) echo policies ;;
        serve_icap) echo fuzz/seeds/icap ;;
        serve_form) echo corpus/eml ;;
        document_ooxml_part) echo corpus/xml fuzz/target/seeds ;;
        labels) echo fuzz/seeds/labels ;;
    esac
}

# XML out of the packages of the corpus: no fuzzer guesses its vocabulary.
python3 - <<'EOPY'
import pathlib, zipfile
seeds = pathlib.Path("fuzz/target/seeds")
seeds.mkdir(parents=True, exist_ok=True)
for file in sorted(path for format in ("docx", "xlsx", "pptx") for path in pathlib.Path("corpus", format, "honest").iterdir()):
    if zipfile.is_zipfile(file):
        package = zipfile.ZipFile(file)
        for name in package.namelist():
            if any(word in name for word in ("document.xml", "sheet1.xml", "sharedStrings", "slide1.xml")) and "rels" not in name:
                (seeds / f"{file.stem}-{name.replace('/', '-')}").write_bytes(package.read(name))
EOPY

host=$(rustc -vV | sed -n 's/^host: //p')
# The coverage that libFuzzer steers by; the same flags as cargo-fuzz sets. Stable Rust knows all of them.
flags="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4"
flags+=" -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table"
flags+=" -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=16"
built=fuzz/target
if [ -n "${SANITIZER:-}" ]; then
    export RUSTC_BOOTSTRAP=1 # -Z on stable; the sanitizer runtimes come with it
    flags+=" -Zsanitizer=$SANITIZER"
    built=fuzz/target/$SANITIZER
fi
what=(--bin "$target")
[ "$target" = all ] && what=(--bins)
# A --target keeps the flags away from build scripts.
RUSTFLAGS=$flags cargo build --locked --release --manifest-path fuzz/Cargo.toml --target "$host" --target-dir "$built" "${what[@]}"

targets=("$target")
[ "$target" = all ] && mapfile -t targets < <(cd fuzz/fuzz_targets && ls | sed 's/\.rs$//')
for target in "${targets[@]}"; do
    echo "== fuzz $target, $seconds s"
    found=fuzz/corpus/$target
    folders=("$found")
    for folder in $(seeds "$target") "fuzz/regressions/$target"; do
        [ -d "$folder" ] && folders+=("$folder")
    done
    mkdir -p "$found" fuzz/artifacts
    "$built/$host/release/$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -verbosity=0 \
        -print_final_stats=1 -artifact_prefix="fuzz/artifacts/$target-" "$@" "${folders[@]}"
done
