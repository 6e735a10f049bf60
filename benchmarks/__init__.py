"""How fast Inkread reads, beside what digit apps usually do. Nothing in `inkread` imports this."""
