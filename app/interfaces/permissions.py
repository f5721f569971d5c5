"""Who may do what at the open interface.

| who | sees | does |
|---|---|---|
| community staff | clients, their reports, deliveries | makes and revokes keys, replays |
| a client with a key | its own cases, or the progress of all of the community | reports |
| a program without a key | the services; the progress of all if the community opened that | |
| anybody else | nothing (404) | |

Programs do not sign in: their addresses are open doors (`PUBLIC`), behind which the key in the
request decides (`app/interfaces/api/callers.py`). A resident's name, phone, unit or photo goes to
no program, whatever its key.
"""

from __future__ import annotations

from app.core.access.permissions import in_community
from app.core.access.roles import OFFICE_ROLES

MANAGE_INTERFACES = in_community("interfaces.manage", OFFICE_ROLES)
