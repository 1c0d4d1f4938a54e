#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What house.py takes for a function: the first and last line of each, as it measures them."""
import sys

sys.dont_write_bytecode = True
import house  # noqa: E402

CASES = {
    "wrapped signature": ("static int add(int a,\n               int b) {\n  return a + b;\n}\n", [(1, 4)]),
    "first word const": ("const Table &getTable() {\n  static const Table table = {{1, 2}};\n  return table;\n}\n", [(1, 4)]),
    "unnamed namespace": ("namespace {\nint f() {\n  return 1;\n}\n} // namespace\n", [(2, 4)]),
    "member": ("struct Shape : Base {\n  int rank() const {\n    return 1;\n  }\n  int extents[4];\n};\n", [(2, 4)]),
    "constructor": ("Shape::Shape(int a)\n    : rank{a}, extents(a) {\n  fill();\n}\n", [(1, 4)]),
    "operator": ("bool operator==(Shape a, Shape b) {\n  return false;\n}\n", [(1, 3)]),
    "lambda inside": ("void f() {\n  auto g = [](int x) {\n    return x;\n  };\n}\n", [(1, 5)]),
    "test": ("TEST(A, b) {\n  EXPECT_TRUE(f());\n}\n", [(1, 3)]),
    "returns a struct": ("struct pool *get(void) {\n  return 0;\n}\n", [(1, 3)]),
    "table": ("const Row rows[] = {\n    {\"{\", [](int x) { return x; }},\n};\n", []),
    "macro": ("#define BODY(x)  \\\n  {               \\\n    x;            \\\n  }\nint f() { return 1; }\n", [(5, 5)]),
    "comment": ("// f() {\nint f() { return '{'; } /* } */\n", [(2, 2)]),
    "default argument": ("int f(int a = 1) {\n  return a;\n}\n", [(1, 3)]),
}


def main():
    wrong = [f"{name}: requires {lines}, but found {found}" for name, (text, lines) in CASES.items() if (found := house.find_functions(text)) != lines]
    print("\n".join(wrong) or f"{len(CASES)} forms of functions are measured")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
