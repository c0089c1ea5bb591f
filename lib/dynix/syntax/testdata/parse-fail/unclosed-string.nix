{
  a = "one;
  b = "two";
}
