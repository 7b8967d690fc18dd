"""Run over an inbox: a draft in each thread that waits for an answer, and a line in report.jsonl for each mail.

    sources → Inbox → run → workers (work.py) → drafts, report.jsonl → report.html, report.csv

`run.py` goes through the inbox in the order of time: it alone reads and writes the history. `work.py` is what is done
with one mail, wherever that is done; `pools.py` says where. `journal.py` knows what an earlier run has done.
"""

from drafter.batch.run import Order, Watcher, run, survey

__all__ = ["Order", "Watcher", "run", "survey"]
