"""`./scripts/recount`: the same rule by another way, and an answer to every broken package."""

from __future__ import annotations

import base64
import csv
import hashlib
import json
import os
import subprocess
import sys
import zipfile
from uuid import UUID

import pytest
from factories import recounts
from hypothesis import given, settings
from hypothesis import strategies as st

from app.kit.signing import Signer
from app.voting.actions.counting import tally_matter
from app.voting.rules import NOTHING, Matter, Weight, published_matter, seal_statement

CANDIDATES = [f"0000000{number}-0000-4000-8000-000000000000" for number in range(1, 6)]
ROLL = ["voter_id", "area_centi", "units"]
BALLOTS = ["ballot_id", "voter_id", "matter_id", "choice", "channel", "status"]
SIGNER = Signer("U0lHTklORy1LRVktT0YtVEhFLVRFU1RTLTMyLUJZVEU=")


def write_table(path, heading, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(heading)
        writer.writerows(rows)


def write(folder, matters, roll, ballots, **others):
    """A package in a folder."""
    folder.mkdir(exist_ok=True)
    assembly = {"id": "a", "title": "大会", "closes_at": "2026-11-25T24:00:00+08:00"}
    others["assembly"] = {"assembly": assembly, "matters": matters}
    for name, value in others.items():
        (folder / f"{name}.json").write_text(json.dumps(value, indent=1), "utf-8")
    write_table(folder / "roll.csv", ROLL, roll)
    write_table(folder / "ballots.csv", BALLOTS, ballots)
    return folder


def resolution(statute=4, name="m1"):
    return {"id": name, "statute": statute, "kind": "resolution", "title": "一件事"}


def election(seats, count, name="m2"):
    candidates = [{"id": one, "name": f"候选人 {one[7]}"} for one in CANDIDATES[:count]]
    return {
        "id": name,
        "statute": 3,
        "kind": "election",
        "title": "选举",
        "seats": seats,
        "candidates": candidates,
    }


@st.composite
def assemblies(draw):
    """Matters, the roll, and ballots: counted, superseded, spoiled, by every channel."""
    matters = [resolution(draw(st.integers(1, 9)))]
    if draw(st.booleans()):
        seats, extra = draw(st.integers(1, 3)), draw(st.integers(0, 2))
        matters.append(election(seats, seats + extra))
    # Few different areas, so that ties and exact bounds come up.
    areas = draw(st.lists(st.sampled_from([1, 2, 3, 5000, 10000]), min_size=1, max_size=12))
    roll = [(f"v{number}", area, 1) for number, area in enumerate(areas)]
    ballots = []
    for voter, _, _ in roll:
        for matter in matters:
            for status in draw(st.sampled_from(STORIES)):
                choice = draw(choices(matter, counted=status == "counted"))
                channel = draw(st.sampled_from(["online", "paper", "proxy"]))
                ballots.append((f"b{len(ballots)}", voter, matter["id"], choice, channel, status))
    return matters, roll, draw(st.permutations(ballots))


STORIES = [
    [],
    ["counted"],
    ["counted"],
    ["superseded", "counted"],
    ["spoiled"],
    ["spoiled", "superseded", "counted"],
]


def choices(matter, *, counted):
    if matter["kind"] == "resolution":
        return st.sampled_from(["for", "for", "for", "against", "abstain"])
    names = [candidate["id"] for candidate in matter["candidates"]]
    most = matter["seats"] if counted else len(names)
    chosen = st.lists(st.sampled_from(names), unique=True, max_size=most)
    return chosen.map(lambda picked: ";".join(name for name in names if name in picked))


def our_result(matters, roll, ballots):
    """What the application publishes for the same ballots."""
    areas = {voter: area for voter, area, _ in roll}
    total = Weight(sum(areas.values()), len(areas))
    published = []
    for matter in matters:
        votes = {}
        for _, voter, matter_id, choice, _, status in ballots:
            if matter_id == matter["id"] and status == "counted":
                votes[choice] = votes.get(choice, NOTHING) + Weight(areas[voter], 1)
        names = [UUID(candidate["id"]) for candidate in matter.get("candidates", [])]
        found = tally_matter(Matter(matter["statute"]), matter.get("seats"), total, votes, names)
        published.append(published_matter(matter["id"], *found))
    return published


@settings(max_examples=150, deadline=None)
@given(made=assemblies())
def test_the_recount_comes_to_what_the_application_publishes(tmp_path_factory, made):
    result = our_result(*made)
    folder = write(tmp_path_factory.mktemp("package"), *made, result={"matters": result})
    code, printed = recounts.run(folder)
    assert (code, printed["disagreements"]) == (0, [])
    assert printed["matters"] == result
    # Without the ballots the totals lead to the same outcomes.
    (folder / "ballots.csv").unlink()
    code, printed = recounts.run(folder)
    assert (code, printed["matters"]) == (0, result)


@settings(max_examples=60, deadline=None)
@given(made=assemblies(), data=st.data())
def test_a_result_that_says_something_else_is_found_out(tmp_path_factory, made, data):
    result = our_result(*made)
    matter = data.draw(st.sampled_from(result))
    name = data.draw(st.sampled_from(["outcome", "quorum_met", "took_part", "roll", "threshold"]))
    matter[name] = {"outcome": "NONE", "quorum_met": not matter["quorum_met"]}.get(name, {})
    folder = write(tmp_path_factory.mktemp("package"), *made, result={"matters": result})
    code, printed = recounts.run(folder)
    assert code == 1
    assert [one["where"] for one in printed["disagreements"]] == [f"matters[{matter['id']}].{name}"]


def small(folder, **changes):
    """Three voters, two of them for it."""
    given = {
        "matters": [resolution(), election(1, 2)],
        "roll": [("v1", 100, 1), ("v2", 100, 1), ("v3", 100, 2)],
        "ballots": [
            ("b1", "v1", "m1", "for", "online", "counted"),
            ("b2", "v2", "m1", "for", "paper", "counted"),
            ("b3", "v1", "m2", CANDIDATES[0], "online", "counted"),
            ("b4", "v2", "m2", "", "paper", "counted"),
        ],
    }
    return write(folder, **(given | changes))


def test_the_words_of_the_result(tmp_path):
    code, printed = recounts.run(small(tmp_path))
    assert code == 0
    weight = {"area_centi": 200, "heads": 2}
    nothing = {"area_centi": 0, "heads": 0}
    assert printed["matters"][0] == {
        "id": "m1",
        "outcome": "ADOPTED",
        "threshold": "majority",
        "quorum_met": True,
        "roll": {"area_centi": 300, "heads": 3},
        "took_part": weight,
        "for": weight,
        "against": nothing,
        "abstain": nothing,
    }
    assert printed["matters"][1]["outcome"] == "REJECTED"
    assert printed["matters"][1]["candidates"] == [
        {
            "id": CANDIDATES[0],
            "for": {"area_centi": 100, "heads": 1},
            "elected": False,
            "alternate": False,
        },
        {"id": CANDIDATES[1], "for": nothing, "elected": False, "alternate": False},
    ]


def test_a_tie_across_the_last_seat_is_reported_and_not_broken(tmp_path):
    both = f"{CANDIDATES[0]};{CANDIDATES[1]}"
    three = f"{CANDIDATES[0]};{CANDIDATES[2]}"
    roll = [(f"v{number}", 100, 1) for number in range(3)]
    chosen = [both, three, f"{CANDIDATES[1]};{CANDIDATES[2]}"]
    ballots = [
        (f"b{number}", f"v{number}", "m2", choice, "online", "counted")
        for number, choice in enumerate(chosen)
    ]
    write(tmp_path, [election(2, 3)], roll, ballots)
    _, printed = recounts.run(tmp_path)
    assert printed["matters"][0]["tie"] == CANDIDATES[:3]
    assert not any(
        one["elected"] or one["alternate"] for one in printed["matters"][0]["candidates"]
    )


BALLOT = ("b9", "v3", "m1", "for", "online", "counted")


def ballot(**changes):
    return tuple(changes.get(name, value) for name, value in zip(BALLOTS, BALLOT, strict=True))


@pytest.mark.parametrize(
    ("row", "column", "why"),
    [
        (ballot(voter_id="v9"), 2, "名册上没有表决人"),
        (ballot(voter_id="v1"), 2, "两张计入的选票"),
        (ballot(matter_id="m9"), 3, "没有事项"),
        (ballot(choice="maybe"), 4, "没有“maybe”这个选项"),
        (ballot(choice=""), 4, "要是 for、against 或 abstain"),
        (ballot(choice="for;against"), 4, "要是 for、against 或 abstain"),
        (ballot(choice="FOR"), 4, "没有“FOR”这个选项"),
        (ballot(matter_id="m2"), 4, "没有“for”这个选项"),
        (ballot(matter_id="m2", choice=";".join(CANDIDATES[:2])), 4, "最多选 1 人"),
        (ballot(matter_id="m2", choice=";".join(CANDIDATES[:1] * 2)), 4, "写了两次"),
        (ballot(channel="post"), 5, "online、paper 或 proxy"),
        (ballot(status="lost"), 6, "counted、superseded 或 spoiled"),
        (ballot(ballot_id="b1"), 1, "出现了两次"),
        (ballot(ballot_id=""), 1, "编号不能为空"),
        (ballot(ballot_id=" b9"), 1, "首尾空格"),
        (BALLOT[:5], 6, "要有 6 列，这里有 5 列"),
        ((*BALLOT, "x"), 7, "要有 6 列，这里有 7 列"),
    ],
)
def test_a_broken_ballot_is_named_with_its_line_and_column(tmp_path, row, column, why):
    folder = small(tmp_path)
    with (folder / "ballots.csv").open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerow(row)
    code, printed = recounts.run(folder)
    assert code == 2
    place = printed["malformed"]
    assert (place["file"], place["line"], place["column"]) == ("ballots.csv", 6, column)
    assert why in place["why"]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (("v4", "-1", 1), 2),
        (("v4", "100.5", 1), 2),
        (("v4", "1e3", 1), 2),
        (("v4", "0", 1), 2),
        (("v4", "", 1), 2),
        (("v4", "１００", 1), 2),
        (("v4", "9" * 5000, 1), 2),
        (("v4", 100, 0), 3),
        (("v1", 100, 1), 1),
        (("v\x00", 100, 1), 1),
    ],
)
def test_a_broken_line_of_the_roll_is_named(tmp_path, row, column):
    folder = small(tmp_path)
    with (folder / "roll.csv").open("a", encoding="utf-8", newline="") as file:
        file.write(",".join(map(str, row)) + "\n")
    code, printed = recounts.run(folder)
    place = printed["malformed"]
    assert (code, place["file"], place["line"], place["column"]) == (2, "roll.csv", 5, column)


