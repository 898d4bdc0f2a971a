"""The first tables. A revision never changes: it describes the tables as they were, without looking at today's."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_LIVE = "state IN ('leased', 'dialling', 'connected', 'wrap_up')"
_WAITING = "state IN ('ready', 'scheduled', 'recycled')"
_ACTIVE = "state IN ('ready', 'scheduled', 'recycled', 'leased', 'dialling', 'connected', 'wrap_up')"
_DEFINITIONS = ("product_versions", "script_versions", "policy_versions", "segmentation_versions")
_APPEND_ONLY = ("contacts", "order_events", "campaign_history", "audit_entries")
_TABLES = (
    *("audit_entries", "calls", "campaign_history", "campaign_versions", "contacts", "identities", "match_runs"),
    *("order_events", "orders", "outbox", "profiles", "profile_generations", "sessions", "sign_in_failures"),
    *("tasks", "users", *_DEFINITIONS),
)


def upgrade() -> None:
    _staff()
    _customers()
    for table in _DEFINITIONS:
        op.create_table(table, *_version_columns())
    _campaigns()
    _contacts_and_runs()
    _tasks()
    _task_indexes()
    _calls()
    _orders()
    _audit_and_outbox()
    for table in _APPEND_ONLY:
        _forbid_changes(table)


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION yuelao_append_only()")


def _text(name: str, *, null: bool = False, key: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=null, primary_key=key)


def _integer(name: str, *, null: bool = False, key: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=null, primary_key=key)


def _sequence(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True)


def _moment(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=null)


def _json(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.JSON(), nullable=False)


def _index(table: str, name: str, columns: list[str | sa.TextClause], where: str = "", *, unique: bool = False) -> None:
    condition = sa.text(where) if where else None
    op.create_index(name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


def _staff() -> None:
    op.create_table(
        "users",
        *(_text("name", key=True), _text("role"), _text("display_name")),
        *(_text("team", null=True), _text("language", null=True), _text("password_hash")),
        *(sa.Column("active", sa.Boolean(), nullable=False), _moment("created_at")),
    )
    op.create_table(
        "sessions",
        *(_text("token_hash", key=True), _text("user_name"), _moment("started_at"), _moment("ends_at")),
        sa.ForeignKeyConstraint(["user_name"], ["users.name"], name="fk_sessions_user_name"),
    )
    _index("sessions", "ix_sessions_user_name", ["user_name"])
    op.create_table("sign_in_failures", _sequence("failure_id"), _text("name"), _moment("failed_at"))
    _index("sign_in_failures", "ix_sign_in_failures_name", ["name", "failed_at"])


def _customers() -> None:
    op.create_table(
        "identities",
        *(_text("customer_id", key=True), _text("source_id"), _text("person_id")),
        *(_text("name", null=True), _text("phone", null=True), _text("city", null=True)),
    )
    for column in ("source_id", "person_id", "phone"):
        _index("identities", f"ix_identities_{column}", [column])
    op.create_table(
        "profile_generations",
        *(_integer("generation", key=True), sa.Column("as_of", sa.Date(), nullable=False), _text("state")),
        *(_moment("created_at"), _moment("flipped_at", null=True)),
    )
    op.create_table(
        "profiles",
        *(_integer("generation", key=True), _text("customer_id", key=True), _json("fields")),
        sa.ForeignKeyConstraint(["generation"], ["profile_generations.generation"], name="fk_profiles_generation"),
    )


def _version_columns() -> tuple[sa.Column[Any], ...]:
    return (
        *(_text("name", key=True), _integer("version", key=True), _json("content")),
        *(_text("saved_by"), _moment("saved_at")),
    )


def _campaigns() -> None:
    op.create_table("campaign_versions", *_version_columns(), _text("state"))
    op.create_table(
        "campaign_history",
        *(_sequence("step"), _text("campaign"), _integer("version"), _text("action"), _text("state")),
        *(_text("actor"), _text("reason"), _moment("happened_at")),
        sa.ForeignKeyConstraint(
            ["campaign", "version"],
            ["campaign_versions.name", "campaign_versions.version"],
            name="fk_campaign_history_campaign",
        ),
    )
    _index("campaign_history", "ix_campaign_history_campaign", ["campaign", "version"])


def _contacts_and_runs() -> None:
    op.create_table(
        "contacts",
        *(_sequence("sequence"), _text("contact_id"), _text("person_id"), _text("customer_id")),
        *(_moment("contacted_at"), _text("channel"), _text("outcome"), _text("campaign", null=True)),
        *(_text("product", null=True), _text("agent", null=True), _text("task_id", null=True)),
        _integer("talk_seconds"),
        sa.UniqueConstraint("contact_id", name="uq_contacts_contact_id"),
    )
    _index("contacts", "ix_contacts_person", ["person_id", "contacted_at"])
    op.create_table(
        "match_runs",
        *(_text("run", key=True), _text("campaign"), _integer("version")),
        *(sa.Column("as_of", sa.Date(), nullable=False), _text("state"), _json("summary")),
        sa.Column("ledger_sequence", sa.BigInteger(), nullable=False),
        *(_text("created_by"), _moment("created_at"), _moment("launched_at", null=True)),
    )
    _index("match_runs", "ix_match_runs_campaign", ["campaign", "as_of"])


def _tasks() -> None:
    op.create_table(
        "tasks",
        *(_text("task_id", key=True), _text("run"), _text("campaign"), _integer("campaign_version")),
        *(_text("customer_id"), _text("person_id"), _text("product"), _text("channel")),
        *(_json("alternatives"), _json("why"), _text("team"), _integer("priority")),
        *(sa.Column("value", sa.Double(), nullable=False), _text("state"), _text("agent", null=True)),
        *(_integer("lease_version"), _moment("lease_until", null=True), _moment("due_at", null=True)),
        *(_moment("expires_at"), _integer("attempts"), _text("outcome", null=True), _text("reason")),
        *(_moment("created_at"), _moment("changed_at")),
        sa.UniqueConstraint("run", "customer_id", "product", name="uq_tasks_run"),
    )


def _task_indexes() -> None:
    best_first: list[str | sa.TextClause] = ["team", sa.text("priority DESC"), sa.text("value DESC"), "task_id"]
    _index("tasks", "uq_tasks_active_person", ["person_id"], _ACTIVE, unique=True)
    _index("tasks", "uq_tasks_live_agent", ["agent"], _LIVE, unique=True)
    _index("tasks", "ix_tasks_pool", best_first, "state = 'ready'")
    _index("tasks", "ix_tasks_call_back", ["agent", "due_at"], "state = 'scheduled'")
    _index("tasks", "ix_tasks_due", ["state", "due_at"], "state IN ('scheduled', 'recycled')")
    _index("tasks", "ix_tasks_lease", ["lease_until"], _LIVE)
    _index("tasks", "ix_tasks_expiry", ["expires_at"], _WAITING)
    _index("tasks", "ix_tasks_customer", ["customer_id"])
    _index("tasks", "ix_tasks_campaign", ["campaign", "state"])


def _calls() -> None:
    op.create_table(
        "calls",
        *(_text("call_id", key=True), _text("task_id", null=True), _text("customer_id")),
        *(_text("campaign", null=True), _text("agent"), _moment("started_at"), _moment("connected_at", null=True)),
        *(_moment("ended_at", null=True), _text("outcome", null=True), _integer("talk_seconds", null=True)),
        _text("note"),
    )
    _index("calls", "ix_calls_customer_id", ["customer_id"])
    _index("calls", "ix_calls_agent", ["agent", "started_at"])
    _index("calls", "ix_calls_task", ["task_id"])


def _orders() -> None:
    op.create_table(
        "orders",
        *(_text("order_id", key=True), _text("customer_id"), _text("product"), _text("channel")),
        sa.Column("amount", sa.Numeric(14, 2), nullable=False),
        *(_text("campaign", null=True), _text("contact_id", null=True), _text("agent", null=True)),
        *(_text("state"), _moment("ordered_at"), _moment("changed_at")),
    )
    _index("orders", "ix_orders_customer_id", ["customer_id"])
    _index("orders", "ix_orders_campaign", ["campaign", "state"])
    op.create_table(
        "order_events",
        *(_sequence("sequence"), _text("order_id"), _text("state")),
        *(_text("actor"), _text("reason"), _moment("happened_at")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name="fk_order_events_order_id"),
    )
    _index("order_events", "ix_order_events_order_id", ["order_id"])


def _audit_and_outbox() -> None:
    op.create_table(
        "audit_entries",
        *(_sequence("sequence"), _moment("happened_at"), _text("actor"), _text("action"), _text("object")),
        _json("detail"),
    )
    _index("audit_entries", "ix_audit_entries_object", ["object", "sequence"])
    _index("audit_entries", "ix_audit_entries_actor", ["actor", "sequence"])
    op.create_table(
        "outbox",
        *(_sequence("message_id"), _text("kind"), _text("key"), _json("payload"), _text("state")),
        *(_integer("attempts"), _moment("next_at"), _text("last_error"), _moment("created_at")),
        _moment("sent_at", null=True),
        sa.UniqueConstraint("kind", "key", name="uq_outbox_kind"),
    )
    _index("outbox", "ix_outbox_next", ["next_at"], "state = 'waiting'")


def _forbid_changes(table: str) -> None:
    """Let the database itself refuse to change or delete a row of a ledger."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION yuelao_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION yuelao_append_only()"
    )
