{
  a = "one ${two";
}
