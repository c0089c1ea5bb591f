# A module of a slice; a case says what is in it.
arguments@{ proof, ... }: proof.near arguments
