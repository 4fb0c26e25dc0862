"""The shape of the code: what a reviewer would otherwise have to look for. Exceptions stand here with a reason."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("console", "environments", "agents", "audit")
LONGEST_FILE, LONGEST_FUNCTION, LONGEST_VIEW, LONGEST_TEMPLATE = 400, 45, 25, 150

# Third-party tables are defined beside the models they speak of; everything else asks a policy.
GUARDIAN = {"policies.py", "models.py"}
# Hooks of libraries, each with a comment there. We have no signals of our own.
SIGNALS = {"console/organizations/apps.py"}


def sources(*folders: str) -> Iterator[tuple[str, str]]:
    """Path and text of every Python file that we wrote, migrations left out."""
    for folder in folders or ROOMS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def functions(text: str) -> Iterator[ast.FunctionDef]:
    """Every function of a file, found by its statements alone: most of a tree are expressions."""
    inside: list[ast.AST] = [ast.parse(text)]
    while inside:
        node = inside.pop()
        if isinstance(node, ast.FunctionDef):
            yield node
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            within = getattr(node, name, ())
            inside.extend(within if isinstance(within, list) else ())


def templates() -> Iterator[tuple[str, str]]:
    """Path and text of every template."""
    for path in sorted((ROOT / "templates").rglob("*.html")):
        yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def test_files__all__are_short_enough_to_read() -> None:
    long = [name for name, text in sources(*ROOMS, "tests") if text.count("\n") > LONGEST_FILE]

    assert long == []


def test_functions__all__fit_on_a_screen() -> None:
    long = [
        f"{name}:{node.lineno} {node.name}"
        for name, text in sources()
        for node in functions(text)
        if (node.end_lineno or 0) - node.lineno >= (LONGEST_VIEW if "/views" in name else LONGEST_FUNCTION)
    ]

    assert long == []


def test_row_locks__all__leave_the_key_alone() -> None:
    strong = [
        f"{name}:{node.lineno}"
        for name, text in sources()
        if "select_for_update" in text
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", "") == "select_for_update"
        and "no_key" not in {word.arg for word in node.keywords}
    ]

    assert strong == []  # ADR 010: it would wait in a circle with the audit chain


def test_templates__all__are_short_and_decide_nothing() -> None:
    long = [name for name, text in templates() if text.count("\n") > LONGEST_TEMPLATE]
    roles = [name for name, text in templates() if re.search(r"==\s*[\"'](developer|qa|org_admin|auditor)[\"']", text)]

    assert (long, roles) == ([], [])


def test_templates__with_a_form__get_the_token_where_they_are_included_alone() -> None:
    forms = {name.removeprefix("templates/") for name, text in templates() if "{% csrf_token %}" in text}
    alone = re.compile(r"""{% include ['"]([^'"]+)['"] with ([^%]*?) only %}""")
    forgotten = [
        f"{name}: {part}"
        for name, text in templates()
        for part, given in alone.findall(text)
        if part in forms and "csrf_token=" not in given
    ]

    assert forgotten == []


def test_templates__all__have_no_inline_script_style_or_unescaped_text() -> None:
    forbidden = re.compile(
        r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:|\|\s*safe\b|autoescape off", re.IGNORECASE
    )
    found = [f"{name}: {hit.group()}" for name, text in templates() if (hit := forbidden.search(text))]

    assert found == []


def test_code__all__escapes_by_the_template_engine_alone() -> None:
    found = [name for name, text in sources() if re.search(r"mark_safe|SafeString\(", text)]

    assert found == []


def test_code__all__talks_to_guardian_in_policies_only() -> None:
    found = [
        name
        for name, text in sources()
        if re.search(r"^\s*(from|import) guardian", text, re.MULTILINE)
        and Path(name).name not in GUARDIAN
        and "models" not in Path(name).parts
    ]

    assert found == []


def test_code__all__has_no_signals_of_its_own() -> None:
    found = [name for name, text in sources() if re.search(r"@receiver|django\.dispatch|signals import", text)]

    assert set(found) <= SIGNALS


def test_code__all__names_what_a_file_answers() -> None:
    vague = {"utils", "helpers", "common", "misc", "manager", "managers", "extras"}

    assert [name for name, _ in sources() if vague & set(Path(name).with_suffix("").parts)] == []


def test_code__transitions__are_called_by_the_verbs_alone() -> None:
    allowed = re.compile(r"^environments/(actions/|moves\.py|models\.py)")
    calls = re.compile(r"\.to_(staging|ready|changes_requested|production|superseded|rolled_back)\b")
    found = [name for name, text in sources() if calls.search(text) and not allowed.match(name)]

    assert found == []


def test_repository__all_files__name_no_machine_and_no_registry() -> None:
    machine = ["/" + "work/", "/" + "root/", "pypi" + "[.]org", "python" + "hosted", "registry" + "[.]npmjs"]
    forbidden = re.compile("|".join(machine))
    texts = [*sources(*ROOMS, "tests"), *templates()]
    files = [path for path in ROOT.glob("*") if path.is_file() and path.name != ".git"]  # a file in a worktree
    texts += [(str(path), path.read_text(encoding="utf-8")) for path in files]
    texts += [(str(path), path.read_text(encoding="utf-8")) for path in (ROOT / "docs").rglob("*.md")]

    assert [name for name, text in texts if forbidden.search(text)] == []
