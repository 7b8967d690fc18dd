"""The tables of the history. Times are UTC without zone; no column holds a word of a mail."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

from drafter.history.keys import MAX_KEY

VERSION = 3
"""Raise it with every change of a table, and say in schema.MIGRATIONS how older ones are lifted."""

MAX_WHAT = 300
"""Characters that are kept of what was promised."""

tables = MetaData()

meta = Table(
    "drafter_meta",
    tables,
    Column("name", String(40), primary_key=True),
    Column("value", String(40), nullable=False),
)
"""One row: the version of the schema."""

reply = Table(
    "drafter_reply",
    tables,
    Column("id", Integer, primary_key=True, autoincrement=True),  # the order of acceptance, whatever the clocks say
    Column("mail", String(MAX_KEY), nullable=False),
    Column("customer", String(MAX_KEY), nullable=False),  # normalised address; empty: nobody that can be told apart
    Column("thread", String(MAX_KEY), nullable=False),
    Column("written_at", DateTime, nullable=False),  # of the mail answered
    Column("accepted_at", DateTime, nullable=False),
    Column("stage", String(20), nullable=False),
    Column("frame", String(20), nullable=False),
    Column("points", Float, nullable=False),
    Column("mild", Integer, nullable=False),
    Column("clear", Integer, nullable=False),
    Column("vulgar", Integer, nullable=False),
    Column("apologised", Boolean, nullable=False),
    Column("round", Integer, nullable=False),
    UniqueConstraint("customer", "mail", name="drafter_reply_mail"),
    Index("drafter_reply_thread", "customer", "thread"),
    Index("drafter_reply_accepted", "accepted_at"),
    sqlite_autoincrement=True,  # an id that was forgotten is not given again
)

offer = Table(
    "drafter_offer",
    tables,
    Column("reply", Integer, ForeignKey(reply.c.id), primary_key=True),
    Column("option", String(80), primary_key=True),
    Column("goodwill", Boolean, nullable=False),
    Column("cost", Float, nullable=False),
)

message = Table(
    "drafter_message",
    tables,
    Column("customer", String(MAX_KEY), primary_key=True),
    Column("id", String(MAX_KEY), primary_key=True),
    Column("thread", String(MAX_KEY), nullable=False),
)
"""Which message ids belong to which thread of a customer."""

promise = Table(
    "drafter_promise",
    tables,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("customer", String(MAX_KEY), nullable=False),
    Column("thread", String(MAX_KEY), nullable=False),
    Column("reply", Integer, ForeignKey(reply.c.id)),  # the accepted reply that made it, where there is one
    Column("kind", String(40), nullable=False),  # the name of a step, or option, agreed, notice
    Column("option", String(80), nullable=False),
    Column("what", String(MAX_WHAT), nullable=False),  # a text of ours
    Column("made_at", DateTime, nullable=False),
    Column("due", Date),
    Column("done_at", DateTime),
    Index("drafter_promise_due", "due"),
    Index("drafter_promise_customer", "customer"),
    sqlite_autoincrement=True,
)
"""What accepted replies have promised (advice E3); since version 2, never written before version 3."""
