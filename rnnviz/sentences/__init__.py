"""Results as sentences: diagnosis, advice, verdicts."""
