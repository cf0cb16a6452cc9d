"""One person's agent: says identifiers, keeps what it hears, and warns its owner. Nothing heard leaves it."""
