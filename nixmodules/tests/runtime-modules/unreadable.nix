# A module that nothing may read before it is turned on.
throw "it was read"
