{
  a = "ÿ is fine in a string";
  b = ÿ;
}
