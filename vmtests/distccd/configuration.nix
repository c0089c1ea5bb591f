# The static configuration of the scenario: twelve jobs, and distccd declared dynamic.
{
  services.distccd = {
    enable = true;
    jobTimeout = 900;
    maxJobs = 12;
    logLevel = "warning";
  };

  dynamicism.enable = true;
  dynamicism.for.distccd.enable = true;
}
