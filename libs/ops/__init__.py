"""The operator's commands; they start services only as subprocesses."""
