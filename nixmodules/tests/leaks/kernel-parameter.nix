# An override that only a reboot would carry out.
{ config, ... }:

{
  boot.kernelParams = [ "bar.threads=${toString config.services.bar.threads}" ];
}
