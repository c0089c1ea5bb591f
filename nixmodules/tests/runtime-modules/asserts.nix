# A module that does not go with the system it is turned on in.
{
  assertions = [
    {
      assertion = false;
      message = "not here";
    }
  ];
  warnings = [ "take care" ];
}
