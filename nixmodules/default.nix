# The NixOS modules of dynix.
{
  imports = [ ./dynamicism ];
}
