{
  config.target = true;
}
