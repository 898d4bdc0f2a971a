"""The page about the data contract, `docs/data_contract.md`, written from `contract.yaml`."""

from yuelao.warehouse.contract import CONTRACT, Field, Table

_HEAD = """# The data contract

*Written from `src/yuelao/warehouse/contract.yaml` by `make docs`.*

These are the tables that every source is [mapped](mapping.md) to. Only what is marked **needed** must be there; what a
source lacks is empty. 每个数据源都映射到下列表；标 **needed** 的字段必填，其余可缺。

- **key**: identifies a row. A row with a known key and other values replaces the old one; columns that a load does not
  bring keep their value. An event's own id that a source lacks is made from the row's values.
- **known**: from when on a row may be used. A view as of a day never uses a row that was not known before it.
- **identity**: goes to the operations only and never into the lake. `customer_id` and `person_id` are pseudonyms there.
- **past**: a value later than the day after the load is rejected. **after the call**: known only after a contact, so no
  model may use it to decide on one.
- `money` is exact to the fen (DECIMAL(18,2)), so that sums do not depend on the order of the rows. `timestamp` is in
  the workspace's time zone.
"""


def render() -> str:
    """The page as Markdown."""
    return _HEAD + "".join(_section(table) for table in CONTRACT.tables.values())


def _section(table: Table) -> str:
    facts = [f"key: {', '.join(f'`{name}`' for name in table.key)}"]
    if table.known:
        field, months = table.known
        facts.append(f"known: from `{field}`" + (f" + {months} month" if months else "") + " on")
    if table.partition:
        facts.append(f"kept by the month of `{table.partition}`")
    rows = "".join(_row(field) for field in table.fields.values())
    return (
        f"\n## {table.name}\n\n{table.en} · {table.zh}\n\n{'; '.join(facts)}.\n\n"
        f"| field | type | unit | meaning | 含义 | rules |\n|---|---|---|---|---|---|\n{rows}"
    )


def _row(field: Field) -> str:
    return f"| `{field.name}` | {field.type} | {field.unit} | {field.en} | {field.zh} | {_rules(field)} |\n"


def _rules(field: Field) -> str:
    marks = {
        "needed": field.required,
        "identity": field.identity,
        "past": field.past,
        "after the call": field.after_call,
    }
    rules = [f"**{mark}**" for mark, holds in marks.items() if holds]
    if field.least is not None or field.most is not None:
        least, most = field.least, field.most
        rules.append(f"{least} to {most}" if most is not None else f"at least {least}")
    if field.codes:
        rules.append(", ".join(f"`{code}`" for code in field.codes))
    return "; ".join(rules)
