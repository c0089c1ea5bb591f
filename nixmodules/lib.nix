# Functions for other configurations.
{
  # `minimal { nixpkgs = …; }`: evalMinimal, the index of all options, and module lists.
  minimal = import ./minimal;
  # A system by a list that `dynix modules needed --write` has written.
  withModuleList = import ./minimal/use.nix;
}
