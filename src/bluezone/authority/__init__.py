"""The health authority: codes, certificates, diagnosis keys and batches.

`domain` decides, `storage` keeps, `api` speaks HTTP; `service` is the one object that joins them.
"""
