# Packages and a user.
{ programOf, ... }:
{
  environment.systemPackages = [
    (programOf "hammer")
    (programOf "saw")
  ];
  users.users.carpenter = {
    isSystemUser = true;
    group = "carpenter";
  };
  users.groups.carpenter = { };
}
