# The files below /etc by which a service finds its configuration, `dynamicism.for.<name>.etc`, and whether a
# reload is enough for it to read them again.
#
# setup-etc makes /etc/PATH a link to /etc/static/PATH at each switch and each boot, whatever stands there. So a
# link that dynix points at another file is the static one again after both.
{
  lib,
  # The two configurations.
  static,
  dynamic,
  # The leaves below an option that differ, each with its `path`.
  leavesOf,
  pathOf,
}:

let
  entryOf =
    system: name:
    let
      entry = system.environment.etc.${name} or null;
    in
    if entry == null || !entry.enable then null else entry;
  # One built of a text has a source, too.
  sourceOf = entry: "${entry.source}";
  isLink = entry: entry.mode == "symlink";

  isBelow = place: path: lib.take (lib.length place) path == place;
in
{
  # Both sources may be equal: then the service has the static file.
  of =
    service:
    map
      (name: {
        path = (entryOf static name).target;
        static = builtins.unsafeDiscardStringContext (sourceOf (entryOf static name));
        dynamic = sourceOf (entryOf dynamic name);
      })
      (
        lib.filter (name: entryOf static name != null && entryOf dynamic name != null) service.etc
      );

  problems =
    service:
    lib.concatMap (
      name:
      let
        was = entryOf static name;
        is = entryOf dynamic name;
        missing = words: "'/etc/${name}' is not part of the ${words}: 'dynamicism.for' names it as a file of a service";
      in
      lib.optional (was == null) (missing "static configuration")
      ++ lib.optional (is == null) (missing "configuration with the dynamic file")
      ++
        lib.optional (was != null && is != null && !(isLink was && isLink is && was.target == is.target))
          "'/etc/${name}' is copied and not linked (`environment.etc.\"${name}\".mode`), so that no link can be switched"
    ) service.etc;

  # Of what the dynamic file changes, compared with the static configuration.
  reloadIsEnough =
    service:
    if builtins.isBool service.reload then
      service.reload
    else
      service.etc != [ ]
      && lib.all (
        leaf: lib.any (option: isBelow (pathOf option) leaf.path) service.reload
      ) (lib.concatMap leavesOf service.options);
}
