# fish completion for dynix; 'dynix complete' knows the words.

function __dynix_complete
    set -l found (dynix complete -- (commandline --current-process --cut-at-cursor | string collect) 2>/dev/null)
    if test "$found" = (printf ':files\t')
        __fish_complete_path (commandline --current-token --cut-at-cursor)
    else if set -q found[1]
        printf '%s\n' $found
    end
end

complete --command dynix --no-files --arguments '(__dynix_complete)'
