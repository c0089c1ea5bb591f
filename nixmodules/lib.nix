# Functions for other configurations.
{
  # `minimal { nixpkgs = …; }`: evalMinimal, the index of all options, and module lists.
  minimal = import ./minimal;
  # A system by a list that `dynix modules needed --write` has written.
  withModuleList = import ./minimal/use.nix;
  # Machines that differ in little: what they have in common is evaluated once.
  alike = import ./slices/alike.nix;
}
