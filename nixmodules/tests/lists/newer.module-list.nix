{
  version = 2;
}
