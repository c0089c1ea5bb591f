"""The error that says why no machine can run here: a test then skips and gives the reason."""


class Unavailable(Exception):
    """This computer lacks something that the machine needs; the text says what to do."""
