# The kinds of machines of the network.
map
  (more: {
    imports = [ more ];
    boot.isContainer = true;
    documentation.enable = false;
    networking.hostName = "m";
  })
  [
    { }
    { services.openssh.enable = true; }
    { services.nginx.enable = true; }
    { services.postgresql.enable = true; }
  ]
