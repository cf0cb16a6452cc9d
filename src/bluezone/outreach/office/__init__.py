"""What an office does: instruct, collect, remind, sum up, write; each a part of `service.Outreach`."""
