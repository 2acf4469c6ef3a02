"""Every file of a folder is read as the official Go parser reads it, or refused.

npm install --prefix DIR @cdktf/hcl2json
TFSRM_HCL_CORPUS=FOLDER TFSRM_HCL2JSON=DIR pytest -rP tests/sources/hcl/test_corpus.py

(``-rP`` shows how many files were read how.)
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

from tests.sources.hcl.go_trees import compared, corpus

FOLDER = os.environ.get("TFSRM_HCL_CORPUS", "")
PACKAGE = Path(os.environ.get("TFSRM_HCL2JSON", "."))


@pytest.fixture(scope="module")
def package() -> Path:
    if not shutil.which("node") or not (PACKAGE / "node_modules/@cdktf/hcl2json").is_dir():
        pytest.skip("the official parser is not here: npm install --prefix DIR @cdktf/hcl2json, TFSRM_HCL2JSON=DIR")
    return PACKAGE


@pytest.mark.slow
@pytest.mark.skipif(not FOLDER, reason="TFSRM_HCL_CORPUS names no folder of configurations")
def test_every_file_is_read_as_the_official_parser_reads_it(package: Path) -> None:
    found = [(kind, str(path), what) for path, kind, what in compared(list(corpus(Path(FOLDER))), package)]
    assert found
    print(len(found), "files:", dict(Counter(kind for kind, _, _ in found)))
    assert [row for row in found if row[0] in ("different", "lenient")] == []
    refused = [row for row in found if row[0] == "refused"]
    assert len(refused) <= len(found) // 1000, refused


EDGES = [
    "a = <<-E\n  x ${b}\n    ${~ c }\n    d\n  E\n",
    "a = <<-E\n  x ${b}\n    ${ c ~}\n    d\n  E\n",
    "a = <<E\n  x\n\n   ${~ y ~}   \n\n z\nE\n",
    "a = <<-E\n\u00a0\u00a0x\n \u00a0y\n  E\n",
    "a = <<-E\n  \x85x\n   y\n  E\n",
    "a = <<E\nx $\n$$ %\nE\n",
    "a = <<E\n${<<F\ny\nF\n}\nE\n",
    "a = <<E\nx\nE\u00a0\n",
    "a = <<E\nx\nE\x1c\n E\n",
    'a = "${x ? "a" : "b${c}"}"\n',
    "a = { (x) + 1 = 2, x.y = 3, -z = 4, 1 = 5 }\n",
    "a = x[*].y[*][0].z[*]\nb = x.*.y.0.z\nc = (x[*].y)[0]\n",
    "a = 1.e5\nb = 01\n",
    "a = (x\n .y[0]\n .z)\n",
    "b { a = <<E\nx\nE\n}\n",
    "a { # x\n /* y */ b = 1\n\n # w\n /* v\n */\n c = 2\n}\n",
    "a = f(a.b...)\nb=-1\nc=!d\n",
    "}\na = 1\n",
    "a = {\n for = 1\n}\n",
]


def test_edges_are_read_as_the_official_parser_reads_them(package: Path) -> None:
    files = [(Path(f"edge {number}"), text) for number, text in enumerate(EDGES)]
    found = list(compared(files, package))
    assert [row for row in found if row[1] not in ("same", "both refuse")] == []
