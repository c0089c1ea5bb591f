# A module of a slice; a case says what is in it.
arguments@{ pkgs, proof, ... }: proof.near arguments
