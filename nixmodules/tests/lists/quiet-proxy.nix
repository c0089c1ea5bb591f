# Another module of the configuration that nobody sees in the list.
{
  services.proxy.enable = true;
}