@pytest.mark.parametrize(
    ("name", "content", "line", "column"),
    [
        ("roll.csv", b"voter_id,area_centi,units\nv1,100,1\n\xe5\xbc,100,1\n", 3, 1),
        ("roll.csv", b"voter_id,area_centi,units\nv1,1\xff,1\n", 2, 5),
        ("roll.csv", b"\xef\xbb\xbfvoter_id,area_centi,units\nv1,100,1\n", 1, 1),
        ("roll.csv", b"voter_id,area\n", 1, 1),
        ("roll.csv", b"voter_id,area_centi,units\n", 1, 1),
        ("roll.csv", b"", 1, 1),
        ("roll.csv", b'voter_id,area_centi,units\n"v1,100,1\n', 2, 1),
        ("roll.csv", b"voter_id,area_centi,units\n" + b"v" * 70000, 2, 65536),
        ("assembly.json", b'{"assembly": {},\n "matters": [}', 2, 14),
        ("assembly.json", b"[]", 1, 1),
        ("assembly.json", b"\xff", 1, 1),
        ("assembly.json", b"[" * 100000, 1, 1),
        ("result.json", b'{"matters": NaN}', 1, 1),
        ("result.json", b'{"matters": [], "matters": []}', 1, 1),
        ("result.json", b"{}", 1, 1),
        ("tree.json", b'{"size": 1,\n "root": "x"}', 2, 10),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_the_place(tmp_path, name, content, line, column):
    folder = small(tmp_path)
    (folder / name).write_bytes(content)
    code, printed = recounts.run(folder)
    place = printed["malformed"]
    assert code == 2
    assert (place["file"], place["line"], place["column"]) == (name, line, column)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"statute": 10}, "matters[1].statute"),
        ({"statute": True}, "matters[1].statute"),
        ({"statute": 4.0}, "matters[1].statute"),
        ({"kind": "poll"}, "matters[1].kind"),
        ({"seats": 0}, "matters[1].seats"),
        ({"seats": None}, "matters[1].seats"),
        ({"candidates": []}, "matters[1].candidates"),
        ({"candidates": [{"id": "a;b", "name": "x"}]}, "matters[1].candidates[0].id"),
        ({"candidates": [{"id": "a", "name": "x"}] * 2}, "matters[1].candidates[1].id"),
        ({"id": "m1"}, "matters[1].id"),
        ({"id": 7}, "matters[1].id"),
        ({"title": None}, "matters[1].title"),
    ],
)
def test_a_broken_matter_is_named_with_its_place(tmp_path, change, field):
    folder = small(tmp_path, matters=[resolution(), election(1, 2) | change])
    code, printed = recounts.run(folder)
    assert (code, printed["malformed"]["field"]) == (2, field)
    lines = (folder / "assembly.json").read_text("utf-8").splitlines()
    shown = lines[printed["malformed"]["line"] - 1][printed["malformed"]["column"] - 1 :]
    value = next(iter(change.values()))
    if field.count("[") == 1:
        assert shown.startswith(json.dumps(value)[:1])


