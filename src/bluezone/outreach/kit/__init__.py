"""The kit: fourteen campaign materials of one unit, built from one source of text and design, and checked.

`unit_file` says for whom, `items` says what, `wording` says the words, `build` makes it, `checks` refuses
what is wrong, `manifest` says what was made and signs it.
"""
