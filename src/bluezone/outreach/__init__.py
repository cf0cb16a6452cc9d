"""Local government: reports that become a letter, the campaign kit, and the public site."""