def test_a_missing_file_or_package_is_named(tmp_path):
    folder = small(tmp_path / "package")
    (folder / "ballots.csv").unlink()
    assert recounts.run(folder)[1]["malformed"]["file"] == "ballots.csv"
    (folder / "roll.csv").unlink()
    assert recounts.run(folder)[1]["malformed"]["file"] == "roll.csv"
    assert recounts.run(tmp_path / "nothing")[0] == 2


def zipped(folder, path, prefix=""):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, prefix + file.name)
    return path


def test_a_zip_counts_like_its_folder_also_with_a_folder_inside(tmp_path):
    folder = small(tmp_path / "package")
    expected = recounts.run(folder)
    assert recounts.run(zipped(folder, tmp_path / "flat.zip")) == expected
    assert recounts.run(zipped(folder, tmp_path / "deep.zip", "package/")) == expected


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_change_of_a_package_makes_the_recount_stumble(tmp_path_factory, data):
    place = tmp_path_factory.mktemp("mutated")
    folder = small(place / "package")
    (folder / "result.json").write_text(
        json.dumps({"matters": recounts.run(folder)[1]["matters"]}), "utf-8"
    )
    sealed(folder)
    names = sorted(file.name for file in folder.iterdir())
    target = folder / data.draw(st.sampled_from(names))
    if data.draw(st.booleans()):
        target = zipped(folder, place / "package.zip")
    content = bytearray(target.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content)))
        piece = data.draw(st.one_of(st.binary(max_size=3), st.sampled_from(PIECES)))
        content[at : at + data.draw(st.integers(0, 5))] = piece
    target.write_bytes(content)
    code, printed = recounts.run(target if target.suffix == ".zip" else folder)
    assert code in (0, 1, 2)
    if code == 2:
        place = printed["malformed"]
        assert place["file"]
        assert place["line"] >= 1
        assert place["column"] >= 1
        assert place["why"]


