"""开放接口: programs instead of people. Open311 in, signed webhooks out."""
