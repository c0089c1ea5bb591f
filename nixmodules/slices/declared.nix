# What an option is declared as, of all that `options` says of it: that is the same whoever defines it.
[
  "_type"
  "default"
  "description"
  "example"
  "internal"
  "loc"
  "readOnly"
  "relatedPackages"
  "type"
  "visible"
]
