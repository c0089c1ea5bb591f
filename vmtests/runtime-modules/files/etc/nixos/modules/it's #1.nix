# A file whose name a shell, a URL or a comment could take for something else.
{
  environment.etc."odd.conf".text = "it's #1";
}
