"""The tests of Bluezone. A package, so that `tests.docs` can be run as a program from the root."""
