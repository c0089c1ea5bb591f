#!/usr/bin/env python3
"""Prints C++ that reads several files as one, in which each has a namespace of its own name.

    one_file.py SOURCE...

What they include comes first, outside of these namespaces, so that it is read once; helpers of two files may have the
same name. No header may need to be read twice, and no file may open a namespace that others have.
"""

import pathlib
import re
import sys

INCLUDE = re.compile(r'^#include (<[^>]+>|"[^"]+")$', re.MULTILINE)

files = [pathlib.Path(it).resolve() for it in sys.argv[1:]]
headers = {header for file in files for header in INCLUDE.findall(file.read_text())}
for header in sorted(headers):
    print(f"#include {header}")
for file in files:
    print(f'namespace {file.stem} {{\n#include "{file}"\n}}')
