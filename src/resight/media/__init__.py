"""Photos, folders and tables: the only place that decodes."""
