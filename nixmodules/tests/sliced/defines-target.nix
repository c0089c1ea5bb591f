# A file that defines the option.
{
  config.target = false;
}
