# The static configuration of the scenario: four workers, and Harmonia declared dynamic.
{
  services.harmonia.cache = {
    enable = true;
    settings = {
      bind = "127.0.0.1:5000";
      workers = 4;
      max_connection_rate = 256;
    };
  };

  dynamicism.enable = true;
  dynamicism.for.harmonia.enable = true;
}
