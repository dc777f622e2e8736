"""The page without a browser: its pure modules under node, and what its strict policy asks of the HTML."""

from __future__ import annotations

import re
import shutil
import subprocess
from graphlib import TopologicalSorter
from html.parser import HTMLParser
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[3]
SITE = REPOSITORY / "static_site"
IMPORT = re.compile(r"""(?:from|import|new URL)\s*\(?\s*['"]([^'"]+)['"]""")

STATIC_IMPORT = re.compile(r"^import\b[^;]*?from '([^']+)';", re.MULTILINE)


class Tags(HTMLParser):
    """Collects (tag, attributes, text inside) of every element."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None], list[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs), []))

    def handle_data(self, data: str) -> None:
        if self.found and data.strip():
            self.found[-1][2].append(data.strip())


@pytest.fixture(scope="module")
def tags() -> list[tuple[str, dict[str, str | None], list[str]]]:
    parser = Tags()
    parser.feed((SITE / "index.html").read_text("utf-8"))
    return parser.found


def test_modules_under_node() -> None:
    node = shutil.which("node")
    assert node, "node 20 or newer is needed on the PATH for the page's unit tests (it comes with npm)"
    files = sorted(str(path) for path in (REPOSITORY / "tests/unit/static_site/js").rglob("*.test.js"))
    setup = REPOSITORY / "tests/unit/static_site/js/setup.js"
    run = subprocess.run(
        [node, "--import", str(setup), "--test", *files],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert re.search(r"^# pass [1-9]", run.stdout, re.MULTILINE), "node found no test"


def test_nothing_inline(tags: list[tuple[str, dict[str, str | None], list[str]]]) -> None:
    for tag, attributes, text in tags:
        assert tag != "style"
        assert "style" not in attributes, attributes
        assert not [name for name in attributes if name.startswith("on")], attributes
        if tag == "script":
            assert attributes.get("src")
            assert not text


def test_every_file_named_is_there(tags: list[tuple[str, dict[str, str | None], list[str]]]) -> None:
    named = [
        value for _, attributes, _ in tags for name in ("src", "href") if (value := attributes.get(name))
    ]
    assert len(named) >= 8
    for address in named:
        assert not re.match(r"(?:[a-z]+:|/)", address), f"{address} is not relative"
        assert (SITE / address.partition("#")[0]).exists(), address


def imports(module: Path) -> set[Path]:
    """The modules that a module names, also those that it imports types from."""
    names = IMPORT.findall(module.read_text("utf-8"))
    return {(module.parent / name).resolve() for name in names if name.endswith(".js")}


def group(module: Path) -> str:
    """The folder that a module lies in, `js` for the composition root."""
    return module.parent.name


def test_every_import_is_there() -> None:
    modules = {path.resolve() for path in (SITE / "js").rglob("*.js")}
    imported = set().union(*map(imports, modules))
    assert imported <= modules
    assert {path.name for path in modules - imported} == {"early.js", "main.js", "how.js"}


def test_groups_import_each_other_in_one_direction() -> None:
    graph: dict[str, set[str]] = {}
    for module in (SITE / "js").rglob("*.js"):
        graph.setdefault(group(module), set()).update(
            {group(other) for other in imports(module)} - {group(module)}
        )
    assert len(graph) > 3
    order = list(TopologicalSorter(graph).static_order())  # a CycleError names the circle
    assert order[:2] == ["texts", "shared"]
    assert order[-1] == "js"


def static_imports(module: Path) -> set[Path]:
    """Everything that is loaded with a module, at any depth."""
    found = {module}
    pending = [module]
    while pending:
        current = pending.pop()
        names = STATIC_IMPORT.findall(current.read_text("utf-8"))
        new = {(current.parent / name).resolve() for name in names} - found
        found |= new
        pending += new
    return found


def test_every_module_is_preloaded(tags: list[tuple[str, dict[str, str | None], list[str]]]) -> None:
    preloaded = [
        (SITE / str(attributes["href"])).resolve()
        for _, attributes, _ in tags
        if attributes.get("rel") == "modulepreload"
    ]
    main = (SITE / "js/main.js").resolve()
    assert len(preloaded) == len(set(preloaded))
    assert set(preloaded) == static_imports(main) - {main}


def test_what_shows_a_result_is_asked_for_early() -> None:
    early = (SITE / "js/early.js").read_text("utf-8")
    listed = re.findall(r"^  '([^']+)',$", early, re.MULTILINE)
    views = ("js/result-page.js", "js/result/result-view.js", "js/comparison/comparison-view.js")
    main, *shown = (static_imports((SITE / name).resolve()) for name in ("js/main.js", *views))
    assert len(listed) == len(set(listed))
    assert {(SITE / "js" / f"{name}.js").resolve() for name in listed} == set().union(*shown) - main


def test_ids_are_unique_and_every_label_has_its_control(
    tags: list[tuple[str, dict[str, str | None], list[str]]],
) -> None:
    ids = [value for _, attributes, _ in tags if (value := attributes.get("id"))]
    assert len(ids) == len(set(ids))
    for _, attributes, _ in tags:
        for name in ("for", "aria-labelledby", "aria-describedby"):
            assert attributes.get(name) is None or attributes[name] in ids, attributes
