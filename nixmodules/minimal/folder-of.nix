# The folder of a configuration, by its source as ./system-of.nix takes it: a flake with its inputs.
{
  kind,
  configuration ? "",
  file ? "",
  flake ? "",
  ...
}:
{
  configuration = /. + dirOf configuration;
  file = /. + dirOf file;
  flake = builtins.getFlake flake;
}
.${kind}
