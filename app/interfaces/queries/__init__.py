"""Statements of the open interface: clients, cases as they go out, webhooks."""
