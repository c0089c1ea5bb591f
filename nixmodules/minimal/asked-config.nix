# What `dynix modules needed --write` has Nix find as the configuration of nixpkgs: that this is evaluated tells that a
# nixpkgs was imported without `config`, and so with what whoever evaluates has in ~/.config/nixpkgs.
{ }
