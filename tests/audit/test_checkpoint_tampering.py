"""Whatever is changed in the checkpoints, in the database or in the file, is found (G12)."""

import orjson
import pytest

from audit import witness
from audit.verify import verify
from console.organizations.models import Organization
from tests.audit.chains import as_superuser, chain, chain_of, each, first_bad, folder

__all__ = ["chain", "folder"]  # fixtures


@pytest.mark.parametrize("column", ["sequence", "hash", "at", "previous", "signature"])
def test_verify__checkpoint_row_edited__is_found(chain: Organization, column: str) -> None:
    forged = {"sequence": "sequence - 1", "at": "at - interval '1 hour'"}.get(column, f"md5({column})")

    def edit(position: int) -> None:
        as_superuser(
            f"UPDATE audit_checkpoint SET {column} = {forged} WHERE organization_id = %s AND sequence = %s",  # noqa: S608
            chain.pk,
            position,
        )

    found = each([20, 40, 60], edit, chain)

    assert all(position - 1 <= named <= position for position, named in found.items())


@pytest.mark.parametrize("position", [20, 40, 60])
def test_verify__checkpoint_row_deleted__is_found(chain: Organization, position: int) -> None:
    as_superuser("DELETE FROM audit_checkpoint WHERE organization_id = %s AND sequence = %s", chain.pk, position)

    assert first_bad(chain) == position


@pytest.mark.parametrize("field", ["organization", "sequence", "hash", "at", "previous", "signature"])
@pytest.mark.parametrize("number", [0, 1, 2])
def test_verify__checkpoint_line_edited__is_found(chain: Organization, number: int, field: str) -> None:
    path = witness.path_of(chain.pk)
    lines = path.read_bytes().splitlines(keepends=True)
    columns = orjson.loads(lines[number])
    begin = "fe" if str(columns[field]).startswith("ff") else "ff"
    columns[field] = columns[field] - 1 if field == "sequence" else begin + str(columns[field])[2:]
    path.write_bytes(b"".join([*lines[:number], orjson.dumps(columns) + b"\n", *lines[number + 1 :]]))

    result = verify(chain.pk)

    assert not result.ok
    assert any(finding.place == "file" and f"line {number + 1} " in finding.what for finding in result.findings)


@pytest.mark.parametrize(
    "order",
    [[], [1, 2], [0, 2], [0, 1], [1, 0, 2], [0, 0, 1, 2], [2, 1, 0]],
    ids=["none", "first cut", "middle cut", "last cut", "swapped", "doubled", "reversed"],
)
def test_verify__checkpoint_lines_cut_or_moved__is_found(chain: Organization, order: list[int]) -> None:
    path = witness.path_of(chain.pk)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[number] for number in order))

    assert not verify(chain.pk).ok


@pytest.mark.parametrize("position", [20, 40])
def test_verify__checkpoint_gone_from_database_and_file__is_found(chain: Organization, position: int) -> None:
    path = witness.path_of(chain.pk)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(line for line in lines if orjson.loads(line)["sequence"] != position))
    as_superuser("DELETE FROM audit_checkpoint WHERE organization_id = %s AND sequence = %s", chain.pk, position)

    assert not verify(chain.pk).ok


def test_verify__checkpoint_file_deleted_or_of_another_organization__is_found(chain: Organization) -> None:
    other = chain_of("elsewhere")
    witness.path_of(chain.pk).write_bytes(witness.path_of(other.pk).read_bytes())
    assert not verify(chain.pk).ok

    witness.path_of(chain.pk).unlink()
    assert not verify(chain.pk).ok


@pytest.mark.parametrize("garbage", [b"{}\n", b"not json\n", b"[1]\n", b"\xff\xfe\n", b"null\n", b'{"seq', b"\n"])
def test_verify__garbage_in_the_checkpoint_file__is_red_and_no_crash(chain: Organization, garbage: bytes) -> None:
    with witness.path_of(chain.pk).open("ab") as file:
        file.write(garbage)

    assert not verify(chain.pk).ok
