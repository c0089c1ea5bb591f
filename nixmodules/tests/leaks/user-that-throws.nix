# A user that cannot be evaluated with the override.
{ config, ... }:

{
  users.users.foo = {
    isSystemUser = true;
    description = if config.services.bar.threads > 6 then throw "too many" else "foo";
  };
}
