"""Films: a script becomes stills, a timeline, a body that all units share, and a closing card for each."""