PIECES = [
    b'"',
    b",",
    b"\n",
    b"\r",
    b"{}",
    b"[]",
    b"null",
    b"1e999",
    b"\\ud800",
    b"\x00",
    b"-",
    b";",
]


def sealed(folder, signer=SIGNER):
    """Digests, their root and a signature for the small package."""
    rows = list(csv.DictReader((folder / "ballots.csv").open(encoding="utf-8")))
    leaves = []
    for number, row in enumerate(rows):
        named = {name: row[name] for name in BALLOTS[:5]} | {"nonce": f"n{number}"}
        text = json.dumps(named, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        leaves.append(hashlib.sha256(text.encode()).hexdigest())
    write_table(
        folder / "nonces.csv",
        ["ballot_id", "nonce"],
        [(row["ballot_id"], f"n{number}") for number, row in enumerate(rows)],
    )
    write_table(folder / "leaves.csv", ["digest"], [(leaf,) for leaf in leaves])
    root = merkle([bytes.fromhex(leaf) for leaf in leaves]).hex()
    result = json.loads((folder / "result.json").read_text("utf-8"))["matters"]
    statement = seal_statement(
        assembly_id="a", counting=1, size=len(leaves), root=root, result=result
    )
    seal = {
        "statement": statement,
        "public_key": signer.public_key,
        "signature": signer.sign(statement),
    }
    tree = {"size": len(leaves), "root": root, "seal": seal}
    (folder / "tree.json").write_text(json.dumps(tree, indent=1), "utf-8")
    return tree


def merkle(leaves):
    """RFC 9162, 2.1.1, word for word."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + merkle(leaves[:split]) + merkle(leaves[split:])).digest()


@pytest.fixture
def package(tmp_path):
    folder = small(tmp_path)
    result = {"matters": recounts.run(folder)[1]["matters"]}
    (folder / "result.json").write_text(json.dumps(result), "utf-8")
    tree = sealed(folder)
    assert recounts.run(folder)[0] == 0
    return folder, tree


def places(folder):
    code, printed = recounts.run(folder)
    assert code == 1
    return [(one["file"], one["where"]) for one in printed["disagreements"]]


def test_a_ballot_changed_after_the_seal_shows_in_the_digests(package):
    folder, _ = package
    text = (folder / "ballots.csv").read_text("utf-8")
    (folder / "ballots.csv").write_text(text.replace("b4,v2,m2,,paper", "b4,v2,m2,,online"))
    assert places(folder) == [("leaves.csv", "第 4 张（b4）"), ("tree.json", "root")]


def test_a_digest_left_out_changes_size_and_root(package):
    folder, _ = package
    for name in ("ballots.csv", "nonces.csv"):
        (folder / name).unlink()
    lines = (folder / "leaves.csv").read_text("utf-8").splitlines()
    (folder / "leaves.csv").write_text("\n".join(lines[:-1]) + "\n")
    assert places(folder) == [("tree.json", "size"), ("tree.json", "root")]


@pytest.mark.parametrize(
    ("part", "where"),
    [
        ("signature", ["seal.signature"]),
        ("public_key", ["seal.signature"]),
        ("statement", ["seal.signature", "seal.statement.size"]),
    ],
)
def test_a_seal_that_is_not_about_this_result_is_found_out(package, part, where):
    folder, tree = package
    other = Signer("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")
    seal = tree["seal"]
    seal[part] = {
        "signature": other.sign(seal["statement"]),
        "public_key": other.public_key,
        "statement": seal["statement"].replace('"size":4', '"size":5'),
    }[part]
    (folder / "tree.json").write_text(json.dumps(tree), "utf-8")
    assert places(folder) == [("tree.json", one) for one in where]


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=50)


@settings(max_examples=20, deadline=None)
@given(seed=st.binary(min_size=32, max_size=32), words=WORDS, flip=st.integers(0, 511))
def test_signatures_are_checked_as_the_library_checks_them(seed, words, flip):
    signer = Signer(base64.urlsafe_b64encode(seed).decode())
    signature = bytearray.fromhex(signer.sign(words))
    key, verify = bytes.fromhex(signer.public_key), recounts.recount.verify
    assert verify(key, words.encode(), bytes(signature))
    signature[flip // 8] ^= 1 << flip % 8
    assert not verify(key, words.encode(), bytes(signature))


def test_the_recount_is_one_file_that_runs_with_nothing_but_python(tmp_path):
    folder = small(tmp_path / "package")
    alone = tmp_path / "recount"
    alone.write_bytes(recounts.SCRIPT.read_bytes())
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(alone), str(folder)],
        capture_output=True,
        check=False,
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
    )
    assert done.returncode == 0
    assert json.loads(done.stdout)["agrees"] is True
