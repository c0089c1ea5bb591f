# Where `dynix modules needed --write` has Nix look for <nixpkgs-overlays>: that this is evaluated tells that a nixpkgs
# was imported without `overlays`, and so with what is in the environment of whoever evaluates.
final: prev: { }
