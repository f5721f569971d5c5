"""What cron does, and when. Read by `rq cron`; the functions run in a worker.

A sweep that is late or run twice does no harm: each looks at what is due, not at what the
clock says it should find.
"""

from __future__ import annotations

from rq.cron import register

from app.complaints.figure_jobs import sweep_digests, sweep_exports, sweep_figures
from app.complaints.jobs import sweep_overdue, sweep_waking
from app.core.audit.sweeps import sweep_unsealed, sweep_unsealed_after_downtime
from app.core.files.jobs import sweep_drafts
from app.core.queue import QUEUE
from app.covenants.jobs import sweep_publications
from app.interfaces.jobs import sweep_deliveries
from app.organizations.jobs import sweep_term_ends
from app.people.jobs import sweep_sign_ins
from app.voting.jobs import sweep_due_assemblies, sweep_reminders

EVERY_MINUTE = "* * * * *"
EVERY_FIVE_MINUTES = "*/5 * * * *"
HOURLY = "7 * * * *"
NIGHTLY = "10 19 * * *"  # 03:10 in Beijing

register(sweep_overdue, QUEUE, cron=EVERY_MINUTE, result_ttl=0)
register(sweep_waking, QUEUE, cron=EVERY_MINUTE, result_ttl=0)
register(sweep_figures, QUEUE, cron=HOURLY, result_ttl=0)
register(sweep_digests, QUEUE, cron=HOURLY, result_ttl=0)
register(sweep_exports, QUEUE, cron=NIGHTLY, result_ttl=0)
register(sweep_due_assemblies, QUEUE, cron=EVERY_MINUTE, result_ttl=0)
register(sweep_reminders, QUEUE, cron=HOURLY, result_ttl=0)
register(sweep_deliveries, QUEUE, cron=EVERY_MINUTE, result_ttl=0)
register(sweep_publications, QUEUE, cron=HOURLY, result_ttl=0)
register(sweep_term_ends, QUEUE, cron=HOURLY, result_ttl=0)
register(sweep_unsealed, QUEUE, cron=EVERY_FIVE_MINUTES, result_ttl=0)
register(sweep_unsealed_after_downtime, QUEUE, cron=NIGHTLY, result_ttl=0)
register(sweep_sign_ins, QUEUE, cron=NIGHTLY, result_ttl=0)
register(sweep_drafts, QUEUE, cron=NIGHTLY, result_ttl=0)
