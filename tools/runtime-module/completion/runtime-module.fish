# fish completion for runtime-module; 'runtime-module complete' knows the words.

function __runtime_module_complete
    set -l words (commandline --current-process --tokenize --cut-at-cursor)
    runtime-module complete -- $words[2..] (commandline --current-token --cut-at-cursor | string collect --allow-empty) 2>/dev/null
end

complete --command runtime-module --no-files --arguments '(__runtime_module_complete)'
