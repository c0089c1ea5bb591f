# A list without what can be left out: parts of it are left out, the largest first, as long as the result stays
# the same. An error that Nix cannot catch ends the whole run, so each attempt is announced on standard error, and
# what is left after each that succeeds:
#
#   trace: dynix {"trying":["services/x11/xserver.nix"]}
#   trace: dynix {"left":["misc/nixpkgs.nix",…]}
{ lib }:
{
  # Whether a list has the wanted result. It may throw.
  isEnough,
  list,
  # What may be left out, that which is least needed first.
  candidates,
  # Parts of the candidates that an earlier run has tried in vain.
  failed,
  # How often to try.
  most,
}:
let
  say = what: builtins.trace "dynix ${builtins.toJSON what}";
  works =
    names:
    let
      tried = builtins.tryEval (isEnough names);
    in
    tried.success && tried.value;

  reduce =
    state: part:
    let
      size = lib.length part;
      less = lib.filter (name: !lib.elem name part) state.list;
      # Evaluated before the next part is, so that one system at a time is in memory.
      first = reduce tried (lib.take (size / 2) part);
      tried = state // {
        tries = state.tries + 1;
      };
      halves =
        if size == 1 then
          tried
        else
          builtins.seq first.list (reduce first (lib.drop (size / 2) part));
    in
    if state.tries >= most || lib.length less == lib.length state.list then
      state
    else if lib.elem part failed then
      halves
    else if say { trying = part; } (works less) then
      say { left = less; } (tried // { list = less; })
    else
      halves;
in
(reduce {
  inherit list;
  tries = 0;
} candidates).list
