"""Takes what is to be told from the ledger to the channels: in order, again after failures, never too much."""
