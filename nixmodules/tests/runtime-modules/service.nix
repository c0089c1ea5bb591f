# A module with a service, a file, a user and a package.
{ pkgs, ... }:
{
  systemd.services.extra = {
    wantedBy = [ "multi-user.target" ];
    serviceConfig.ExecStart = "/bin/extra";
  };
  environment.etc."extra.conf".text = "extra";
  environment.systemPackages = [ pkgs.jq ];
  users.users.extra = {
    isSystemUser = true;
    group = "extra";
  };
  users.groups.extra = { };
}
