"""Pictures of digits with their labels: where they come from, and how they are loaded."""
