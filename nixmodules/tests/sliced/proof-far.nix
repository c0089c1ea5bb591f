# A module that the slice does not have.
arguments@{ proof, ... }: proof.far arguments
