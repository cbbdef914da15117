"""Runs the whole desk on one machine: database, broker, web, workers and scheduler. Standard library only."""
