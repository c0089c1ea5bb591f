# The static configuration of the scenario: a name of the application that its database shows, and GoToSocial
# declared dynamic.
{
  services.gotosocial = {
    enable = true;
    setupPostgresqlDB = true;
    settings = {
      application-name = "gotosocial-for-machine";
      host = "gotosocial-machine.local";
    };
  };

  dynamicism.enable = true;
  dynamicism.for.gotosocial.enable = true;
}
