"""The simple case: flags and addresses instead of rules.yaml."""
