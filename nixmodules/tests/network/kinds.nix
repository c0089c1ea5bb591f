# The kinds of machines of the network, and what all of them have.
{
  common = {
    boot.isContainer = true;
    documentation.enable = false;
    networking.hostName = "m";
  };
  kinds = [
    { }
    { services.openssh.enable = true; }
    { services.nginx.enable = true; }
    { services.postgresql.enable = true; }
  ];
}
