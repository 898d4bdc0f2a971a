"""Rehearsing tariffs from files: bills equal a computation by hand, whatever form the files have; bad rows are told."""

import csv
import json
import re
from collections import defaultdict
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.cli.running import Finished, yuelao

_EXAMPLE = Path(__file__).parents[2] / "examples" / "megaline"
_REAL = _EXAMPLE.parents[2] / "shared" / "data" / "megaline"
_CENT = Decimal("0.01")

PLANS = """plan_name,messages_included,mb_per_month_included,minutes_included,usd_monthly_pay,usd_per_gb,\
usd_per_message,usd_per_minute
surf,50,15360,500,20,10,0.03,0.03
ultimate,1000,30720,3000,70,7,0.01,0.01
"""
USERS = """user_id,reg_date,plan,churn_date
1,2018-01-05,surf,
2,2018-02-01,ultimate,2018-03-31
3,2018-01-01,surf,
"""


def _rows(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _up(value, step):
    return (value / step).to_integral_value(ROUND_CEILING) * step


def by_hand(calls, data, messages, users, plans):
    """The bills by the README's rules, in plain loops: {(customer, month, plan): Decimal}."""
    minutes: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    traffic: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    sent: defaultdict[tuple[str, str], int] = defaultdict(int)
    for row in calls:
        minutes[row["user_id"], row["call_date"][:7]] += _up(Decimal(row["duration"]), 1)
    for row in data:
        traffic[row["user_id"], row["session_date"][:7]] += Decimal(row["mb_used"])
    for row in messages:
        sent[row["user_id"], row["message_date"][:7]] += 1
    found = {}
    for key in {*minutes, *traffic, *sent}:
        assert any(user["user_id"] == key[0] for user in users)
        for plan in plans:
            over = [
                max(Decimal(0), minutes[key] - Decimal(plan["minutes_included"])) * Decimal(plan["usd_per_minute"]),
                max(Decimal(0), _up(traffic[key], 1024) - Decimal(plan["mb_per_month_included"]))
                / 1024
                * Decimal(plan["usd_per_gb"]),
                max(Decimal(0), sent[key] - Decimal(plan["messages_included"])) * Decimal(plan["usd_per_message"]),
            ]
            cents = [line.quantize(_CENT, ROUND_HALF_UP) for line in over]
            found[(*key, plan["plan_name"])] = Decimal(plan["usd_monthly_pay"]) + sum(cents)
    return found


def summed_by_hand(bills, users):
    """What the command answers, from the bills by hand."""
    totals: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for (customer, _, plan), bill in bills.items():
        totals[customer, plan] += bill
    held = {user["user_id"]: user["plan"] for user in users}
    customers = {customer for customer, _ in totals}
    plans = {plan for _, plan in totals}
    now = {customer: totals[customer, held[customer]] for customer in customers}
    best = {customer: min(totals[customer, plan] for plan in plans) for customer in customers}
    return {
        "customers": len(customers),
        "months": len({month for _, month, _ in bills}),
        "bill_now": float(sum(now.values())),
        "bill_best": float(sum(best.values())),
        "switchers": sum(best[customer] < now[customer] for customer in customers),
    }


def written(path):
    """The bills of a result file."""
    return {(row["customer"], row["month"], row["plan"]): Decimal(row["bill"]) for row in _rows(path)}


@pytest.fixture
def rehearse(tmp_path, monkeypatch, capsys):
    """Runs the command on files of this folder: `calls=name`, …; the answer."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plans.csv").write_text(PLANS, encoding="utf-8")
    (tmp_path / "users.csv").write_text(USERS, encoding="utf-8")

    def run(out="bills.csv", rules=_EXAMPLE / "rules.yaml", **files: object) -> Finished:
        given = {"users": "users.csv", "plans": "plans.csv", **files}
        options = [part for name, file in given.items() for part in (f"--{name}", file)]
        return yuelao(capsys, "rehearse", *options, "--rules", rules, "--out", out, "--json")

    return run


def _events(folder, name, header, *rows):
    lines = [header, *(",".join(map(str, row)) for row in rows)]
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return name


def _calls(folder, *rows):
    return _events(folder, "calls.csv", "id,user_id,call_date,duration", *((n, *row) for n, row in enumerate(rows)))


def _data(folder, *rows):
    return _events(folder, "data.csv", "id,user_id,session_date,mb_used", *((n, *row) for n, row in enumerate(rows)))


def _messages(folder, *rows):
    return _events(folder, "messages.csv", "id,user_id,message_date", *((n, *row) for n, row in enumerate(rows)))


def _rules(folder, *changes, name="rules.yaml"):
    text = (_EXAMPLE / "rules.yaml").read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (folder / name).write_text(text, encoding="utf-8")
    return name


@pytest.mark.skipif(not _REAL.is_dir(), reason="the real files ../shared/data/megaline are not here")
def test_real_bills_equal_a_computation_by_hand_to_the_cent(rehearse, tmp_path):
    files = {
        "calls": _REAL / "megaline_calls_us.csv",
        "data": _REAL / "megaline_internet_us.csv",
        "messages": _REAL / "megaline_messages_us.csv",
        "users": _REAL / "megaline_users_us.csv",
        "plans": _REAL / "megaline_plans.csv",
    }
    expected = by_hand(*(_rows(path) for path in files.values()))
    done = rehearse(**files).json
    assert written(tmp_path / "bills.csv") == expected
    assert done.pop("seconds") > 0
    assert done == pytest.approx(summed_by_hand(expected, _rows(files["users"])), abs=0.005)


def test_own_bills_equal_a_computation_by_hand(rehearse, tmp_path):
    calls = _calls(tmp_path, *((n % 3 + 1, f"2018-0{n % 4 + 1}-1{n % 9}", f"{n * 0.73:.2f}") for n in range(300)))
    data = _data(tmp_path, *((n % 3 + 1, f"2018-0{n % 5 + 1}-07", f"{(n * 37) % 1700 + 0.1:.2f}") for n in range(300)))
    messages = _messages(tmp_path, *((n % 2 + 1, f"2018-0{n % 2 + 1}-28") for n in range(260)))
    expected = by_hand(*(_rows(tmp_path / name) for name in (calls, data, messages, "users.csv", "plans.csv")))
    done = rehearse(calls=calls, data=data, messages=messages).json
    assert written(tmp_path / "bills.csv") == expected
    assert list(done) == ["customers", "months", "bill_now", "bill_best", "switchers", "seconds"]
    done.pop("seconds")
    assert done == pytest.approx(summed_by_hand(expected, _rows(tmp_path / "users.csv")), abs=0.005)
    keys = [(row["customer"], row["month"], row["plan"]) for row in _rows(tmp_path / "bills.csv")]
    assert keys == sorted(keys)


def test_the_step_to_the_next_gigabyte_is_exact(rehearse, tmp_path):
    tenths = [(1, "2018-01-02", "0.1")] * 10 + [(1, "2018-01-03", "15359")]  # in floats 15360.000000000002 and more
    data = _data(tmp_path, *tenths, (3, "2018-01-05", "15360.01"), (2, "2018-02-05", "15360"))
    assert rehearse(data=data).status == 0
    bills = written(tmp_path / "bills.csv")
    assert bills["1", "2018-01", "surf"] == bills["2", "2018-02", "surf"] == 20
    assert bills["3", "2018-01", "surf"] == 30


def test_missed_calls_are_free_but_the_month_is_billed(rehearse, tmp_path):
    calls = _calls(tmp_path, (1, "2018-01-05", "0.0"), (1, "2018-01-06", "0.00"), (3, "2018-01-06", "0.01"))
    plans = tmp_path / "plans.csv"
    plans.write_text("\n".join([PLANS.splitlines()[0], "payg,0,0,0,5,1,1,0.5"]) + "\n", encoding="utf-8")
    (tmp_path / "users.csv").write_text("user_id,reg_date,plan,churn_date\n1,,payg,\n3,,payg,\n", encoding="utf-8")
    assert rehearse(calls=calls).json["bill_now"] == 10.5
    charging = _rules(tmp_path, ("missed: free", "missed: block"))
    assert rehearse(calls=calls, rules=charging).json["bill_now"] == 11.5


def test_messages_alone_are_billed(rehearse, tmp_path):
    assert rehearse(messages=_messages(tmp_path, *[(1, "2018-02-01")] * 60)).json["bill_now"] == 20.30


def test_subscribed_months_owe_the_fee_without_use(rehearse, tmp_path):
    rules = _rules(tmp_path, ("months: used", "months: subscribed"))
    calls = _calls(tmp_path, (1, "2018-02-05", 1), (3, "2018-05-01", 1), (2, "2018-04-02", 1))
    assert rehearse(calls=calls, rules=rules).json["customers"] == 3
    months = defaultdict(set)
    for customer, month, _ in written(tmp_path / "bills.csv"):
        months[customer].add(month)
    all_months = {"2018-02", "2018-03", "2018-04", "2018-05"}
    # 2 left in March, and used something in April all the same
    assert months == {"1": all_months, "2": {"2018-02", "2018-03", "2018-04"}, "3": all_months}


def test_chinese_files_in_gb18030_and_excel_give_the_same_bills(rehearse, tmp_path):
    calls = _calls(tmp_path, (1, "2018-01-05", "61.5"), (1, "2018-01-06", "500"), (3, "2018-02-06", "0"))
    data = _data(tmp_path, (1, "2018-01-05", "16000"), (3, "2018-02-01", "3.5"))
    assert rehearse(calls=calls, data=data).status == 0
    expected = written(tmp_path / "bills.csv")

    (tmp_path / "通话.csv").write_text(
        "用户,日期,秒\n1,2018年01月05日,3690\n1,2018年01月06日,30000\n3,2018年02月06日,0\n", encoding="gb18030"
    )
    book = openpyxl.Workbook()
    for row in (["用户", "月份", "流量KB"], ["1", "2018-01", 16000 * 1024], ["3", "201802", 3584]):
        book.worksheets[0].append(row)
    book.save(tmp_path / "流量.xlsx")
    users = [{"用户": row["user_id"], "套餐": row["plan"]} for row in _rows(tmp_path / "users.csv")]
    pq.write_table(pa.Table.from_pylist(users), tmp_path / "users.parquet")
    rules = """
rules: 中文
months: used
calls: {encoding: gb18030, columns: {customer_id: 用户, month: 日期, amount: {column: 秒, unit: seconds}}}
data: {columns: {customer_id: 用户, month: 月份, amount: {column: 流量KB, unit: KB}}}
users: {columns: {customer_id: 用户, plan_id: 套餐}}
"""
    own = (_EXAMPLE / "rules.yaml").read_text(encoding="utf-8")
    (tmp_path / "own.yaml").write_text(rules + "currency: usd\n" + own[own.index("plans:\n") :], encoding="utf-8")
    done = rehearse(calls="通话.csv", data="流量.xlsx", users="users.parquet", rules="own.yaml", out="two.csv")
    assert done.status == 0, done.out
    assert written(tmp_path / "two.csv") == expected


def test_the_result_may_be_excel_or_parquet(rehearse, tmp_path):
    messages = _messages(tmp_path, *[(1, "2018-02-01")] * 60)
    for out in ("bills.csv", "bills.xlsx", "bills.parquet"):
        assert rehearse(messages=messages, out=out).status == 0
    expected = [("1", "2018-02", "surf", Decimal("20.30")), ("1", "2018-02", "ultimate", Decimal("70.00"))]
    assert [(*key, bill) for key, bill in written(tmp_path / "bills.csv").items()] == expected
    table = pq.read_table(tmp_path / "bills.parquet")
    assert [tuple(row.values()) for row in table.to_pylist()] == expected
    rows = openpyxl.load_workbook(tmp_path / "bills.xlsx").worksheets[0].iter_rows(values_only=True)
    assert list(rows) == [("customer", "month", "plan", "bill"), *((*row[:3], float(row[3])) for row in expected)]


def test_wrong_rows_are_set_aside_and_told(rehearse, tmp_path):
    calls = _events(
        tmp_path, "calls.csv", "id,user_id,call_date,duration",
        ("a", 1, "2018-01-05", "5"), ("b", 1, "2018-01-05", "long"), ("c", 99, "2018-01-05", "5"),
        ("d", 1, "2018-13-05", "5"), ("e", 3, "2018-01-05", "-2"), ("a", 1, "2018-01-05", "5"), ("f", 1, "2018-01-05"),
        ("g", 2, "2018-01-05", "5"),
    )  # fmt: skip
    (tmp_path / "users.csv").write_text(USERS + "2,2018-01-01,surf,\n4,2018-01-01,gone,\n", encoding="utf-8")
    done = rehearse(calls=calls)
    assert done.json["customers"] == 2
    assert "Rows set aside: calls 6, users 2" in done.err
    assert "calls.csv, line 3, duration: not a number (long)" in done.err
    told = {(row["file"], row["line"], row["column"], row["reason"]) for row in _rows(tmp_path / "bills.rejects.csv")}
    assert told == {
        ("calls.csv", "3", "duration", "not a number"),
        ("calls.csv", "4", "user_id", "no such user, or one set aside"),
        ("calls.csv", "5", "call_date", "not a date"),
        ("calls.csv", "6", "duration", "less than 0"),
        ("calls.csv", "7", "id", "the same id as line 2"),
        ("calls.csv", "8", "", "3 values where the header has 4"),
        ("users.csv", "5", "user_id", "the same user as line 3"),
        ("users.csv", "6", "plan", "not in the plans file"),
    }


@pytest.mark.parametrize(
    ("file", "content", "says"),
    [
        ("calls.csv", "", r"The file is empty \(calls.csv\)"),
        ("calls.csv", "id,user_id,call_date,dur\n1,1,2018-01-05,3\n", r"no column 'duration' \(rules.yaml, line \d+"),
        ("calls.csv", "编号,用户\n".encode("gb18030"), r"not UTF-8 \(calls.csv, line 1\)"),
        ("plans.csv", PLANS.replace("0.03\n", "dear\n"), r"Not a number \(dear\) \(plans.csv, line 2, usd_per_minute"),
        ("plans.csv", PLANS.replace("0.01\n", "\n"), r"no price of a further minute \(plans.csv, line 3\)"),
        ("plans.csv", PLANS.replace("ultimate", "surf"), r"surf cannot be billed: .* twice \(plans.csv, line 3"),
        ("plans.csv", PLANS.splitlines()[0] + "\n", "There is no plan to bill"),
        ("rules.yaml", "rules: x\nmonths: used\nuserz: {}\n", r"'userz' is not a key of the rules \(rules.*line 3"),
        ("rules.yaml", "rules: x\nmonths: most\n", "is missing|months"),
    ],
)  # fmt: skip
def test_what_is_wrong_as_a_whole_is_refused_in_one_line(rehearse, tmp_path, file, content, says):
    _calls(tmp_path, (1, "2018-01-05", 1))
    _rules(tmp_path)
    (tmp_path / file).write_bytes(content if isinstance(content, bytes) else content.encode())
    done = rehearse(calls="calls.csv", rules="rules.yaml")
    error = done.error
    told = f"{error['message']} ({error['where']})"
    assert re.search(says, told), told
    assert "\n" not in told
    assert not (tmp_path / "bills.csv").exists()


@pytest.mark.parametrize(
    "change",
    [
        ("1 GB", "1 lump"),
        ("per: call", "per: week"),
        ("unit: MB", "unit: minutes"),
        ("months: used", "months: all"),
        ("month: call_date", "months: call_date"),
        ("currency: usd", "money: usd"),
    ],
)
def test_a_wrong_rule_is_refused_with_its_line(rehearse, tmp_path, change):
    rules = _rules(tmp_path, change)
    error = rehearse(calls=_calls(tmp_path, (1, "2018-01-05", 1)), rules=rules).error
    assert re.match(r"rules.yaml, line \d+", error["where"])


def test_results_never_overwrite_what_was_read(rehearse, tmp_path):
    calls = _calls(tmp_path, (1, "2018-01-05", 1))
    assert "overwrite" in rehearse(calls=calls, out=calls).error["message"]
    assert "format" in rehearse(calls=calls, out="bills.pdf").error["message"]
    assert "folder" in rehearse(calls=calls, out="nowhere/bills.csv").error["message"]
    assert json.loads(rehearse().out)["error"]["message"] == "There is no use to bill"


def test_lines_of_one_holder_share_a_plan(rehearse, tmp_path):
    (tmp_path / "users.csv").write_text("user_id,holder,plan\n1,h,family\n2,h,family\n3,,family\n", encoding="utf-8")
    header = PLANS.splitlines()[0] + ",lines"
    (tmp_path / "plans.csv").write_text(f"{header}\nfamily,0,0,100,50,10,1,0.5,2\n", encoding="utf-8")
    calls = _calls(tmp_path, (1, "2018-01-05", "100"), (2, "2018-01-05", "11"), (3, "2018-01-05", "100"))
    rules = _rules(
        tmp_path,
        (
            "    plan_id: plan\n    joined_on: reg_date\n    left_on: churn_date",
            "    plan_id: plan\n    holder: holder",
        ),
        ("    monthly_fee:", "    shared_lines: lines\n    monthly_fee:"),
    )
    assert rehearse(calls=calls, rules=rules).json["bill_now"] == 50 + 5.5 + 50
    bills = written(tmp_path / "bills.csv")
    assert [bills[customer, "2018-01", "family"] for customer in "123"] == [Decimal("27.75"), Decimal("27.75"), 50]
