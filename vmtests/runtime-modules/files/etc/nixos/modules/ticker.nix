# A service.
{ pkgs, ... }:
{
  systemd.services.ticker = {
    wantedBy = [ "multi-user.target" ];
    serviceConfig.ExecStart = "${pkgs.coreutils}/bin/sleep 1000001";
  };
}
