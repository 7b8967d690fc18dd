"""report.html and report.csv of a run, made from report.jsonl alone: what to answer first, and what came in.

`priority.py` says how urgent a mail is, `rows.py` what is shown of it, `charts.py` counts, `write.py` writes.
"""

from drafter.report.write import write_reports

__all__ = ["write_reports"]
