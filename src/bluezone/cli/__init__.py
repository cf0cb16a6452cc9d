"""The `bluezone` command: one thin file per group, imported only when it is used."""
