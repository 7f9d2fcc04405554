"""Tasks in the background: the worker that runs them, and when a failed one is tried again.

A function with the decorator `task` of django_tasks is a task. Its method `enqueue` adds a row in the current
transaction, so the task runs only if the transaction is committed. It runs at least once, so running it again
must do no harm.
"""
