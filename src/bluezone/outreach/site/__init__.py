"""The public site: what Bluezone is, how to install it, every commune's kit, questions, honest figures."""
