# A service beside another runtime module's, and a file below /etc.
{ pkgs, ... }:
{
  systemd.services.clock = {
    wantedBy = [ "multi-user.target" ];
    after = [ "ticker.service" ];
    requires = [ "ticker.service" ];
    serviceConfig.ExecStart = "${pkgs.coreutils}/bin/sleep 1000002";
  };
  environment.etc."clock.conf".text = "twelve hours";
}
