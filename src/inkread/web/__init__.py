"""The web app and the API: one process, one port."""
